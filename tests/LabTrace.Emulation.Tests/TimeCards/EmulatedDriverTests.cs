using System.Text;
using System.Text.RegularExpressions;
using FluentAssertions;
using LabTrace.Devices;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests.TimeCards;

/// <summary>The emulated driver against what a real kernel showed of a card.</summary>
public sealed class EmulatedDriverTests
{
    private const string Card = "/sys/class/timecard/ocp0";

    // They show the recorded model's own state: its static counters, what a user had set, how fast its registers were.
    private static readonly string[] OfTheMoment = ["sma1", "sma2", "sma3", "sma4", "ts_window_adjust", "uevent"];

    [Test]
    public async Task A_card_under_Linux_6_1_shows_the_files_that_a_real_kernel_showed()
    {
        var recorded = ReadDump(Corpus("ocp0-sysfs-dump.txt"));
        await using var target = Machine("facebook", "mainline-6.1");

        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await WalkAsync(target, Card, found);

        found.Keys.Should().BeEquivalentTo(recorded.Keys);
        foreach (var (path, text) in recorded.Where(r => !OfTheMoment.Contains(r.Key[(Card.Length + 1)..]) && !r.Key.EndsWith("/frequency", StringComparison.Ordinal)))
        {
            found[path].Should().Be(text, path);
        }
    }

    [Test]
    public async Task The_kernel_log_tells_of_a_card_as_a_real_kernel_did()
    {
        var recorded = File.ReadLines(Corpus("ocp-dmesg.txt")).Where(l => l.Contains("ptp_ocp", StringComparison.Ordinal)).Take(6).Select(WithoutTimes);
        await using var target = Machine("facebook", "mainline-6.1");

        var log = await target.OpenKernelLog().ReadAsync(CancellationToken.None);

        log.Records.Select(r => r.Text).Where(t => t.StartsWith("ptp_ocp", StringComparison.Ordinal)).Select(t => WithoutTimes("] " + t))
            .Should().Equal(recorded);
    }

