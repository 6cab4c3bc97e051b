using System.Text;
using FluentAssertions;
using LabTrace.Devices.Recordings;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.TimeCards;

public sealed class RecordingTests
{
    private const string Device = "/sys/devices/pci0000:00/0000:00:01.0";

    private static readonly RecordedEntry[] Entries =
    [
        new("/sys", FileKind.Directory) { Mode = 0x1ED },
        new("/sys/bus", FileKind.Directory) { Mode = 0x1ED },
        new("/sys/bus/pci", FileKind.Directory) { Mode = 0x1ED },
        new("/sys/bus/pci/devices", FileKind.Directory) { Mode = 0x1ED },
        new("/sys/bus/pci/devices/0000:00:01.0", FileKind.SymbolicLink) { Mode = 0x1FF, Link = Device },
        new("/sys/devices", FileKind.Directory) { Mode = 0x1ED },
        new("/sys/devices/pci0000:00", FileKind.Directory) { Mode = 0x1ED },
        new(Device, FileKind.Directory) { Mode = 0x1ED },
        new(Device + "/gen1", FileKind.Directory) { Mode = 0x1ED },
        new(Device + "/gen1/signal", FileKind.File) { Mode = 0x1A4, Content = "0 50 0 0 1970-01-01T00:00:00 TAI\n"u8.ToArray() },
        new(Device + "/sma1", FileKind.File) { Mode = 0x1A4, Content = "IN: 10Mhz\n"u8.ToArray() },
        new(Device + "/table", FileKind.File) { Mode = 0x1A4, Content = [0, 1, 0xFF, 10] },
        new(Device + "/uevent", FileKind.File) { Mode = 0x1A4, Content = "DRIVER=ptp_ocp\nSUBSYSTEM=pci\n"u8.ToArray() },
    ];

    [Test]
    public async Task A_recording_is_read_as_it_was_written()
    {
        using var directory = new TemporaryDirectory();
        RecordedEntry[] entries =
        [
            .. Entries,
            new("/sys/x/refused", FileKind.File) { Mode = 0x124, Errno = Errno.EIO },
            new("/sys/x/invalid", FileKind.File) { Mode = 0x124, Content = [0xC3, 0x28] },
        ];
        var place = new RecordedPlace(new KernelIdentity("6.1.0", "#1 SMP", "x86_64", "bench", "boot", 4), DateTimeOffset.UnixEpoch.AddDays(1), entries);

        await place.WriteAsync(directory.Path, CancellationToken.None);
        var read = RecordedPlace.Read(directory.Path);

        read.Kernel.Should().Be(place.Kernel);
        read.RecordedAt.Should().Be(place.RecordedAt);
        read.Entries.Should().BeEquivalentTo(entries, o => o.WithStrictOrdering());
    }

    [Test]
    public void Devices_go_through_umockdevs_format_and_back()
    {
        var text = UmockdevText.Write(Entries);

        text.Should().StartWith("P: /devices/pci0000:00/0000:00:01.0\n").And.Contain("\nE: DRIVER=ptp_ocp\n").And.Contain("\nA: sma1=IN: 10Mhz\\n\n")
            .And.Contain("\nA: gen1/signal=0 50").And.Contain("\nH: table=0001FF0A\n");
        UmockdevText.Read(text).Should().BeEquivalentTo(Entries);
    }

    [TestCase("A: x=1", "*begins with P:*")]
    [TestCase("P: /devices/x\nnonsense", "line 2:*")]
    [TestCase("P: /devices/x\nQ: y", "line 2:*'Q:'*")]
    [TestCase("P: /devices/../../etc", "*no '..'*")]
    [TestCase("P: /devices/x\nA: ../../etc/passwd=1", "*below its device*")]
    [TestCase("P: /devices/x\nH: x=0G", "*")]
    public void What_is_not_the_format_is_refused(string text, string message)
    {
        var read = () => UmockdevText.Read(text);

        read.Should().Throw<FormatException>().WithMessage(message);
    }

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public bool Whatever_a_text_is_it_is_read_or_refused(string? text)
    {
        try
        {
            return UmockdevText.Read("P: /devices/x\n" + text) is not null;
        }
        catch (FormatException)
        {
            return true;
        }
    }

    [TestCase("{}")]
    [TestCase("""{"path":"relative","kind":"File"}""")]
    [TestCase("""{"path":"/a/../b","kind":"File"}""")]
    [TestCase("""{"path":"/a","kind":"Thing"}""")]
    [TestCase("""{"path":"/a","kind":"File","errno":"EWHAT"}""")]
    [TestCase("not json")]
    public async Task A_damaged_recording_is_refused_with_its_line(string line)
    {
        using var directory = new TemporaryDirectory();
        await new RecordedPlace(new KernelIdentity("r", "v", "m", "h", "b", 1), DateTimeOffset.UnixEpoch, Entries).WriteAsync(directory.Path, CancellationToken.None);
        await File.AppendAllTextAsync(Path.Combine(directory.Path, "tree.jsonl"), line + "\n", Encoding.UTF8);

        var read = () => RecordedPlace.Read(directory.Path);

        read.Should().Throw<LabConfigException>().WithMessage("*is no recorded place*");
    }
}
