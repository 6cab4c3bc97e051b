using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

public sealed class TimeCardCommandTests
{
    private Scratch scratch = null!;

    [SetUp]
    public void MakeScratch() => scratch = new Scratch();

    [TearDown]
    public void RemoveScratch() => scratch.Dispose();

    [Test]
    public async Task List_tells_each_card_in_the_known_layout()
    {
        var result = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "list");

        result.ExitCode.Should().Be(0, result.Error);
        result.Output.Should().StartWith("=== PTP OCP Devices Found ===").And.Contain("  - 0000:00:01.0 at /sys/bus/pci/devices/0000:00:01.0\n    Vendor: 0x1d9b Device: 0x0400\n")
            .And.Contain("    Serial Number: 02:11:22:33:44:55\n").And.Contain("    SMA1: IN: 10Mhz\n").And.Contain("    GNSS Sync: SYNC\n");
    }

    [Test]
    public async Task Export_writes_every_attribute_of_every_card()
    {
        var result = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "export", "cards.json");

        result.ExitCode.Should().Be(0, result.Error);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(scratch.Root, "cards.json")));
        var devices = json.RootElement.GetProperty("devices").EnumerateArray().ToList();
        devices.Select(d => d.GetProperty("board").GetString()).Should().Equal("Facebook", "Art", "Adva");
        devices[0].GetProperty("attributes").GetProperty("gen1/signal").GetString().Should().StartWith("0 50 0 0 1970");
        devices[1].GetProperty("attributes").GetProperty("disciplining_config").GetString().Should().StartWith("hex:");
    }

    [Test]
    public async Task Set_tells_what_the_driver_made_of_a_value_and_keeps_its_errno()
    {
        var taken = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "set", "sma2", "in: ts2 PPS1", "--for", "10ms");
        var refused = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "set", "sma2", "IN: BOGUS");
        var unknown = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "set", "sma5", "IN: TS1");

        taken.ExitCode.Should().Be(0, taken.Error);
        taken.Output.Should().Contain("ocp0 sma2: was 'IN: PPS1', wrote 'in: ts2 PPS1', reads 'IN: PPS1 TS2'").And.Contain("1 undone");
        refused.ExitCode.Should().Be(3);
        refused.Error.Should().Contain("EINVAL");
        unknown.Error.Should().Contain("no attribute 'sma5'").And.Contain("sma1");
    }

    [Test]
    public async Task A_memory_is_set_from_a_file_and_exported_as_bytes()
    {
        scratch.Write("lab-config/flash.yaml", "kind: emulated\ntime-cards: facebook\nptp-ocp: out-of-tree\n");
        scratch.Write("settings.bin", "settings");

        var taken = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "set", "config", "@settings.bin", "--keep", "--place", "flash");
        var text = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "set", "config", "settings", "--place", "flash");
        var missing = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "set", "config", "@missing.bin", "--place", "flash");
        var shown = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "show", "config", "--place", "flash");
        var exported = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "export", "cards.json", "--place", "flash");

        taken.ExitCode.Should().Be(0, taken.Error);
        taken.Output.Should().Be("ocp0 config: wrote settings.bin, and read it back from its 4096 bytes\n");
        (text.ExitCode, missing.ExitCode).Should().Be((2, 2));
        text.Error.Should().Contain("config is a memory of 4096 bytes, and 'settings' is text").And.Contain("@FILE");
        missing.Error.Should().Contain("missing.bin cannot be read");
        shown.Output.Should().Contain("  config  ffffffff", "a flash that nobody has written is erased");
        exported.ExitCode.Should().Be(0, exported.Error);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(scratch.Root, "cards.json")));
        json.RootElement.GetProperty("devices")[0].GetProperty("attributes").GetProperty("config").GetString().Should().HaveLength("hex:".Length + 8192);
    }

    [Test]
    public async Task Monitor_tells_the_first_look_and_then_changes_as_json_lines()
    {
        var result = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "monitor", "sma1", "gnss_sync", "--json", "-i", "0.05", "--for", "300ms");

        result.ExitCode.Should().Be(0, result.Error);
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        lines.Select(l => l.GetProperty("attribute").GetString()).Should().Equal("sma1", "gnss_sync");
        lines[0].GetProperty("new_value").GetString().Should().Be("IN: 10Mhz");
    }

    [Test]
    public async Task Trace_tells_each_call_while_a_command_runs_and_sums_them_up()
    {
        string[] trace = ["timecard", "trace", "-f", "ptp_ocp_sma_show", "-f", "ptp_ocp_adjfine"];
        string[] command = ["--", "cat", "/sys/class/timecard/ocp0/sma1", "/sys/class/timecard/ocp0/sma2"];

        var text = await LabtraceProcess.RunAsync(scratch.Root, [.. trace, .. command]);
        var json = await LabtraceProcess.RunAsync(scratch.Root, [.. trace, "--json", .. command]);
        var none = await LabtraceProcess.RunAsync(scratch.Root, [.. trace, "-d", "5000", .. command]);

        text.ExitCode.Should().Be(0, text.Error);
        text.Output.Split('\n').Where(l => l.StartsWith('[')).Should().HaveCount(2)
            .And.AllSatisfy(l => l.Should().MatchRegex(@"^\[\d\d:\d\d:\d\d\.\d{3}\] cat              PID: +\d+ TID: +\d+ ptp_ocp_sma_show                 duration: +\d+\.\d\d μs$"));
        text.Output.Should().Contain("ptp_ocp_sma_show: 2 calls, min ");
        text.Error.Should().Contain("2 functions on 'emulated' by bpf\n  not by function_graph: ").And.Contain("\n  not by kprobe: ");
        var lines = json.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        lines.Should().HaveCount(3);
        lines[0].GetProperty("function").GetString().Should().Be("ptp_ocp_sma_show");
        lines[0].GetProperty("duration_ns").GetInt64().Should().BeInRange(100, 100_000);
        lines[2].GetProperty("calls").GetInt32().Should().Be(2);
        lines[2].GetProperty("log2_histogram").EnumerateArray().Sum(b => b.GetInt32()).Should().Be(2);
        none.Output.Should().Be("no function of the driver was called\n");
    }

    [Test]
    public async Task Trace_says_of_every_means_why_it_does_not_work_and_of_a_function_which_is_nearest()
    {
        var refused = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "trace", "--by", "kprobe", "--for", "1s");
        var unknown = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "trace", "-f", "ptp_ocp_gettime", "--for", "1s");
        var watchdog = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "trace", "-f", "ptp_ocp_watchdog", "--for", "3s");

        refused.ExitCode.Should().Be(3);
        refused.Error.Should().Contain("kprobe: the kernel of target 'emulated' has no kprobe_events");
        unknown.Error.Should().Contain("can trace no function 'ptp_ocp_gettime'").And.Contain("ptp_ocp_gettimex");
        watchdog.Output.Should().MatchRegex("ptp_ocp_watchdog: (4|6|8) calls");
    }

    [Test]
    public async Task Phc_measures_reads_and_stamps()
    {
        var offset = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "phc", "offset");
        var caps = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "phc", "caps");
        var stamps = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "phc", "stamps", "5", "--count", "2");

        offset.Output.Should().MatchRegex("offset to the system's clock: (36999999\\d{3}|37000000\\d{3}) ns ± \\d+ ns \\(extended, best of 25\\)");
        caps.Output.Should().Contain("  100000000 maximum frequency adjustment (ppb)").And.Contain("  4 programmable pins");
        stamps.Output.Should().MatchRegex("event index 5 at \\d+\\.00000000\\d\\nevent index 5 at \\d+\\.00000000\\d\\n");
    }

    [Test]
    public async Task A_place_without_cards_says_so()
    {
        scratch.Write("lab-config/bare.yaml", "kind: emulated\ntime-cards: none\n");

        var list = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "list", "--place", "bare");
        var show = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "show", "--place", "bare");

        list.ExitCode.Should().Be(4);
        show.ExitCode.Should().Be(3);
        show.Error.Should().Contain("no Time Card 'ocp0' on target 'bare'; it has none").And.Contain("modprobe ptp_ocp");
    }

    [Test]
    public async Task A_recorded_card_shows_its_oscillator_and_its_memories_too()
    {
        scratch.Write("lab-config/out-of-tree.yaml", "kind: emulated\ntime-cards: art, facebook\nptp-ocp: out-of-tree\n");
        scratch.Write("lab-config/replayed.yaml", "kind: emulated\nreplay: recorded\n");

        var recorded = await LabtraceProcess.RunAsync(scratch.Root, "record-place", "recorded", "--place", "out-of-tree");
        var original = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "export", "original.json", "--place", "out-of-tree");
        var replayed = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "export", "replayed.json", "--place", "replayed");

        recorded.ExitCode.Should().Be(0, recorded.Error);
        (original.ExitCode, replayed.ExitCode).Should().Be((0, 0), replayed.Error);
        var devices = await DevicesAsync("replayed.json");
        devices.Should().Contain("\"oscillator_device\": \"/dev/mro50.0\"").And.Contain("\"config\": \"hex:ffff").And.Be(await DevicesAsync("original.json"));

        async Task<string> DevicesAsync(string file)
        {
            var json = await File.ReadAllTextAsync(Path.Combine(scratch.Root, file));
            return json[json.IndexOf("\"devices\"", StringComparison.Ordinal)..];
        }
    }

    [Test]
    public async Task A_recorded_place_is_replayed_at_level_1_and_takes_no_writes()
    {
        scratch.Write("lab-config/replayed.yaml", "kind: emulated\nreplay: recorded\n");
        scratch.Write("lab-config/interchanged.yaml", "kind: emulated\nreplay: recorded/devices.umockdev\n");
        scratch.Write("features/t.feature", """
            Feature: replay
              @needs:timecard
              Scenario: read
                Given a Time Card
                Then all that the attribute "serialnum" reads is like "02:11:22:33:44:55\n"
                When I try to write "1" to the attribute "ts_window_adjust"
                Then it is refused with EROFS

              @min-level:L2
              Scenario: real
                Given a Time Card
            """);

        var recorded = await LabtraceProcess.RunAsync(scratch.Root, "record-place", "recorded", "--place", "emulated");
        var shown = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "show", "--place", "replayed");
        var original = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "show", "--place", "emulated");
        var run = await LabtraceProcess.RunAsync(scratch.Root, "run", "--place", "replayed");
        var interchanged = await LabtraceProcess.RunAsync(scratch.Root, "timecard", "show", "serialnum", "gen1/signal", "--place", "interchanged");

        recorded.ExitCode.Should().Be(0, recorded.Error);
        shown.Output.Should().Be(original.Output);
        run.ExitCode.Should().Be(0, run.Output + run.Error);
        run.Output.Should().Contain("(L1, a recording replayed)").And.Contain("1 passed, 0 failed, 1 skipped").And.Contain("asks for L2");
        interchanged.Output.Should().Contain("02:11:22:33:44:55").And.Contain("0 50 0 0 1970-01-01T00:00:00 TAI");
    }
}