    [Test]
    public async Task The_summary_has_the_lines_of_a_real_one()
    {
        static string Shape(string line) => string.Concat(line.TakeWhile(c => c is not ',' and not '/')).Split(" OUT")[0].Split(" IN")[0].TrimEnd();
        var recorded = File.ReadLines(Corpus("ocp0-summary.txt"));
        await using var target = Machine("facebook", "mainline-6.1");

        var summary = await target.ReadTextAsync("/sys/kernel/debug/timecard/ocp0/summary", CancellationToken.None);

        summary.Split('\n').Select(l => Shape(l).Split(':')[0]).Should().Equal(recorded.Select(l => Shape(l).Split(':')[0]));
        summary.Split('\n').Should().Contain(recorded.Where(l => Regex.IsMatch(l, "^ +(PTP|GNSS|MAC|NMEA|GEN|IRIG|DCF|TS[1-5])|^IRIG|^MAC", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))));
    }

    [Test]
    public async Task A_machine_without_cards_shows_nothing_of_them()
    {
        await using var target = new EmulatedTarget();

        (await target.ExistsAsync("/sys/class/timecard", CancellationToken.None)).Should().BeFalse();
        (await target.ExistsAsync("/sys/class/ptp", CancellationToken.None)).Should().BeFalse();
    }

    [TestCase("facebook/0.18", "mainline-6.12", 0, 0)]
    [TestCase("facebook/0.19", "mainline-6.12", 4, 0)]
    [TestCase("facebook/0.20", "mainline-6.12", 4, 4)]
    [TestCase("celestica/1.1", "mainline-6.12", 4, 4)]
    [TestCase("art", "mainline-6.12", 0, 0)]
    [TestCase("adva", "mainline-6.12", 2, 2)]
    [TestCase("adva-x1", "mainline-7.3", 4, 4)]
    public async Task Firmware_and_board_say_which_groups_there_are(string card, string dialect, int generators, int counters)
    {
        await using var target = Machine(card, dialect);

        var names = (await target.ListAsync(Card, CancellationToken.None)).Select(e => e.Name).ToList();

        names.Count(n => n.StartsWith("gen", StringComparison.Ordinal)).Should().Be(generators);
        names.Count(n => n.StartsWith("freq", StringComparison.Ordinal)).Should().Be(counters);
    }

    [Test]
    public async Task Linux_6_1_knows_neither_ART_nor_ADVA()
    {
        await using var target = Machine("art,adva", "mainline-6.1");

        (await target.ExistsAsync("/sys/bus/pci/devices/0000:00:01.0/vendor", CancellationToken.None)).Should().BeTrue();
        (await target.ExistsAsync("/sys/class/timecard/ocp0", CancellationToken.None)).Should().BeFalse();
    }

    [TestCase("mainline-6.1")]
    [TestCase("mainline-6.12")]
    [TestCase("out-of-tree")]
    public async Task Only_a_newer_Linux_knows_ADVA_X1(string dialect)
    {
        await using var target = Machine("adva-x1, facebook", dialect);

        var bind = async () => await target.WriteTextAsync("/sys/bus/pci/drivers/ptp_ocp/bind", "0000:00:01.0", CancellationToken.None);

        (await target.ReadTextAsync("/sys/bus/pci/devices/0000:00:01.0/device", CancellationToken.None)).Should().Be("0x0410");
        (await target.ReadTextAsync(Card + "/device/device", CancellationToken.None)).Should().Be("0x0400");
        (await bind.Should().ThrowAsync<TargetIOException>()).Which.Errno.Should().Be(Errno.ENODEV);
    }

    [Test]
    public async Task Since_Linux_7_3_times_are_printed_with_all_their_digits()
    {
        await using var target = Machine("facebook", "mainline-7.3");
        await target.WriteTextAsync(Card + "/gen1/signal", "1000000000 50 1000 1", CancellationToken.None);

        var summary = await target.ReadTextAsync("/sys/kernel/debug/timecard/ocp0/summary", CancellationToken.None);
        var signal = await target.ReadTextAsync(Card + "/gen1/signal", CancellationToken.None);
        var log = await target.OpenKernelLog().ReadAsync(CancellationToken.None);

        summary.Should().MatchRegex(@"    PHC: \d+\.\d{9} == \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9} TAI\n").And.MatchRegex(@"   GEN1:  ON, period:1000000000 duty:50% phase:1000 pol:1 \[1 0\] start:\d+000001000\n");
        signal.Should().EndWith(".000001000 TAI");
        log.Records.Select(r => r.Text).Should().Contain(t => Regex.IsMatch(t, @"Time: \d+\.\d{9}, in-sync", RegexOptions.None, TimeSpan.FromSeconds(1)));
    }

    [TestCase("facebook+flying")]
    [TestCase("acme")]
    [TestCase("facebook/2.1")]
    public void What_is_no_card_is_refused(string cards)
    {
        var parse = () => EmulatedTimeCards.Parse(cards);

        parse.Should().Throw<FormatException>().WithMessage("*is no*");
    }

    private static EmulatedTarget Machine(string cards, string dialect) =>
        new(new EmulationOptions { TimeCards = EmulatedTimeCards.Parse(cards, dialect) });

    private static async Task WalkAsync(ITarget target, string path, SortedDictionary<string, string> found)
    {
        foreach (var entry in await target.ListAsync(path, CancellationToken.None))
        {
            var inside = $"{path}/{entry.Name}";
            switch (entry.Kind)
            {
                case FileKind.Directory:
                    await WalkAsync(target, inside, found);
                    break;
                case FileKind.File:
                    var read = (await target.ReadManyAsync([inside], CancellationToken.None))[0];
                    found[inside] = read.Content is { } content ? Encoding.UTF8.GetString(content) : $"cat: read error: {read.Errno.Text()}\n";
                    break;
                default:
                    break;
            }
        }
    }

    private static SortedDictionary<string, string> ReadDump(string path)
    {
        var dump = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var block in File.ReadAllText(path).Split("== ", StringSplitOptions.RemoveEmptyEntries))
        {
            var end = block.IndexOf('\n', StringComparison.Ordinal);
            dump[block[..end]] = block[(end + 1)..];
        }

        return dump;
    }

    private static string WithoutTimes(string line)
    {
        var text = line[(line.IndexOf("] ", StringComparison.Ordinal) + 2)..];
        return text.Contains("Time: ", StringComparison.Ordinal) ? text[..(text.IndexOf("Time: ", StringComparison.Ordinal) + 6)] + text[text.LastIndexOf(',')..] : text;
    }

    private static string Corpus(string name)
    {
        var corpus = Environment.GetEnvironmentVariable("LABTRACE_CORPUS");
        var path = Path.Combine(corpus ?? "", "captures", name);
        if (corpus is null || !File.Exists(path))
        {
            Assert.Inconclusive($"LABTRACE_CORPUS names no folder with captures/{name}");
        }

        return path;
    }
}
