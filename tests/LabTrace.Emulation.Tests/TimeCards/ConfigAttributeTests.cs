using System.Text;
using FluentAssertions;
using LabTrace.Devices;
using LabTrace.Devices.TimeCards;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests.TimeCards;

/// <summary>The block of flash that the out-of-tree driver shows.</summary>
public sealed class ConfigAttributeTests
{
    private const string Config = "/sys/class/timecard/ocp0/config";

    [TestCase("facebook", true)]
    [TestCase("celestica/1.1", true)]
    [TestCase("art", false)]
    [TestCase("adva", false)]
    public async Task Boards_with_the_flash_have_it(string card, bool has)
    {
        await using var target = Machine(card);

        (await target.ExistsAsync(Config, CancellationToken.None)).Should().Be(has);
    }

    [Test]
    public async Task Mainline_has_none()
    {
        await using var target = Machine("facebook", "mainline-6.12");

        (await target.ExistsAsync(Config, CancellationToken.None)).Should().BeFalse();
    }

    [Test]
    public async Task What_was_written_stands_in_the_flash_before_the_image_and_the_rest_is_erased()
    {
        await using var target = Machine("facebook");
        var card = target.Machine.PtpOcp!.Find("ocp0")!.Bus.Card;
        await WriteAsync(target, new byte[4096]);

        await WriteAsync(target, "settings"u8.ToArray());

        var read = await target.ReadAsync(Config, CancellationToken.None);
        Encoding.ASCII.GetString(read, 0, 8).Should().Be("settings");
        read[8..].Should().HaveCount(4088).And.AllSatisfy(b => b.Should().Be(0xFF));
        Enumerable.Range(0x3F_F000, 8).Select(a => (char)card.Flash[a]).Should().Equal("settings");
        card.Flash[0x40_0000].Should().Be(0xFF);
    }

    [Test]
    public async Task More_than_it_has_is_taken_as_far_as_it_reaches()
    {
        await using var target = Machine("facebook");

        var write = () => WriteAsync(target, [.. Enumerable.Repeat((byte)7, 5000)]);

        (await write.Should().ThrowAsync<TargetIOException>()).WithMessage("*took 4096 of 5000 bytes*").Which.Errno.Should().Be(Errno.EIO);
        (await target.ReadAsync(Config, CancellationToken.None)).Should().HaveCount(4096).And.AllSatisfy(b => b.Should().Be(7));
    }

    [Test]
    public async Task A_flash_that_does_not_answer_when_the_driver_looks_for_it_is_none()
    {
        await using var target = Machine("facebook+flash-unreadable");

        var read = async () => await target.ReadAsync(Config, CancellationToken.None);

        (await read.Should().ThrowAsync<TargetIOException>()).Which.Errno.Should().Be(Errno.ENODEV);
        var log = await target.OpenKernelLog().ReadAsync(CancellationToken.None);
        log.Records.Select(r => r.Text).Should().Contain("ptp_ocp 0000:00:01.0: Can't find Flash SPI adapter");
    }

    [Test]
    public async Task What_does_not_read_as_it_was_written_is_told_and_taken_back()
    {
        await using var target = Machine("facebook", defect: "driver:ConfigWriteDropped");
        var card = await TimeCard.OpenAsync(target, "ocp0", CancellationToken.None);
        var changes = TargetChanges.InMemory(target);

        var set = () => card.SetBinaryAsync(changes, "config", new byte[] { 1, 2 }, CancellationToken.None);

        (await set.Should().ThrowAsync<TargetIOException>()).WithMessage("*byte 0 was written as 0x01 and reads 0xff*").Which.Errno.Should().Be(Errno.EIO);
        (await changes.UndoAsync(CancellationToken.None)).Undone.Should().Be(1);
    }

    [Test]
    public async Task Bytes_are_journalled_and_text_is_not_taken_for_bytes()
    {
        await using var target = Machine("facebook");
        var card = await TimeCard.OpenAsync(target, "ocp0", CancellationToken.None);
        var changes = TargetChanges.InMemory(target);
        await card.SetBinaryAsync(changes, "config", new byte[] { 1, 2 }, CancellationToken.None);
        var text = () => card.SetAsync(changes, "config", "text", CancellationToken.None);

        await text.Should().ThrowAsync<ArgumentException>();
        _ = await changes.UndoAsync(CancellationToken.None);

        (await card.ReadBinaryAsync("config", CancellationToken.None)).Should().HaveCount(4096).And.AllSatisfy(b => b.Should().Be(0xFF));
    }

    private static async Task WriteAsync(EmulatedTarget target, byte[] content) => await target.WriteAsync(Config, content, WriteMode.Truncate, CancellationToken.None);

    private static EmulatedTarget Machine(string cards, string dialect = "out-of-tree", string? defect = null) =>
        new(new EmulationOptions { TimeCards = EmulatedTimeCards.Parse(cards, dialect, defect) });
}
