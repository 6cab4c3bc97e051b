using FluentAssertions;
using LabTrace.Devices;
using LabTrace.Devices.TimeCards;
using LabTrace.Emulation.TimeCards.Hardware;
using NUnit.Framework;
using Bridge = LabTrace.Emulation.TimeCards.Hardware.Mro50;
using Mro50 = LabTrace.Devices.TimeCards.Mro50;

namespace LabTrace.Emulation.Tests.TimeCards;

/// <summary>The mRO50 of an ART board, through its registers and through its device.</summary>
public sealed class OscillatorTests
{
    private const long Second = 1_000_000_000;
    private const long Millisecond = 1_000_000;
    private long _now;
    private TimeCardModel _card = null!;

    [SetUp]
    public void PowerUp()
    {
        _now = 1_800_000_000 * Second;
        _card = new TimeCardModel(new CardOptions { Board = BoardKind.Art, OscillatorPpt = 0, ResidualPpt = 0 }, () => _now);
    }

    [Test]
    public void A_reading_is_there_some_time_after_it_was_asked_for()
    {
        Command(Bridge.Enable | Bridge.ReadCommand);
        Control().Should().Be(Bridge.Enable | Bridge.Lock | Bridge.ReadCommand);

        _now += Millisecond;

        Control().Should().Be(Bridge.Enable | Bridge.Lock | Bridge.ReadCommand | Bridge.ReadDone);
        Of(Bridge.Value).Should().Be(Bridge.FineMiddle);
    }

    [Test]
    public void An_oscillator_that_is_off_does_nothing()
    {
        _card.Write(Registers.Oscillator + Bridge.Adjust, 100);
        Command(Bridge.AdjustCommand);
        Command(Bridge.ReadCommand);
        _now += Millisecond;

        Control().Should().Be(Bridge.ReadCommand);
        Command(Bridge.Enable | Bridge.ReadCommand);
        Of(Bridge.Value).Should().Be(Bridge.FineMiddle);
    }

    [TestCase(0u, 1400u, 3_000)]
    [TestCase(0u, 2400u, 0)]
    [TestCase(Bridge.AdjustCoarse, 2_009_999u, -1_240)]
    [TestCase(Bridge.AdjustCoarse, 2_010_002u, 2_480)]
    public void A_step_changes_the_frequency(uint coarse, uint value, long ppt)
    {
        _card.Write(Registers.Oscillator + Bridge.Adjust, value);
        Command(Bridge.Enable | Bridge.AdjustCommand | coarse);
        var before = _card.PhcNow - _now;

        _now += 1_000 * Second;

        (_card.PhcNow - _now - before).Should().BeCloseTo(ppt, 1);
    }

    [Test]
    public async Task The_device_does_what_its_requests_say()
    {
        await using var target = Machine("out-of-tree");
        var card = await TimeCard.OpenAsync(target, "ocp0", CancellationToken.None);
        await using var oscillator = await card.OpenOscillatorAsync(CancellationToken.None);

        await oscillator.SetFineAsync(1, CancellationToken.None);
        await oscillator.SetCoarseAsync(Mro50.MaxCoarse, CancellationToken.None);
        await oscillator.SaveCoarseAsync(CancellationToken.None);
        await oscillator.PutOnSerialAsync(isOnSerial: true, CancellationToken.None);

        oscillator.Path.Should().Be("/dev/mro50.0");
        card.Dialect.Should().Be(PtpOcpDialect.OutOfTree);
        (await oscillator.ReadFineAsync(CancellationToken.None)).Should().Be(1);
        (await oscillator.ReadCoarseAsync(CancellationToken.None)).Should().Be(0x3F_FFFF);
        (await oscillator.ReadTemperatureAsync(CancellationToken.None)).Should().BeApproximately(45, 0.1);
        (await oscillator.IsOnSerialAsync(CancellationToken.None)).Should().BeTrue();
        (await oscillator.ReadStateAsync(CancellationToken.None)).Should().Be(new Mro50State(true, true));
        (await target.ReadTextAsync("/sys/class/misc/mro50.0/uevent", CancellationToken.None)).Should().Contain("DEVNAME=mro50.0");
    }

    [Test]
    public async Task What_is_out_of_range_is_not_asked_for()
    {
        await using var target = Machine("out-of-tree");
        await using var oscillator = await Mro50.OpenAsync(target, "/dev/mro50.0", CancellationToken.None);
        Func<Task>[] wrong =
        [
            () => oscillator.SetFineAsync(4801, CancellationToken.None),
            () => oscillator.SetFineAsync(-1, CancellationToken.None),
            () => oscillator.SetCoarseAsync(0x40_0000, CancellationToken.None),
            () => oscillator.WriteMemoryAsync(new byte[256], CancellationToken.None),
        ];

        foreach (var call in wrong)
        {
            _ = await call.Should().ThrowAsync<ArgumentException>();
        }
    }

    [Test]
    public async Task An_oscillator_that_does_not_answer_is_a_timeout()
    {
        await using var target = Machine("out-of-tree", "card:OscillatorSilent");
        await using var oscillator = await Mro50.OpenAsync(target, "/dev/mro50.0", CancellationToken.None);

        var read = () => oscillator.ReadFineAsync(CancellationToken.None);

        (await read.Should().ThrowAsync<TargetIOException>()).Which.Errno.Should().Be(Errno.ETIMEDOUT);
    }

    [Test]
    public async Task Whoever_has_it_open_when_the_card_goes_is_told()
    {
        await using var target = Machine("out-of-tree");
        await using var oscillator = await Mro50.OpenAsync(target, "/dev/mro50.0", CancellationToken.None);

        await target.WriteTextAsync("/sys/bus/pci/drivers/ptp_ocp/unbind", "0000:00:01.0", CancellationToken.None);
        var read = () => oscillator.ReadFineAsync(CancellationToken.None);

        (await read.Should().ThrowAsync<TargetIOException>()).Which.Errno.Should().Be(Errno.ENODEV);
        (await target.ExistsAsync("/dev/mro50.0", CancellationToken.None)).Should().BeFalse();
        (await target.ExistsAsync("/sys/devices/virtual/misc/mro50.0", CancellationToken.None)).Should().BeFalse();
    }

    [Test]
    public async Task Mainline_leaves_the_oscillator_to_its_serial_line()
    {
        await using var target = Machine("mainline-6.12");
        var card = await TimeCard.OpenAsync(target, "ocp0", CancellationToken.None);

        card.OscillatorPath.Should().BeNull();
        target.Machine.PtpOcp!.Find("ocp0")!.Bus.Card.Read(Registers.BoardConfig).Should().Be(1);
        (await target.ExistsAsync("/dev/mro50.0", CancellationToken.None)).Should().BeFalse();
    }

    private static EmulatedTarget Machine(string dialect, string? defect = null) =>
        new(new EmulationOptions { TimeCards = EmulatedTimeCards.Parse("art", dialect, defect) });

    private void Command(uint command) => _card.Write(Registers.Oscillator, command);

    private uint Control() => _card.Read(Registers.Oscillator);

    private uint Of(uint register) => _card.Read(Registers.Oscillator + register);
}
