using System.Text;
using FluentAssertions;
using LabTrace.Devices.Recordings;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.TimeCards;

/// <summary>The device descriptions against umockdev itself.</summary>
public sealed class UmockdevTests
{
    private const string Interface = "/sys/devices/virtual/net/lo";
    private readonly LocalTarget _machine = new("this machine");

    [SetUp]
    public void NeedUmockdev()
    {
        if (!File.Exists("/usr/bin/umockdev-run"))
        {
            Action<string> miss = Environment.GetEnvironmentVariable("CI") == "true" ? Assert.Fail : Assert.Inconclusive;
            miss("umockdev is not installed: apt-get install umockdev");
        }
    }

    [Test]
    public async Task What_umockdev_records_of_a_device_is_read_and_written_as_it_was()
    {
        var recorded = (await RunAsync("umockdev-record", Interface)).OutputText;

        var entries = UmockdevText.Read(recorded);
        var again = UmockdevText.Read(UmockdevText.Write(entries));

        entries.Should().Contain(e => e.Path == Interface + "/mtu" && Encoding.UTF8.GetString(e.Content!) == File.ReadAllText(Interface + "/mtu"));
        entries.Should().Contain(e => e.Path == "/sys/class/net/lo" && e.Link == Interface);
        again.Should().BeEquivalentTo(entries);
    }

    [Test]
    public async Task What_is_written_is_shown_by_umockdev_to_programs()
    {
        const string card = "/sys/devices/pci0000:00/0000:00:01.0/timecard/ocp0";
        using var directory = new TemporaryDirectory();
        RecordedEntry[] entries =
        [
            new("/sys/devices/pci0000:00/uevent", FileKind.File) { Content = [] },
            new("/sys/devices/pci0000:00/0000:00:01.0/uevent", FileKind.File) { Content = "DRIVER=ptp_ocp\n"u8.ToArray() },
            new("/sys/devices/pci0000:00/0000:00:01.0/subsystem", FileKind.SymbolicLink) { Link = "../../../bus/pci" },
            new(card + "/uevent", FileKind.File) { Content = [] },
            new(card + "/subsystem", FileKind.SymbolicLink) { Link = "../../../../../class/timecard" },
            new(card + "/ptp", FileKind.SymbolicLink) { Link = "../../ptp/ptp0" },
            new(card + "/sma1", FileKind.File) { Content = "IN: 10Mhz\n"u8.ToArray() },
            new(card + "/gen1/signal", FileKind.File) { Content = "0 50 0 0 1970-01-01T00:00:00 TAI\n"u8.ToArray() },
            new(card + "/temperature_table", FileKind.File) { Content = [0, 0xFF, 10, 13] },
        ];
        await File.WriteAllTextAsync(directory.At("card.umockdev"), UmockdevText.Write(entries));

        var shown = await RunAsync(
            "umockdev-run", "-d", directory.At("card.umockdev"), "--", "sh", "-c",
            "cd /sys/class/timecard/ocp0 && cat sma1 gen1/signal && readlink ptp && od -An -tx1 temperature_table && ls /sys/bus/pci/devices");

        shown.OutputText.Should().Be("IN: 10Mhz\n0 50 0 0 1970-01-01T00:00:00 TAI\n../../ptp/ptp0\n 00 ff 0a 0d\n0000:00:01.0\n");
    }

    private async Task<CommandResult> RunAsync(string program, params string[] arguments) =>
        (await _machine.RunAsync(new Command(program, arguments) { Timeout = TimeSpan.FromSeconds(60) }, CancellationToken.None)).EnsureSuccess();
}
