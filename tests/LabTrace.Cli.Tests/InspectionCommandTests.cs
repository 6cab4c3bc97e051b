using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

public sealed class InspectionCommandTests
{
    private Scratch scratch = null!;

    [SetUp]
    public void MakeScratch() => scratch = new Scratch();

    [TearDown]
    public void RemoveScratch() => scratch.Dispose();

    [Test]
    public async Task The_product_s_own_features_check_clean()
    {
        var result = await LabtraceProcess.RunAsync(Repository.Root, "check");

        result.ExitCode.Should().Be(0, result.Output + result.Error);
    }

    [Test]
    public async Task Check_names_undefined_steps_with_file_line_and_the_nearest_sentence()
    {
        scratch.Feature("""
            Scenario: a typo
              When I record wile running "true"
            """);

        var result = await LabtraceProcess.RunAsync(scratch.Root, "check", "features");

        result.ExitCode.Should().Be(2, result.Output + result.Error);
        result.Output.Should().Contain("features/one.feature:4").And.Contain("I record while running {string}");
    }

    [Test]
    public async Task Check_reports_syntax_errors_with_file_and_line()
    {
        scratch.Write("features/bad.feature", "Feature: bad\n  Scenario: x\n    Given a\n    nonsense\n");

        var result = await LabtraceProcess.RunAsync(scratch.Root, "check", "features");

        result.ExitCode.Should().Be(2);
        result.Output.Should().Contain("features/bad.feature:4:");
    }

    [Test]
    public async Task Steps_lists_sentences_with_types_an_example_and_their_source()
    {
        var result = await LabtraceProcess.RunAsync(Repository.Root, "steps", "--grep", "record while");

        result.ExitCode.Should().Be(0, result.Error);
        result.Output.Should().Contain("I record while running {string}").And.Contain("steps/LabTrace.Steps/RecordingSteps.cs:");
    }

    [Test]
    public async Task Steps_as_json_can_be_read_by_tools()
    {
        var result = await LabtraceProcess.RunAsync(Repository.Root, "steps", "--json");

        result.ExitCode.Should().Be(0, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        json.RootElement.GetArrayLength().Should().BeGreaterThan(40);
        json.RootElement.EnumerateArray().Should().OnlyContain(s =>
            s.GetProperty("expression").GetString()!.Length > 0
            && s.GetProperty("example").GetString()!.Length > 0
            && s.GetProperty("source").GetString()!.Contains(':'));
    }

    [Test]
    public async Task Places_lists_the_files_of_lab_config()
    {
        scratch.Write("lab-config/bench.yaml", "kind: local\ndescription: the bench by the window\n");

        var result = await LabtraceProcess.RunAsync(scratch.Root, "places");

        result.ExitCode.Should().Be(0, result.Error);
        result.Output.Should().Contain("bench").And.Contain("the bench by the window").And.Contain("emulated").And.Contain("local");
    }

    [Test]
    public async Task A_wrong_place_file_is_told_with_line_and_column()
    {
        scratch.Write("lab-config/bench.yaml", "kind: emulated\ndescription: x\ncpu: 4\n");

        var result = await LabtraceProcess.RunAsync(scratch.Root, "doctor", "--place", "bench");

        result.ExitCode.Should().Be(2);
        result.Error.Should().Contain("lab-config/bench.yaml:3:1").And.Contain("'cpu'").And.Contain("cpus");
    }

    [TestCase("kind: emulated\ncpus: many\n", "2:7", "whole number")]
    [TestCase("kind: starship\n", "1:7", "starship")]
    [TestCase("description: no kind\n", "1:1", "'kind'")]
    [TestCase("kind: local\nexpects: [tracefz]\n", "2:11", "tracefz")]
    [TestCase("kind: emulated\nseed: ${env:LABTRACE_TEST_NOT_SET}\n", "2:7", "LABTRACE_TEST_NOT_SET")]
    [TestCase("kind: [unclosed\n", "2:1", "YAML")]
    public async Task Each_mistake_in_a_place_file_is_located(string yaml, string position, string says)
    {
        scratch.Write("lab-config/bench.yaml", yaml);

        var result = await LabtraceProcess.RunAsync(scratch.Root, "doctor", "--place", "bench");

        result.ExitCode.Should().Be(2, result.Output);
        result.Error.Should().Contain($"bench.yaml:{position}").And.Contain(says);
    }

    [Test]
    public async Task Doctor_tells_each_capability_what_was_tried_and_what_would_supply_it()
    {
        var result = await LabtraceProcess.RunAsync(scratch.Root, "doctor");

        result.ExitCode.Should().Be(0, result.Error);
        result.Output.Should().Contain("tracefs").And.Contain("kprobes").And.Contain("CONFIG_KPROBE_EVENTS");
    }

    [Test]
    public async Task Events_lists_what_a_place_can_record()
    {
        var result = await LabtraceProcess.RunAsync(scratch.Root, "events", "sched:*");

        result.ExitCode.Should().Be(0, result.Error);
        result.Output.Should().Contain("sched:sched_switch").And.NotContain("raw_syscalls");
    }

    [Test]
    public async Task Trace_info_and_show_read_the_captures_of_a_run()
    {
        scratch.Feature("""
            Scenario: recorded
              Given the event "sched:sched_switch" is enabled
              When I record while running "sleep 0.05"
              Then the trace has at least 1 "sched:sched_switch" event
            """);
        await LabtraceProcess.RunAsync(scratch.Root, "run", "features", "--out", "run");
        var capture = Directory.GetFiles(Path.Combine(scratch.Root, "run"), "trace.dat", SearchOption.AllDirectories).Single();

        var info = await LabtraceProcess.RunAsync(scratch.Root, "trace", "info", capture, "--json");
        var show = await LabtraceProcess.RunAsync(scratch.Root, "trace", "show", capture);

        info.ExitCode.Should().Be(0, info.Error);
        using var json = JsonDocument.Parse(info.Output);
        json.RootElement.GetProperty("events").GetInt64().Should().BePositive();
        json.RootElement.GetProperty("lost").GetInt64().Should().Be(0);
        json.RootElement.EnumerateObject().Select(p => p.Name).Should().Contain(["format", "cpus", "clock", "events", "lost", "malformed", "first_ns", "last_ns"]);
        show.Output.Should().Contain("prev_comm=sleep");
    }

    [Test]
    public async Task A_truncated_capture_is_read_up_to_the_cut_and_strict_refuses_it()
    {
        scratch.Feature("""
            Scenario: recorded
              Given the events of "raw_syscalls" are enabled
              When I record while running "sleep 0.05"
              Then the trace has at least 1 "raw_syscalls:sys_enter" event
            """);
        await LabtraceProcess.RunAsync(scratch.Root, "run", "features", "--out", "run");
        var capture = Directory.GetFiles(Path.Combine(scratch.Root, "run"), "trace.dat", SearchOption.AllDirectories).Single();
        var bytes = File.ReadAllBytes(capture);
        var cut = Path.Combine(scratch.Root, "cut.dat");
        File.WriteAllBytes(cut, bytes[..^5000]);

        var salvaged = await LabtraceProcess.RunAsync(scratch.Root, "trace", "info", cut);
        var strict = await LabtraceProcess.RunAsync(scratch.Root, "trace", "info", cut, "--strict");

        salvaged.ExitCode.Should().Be(0, salvaged.Error);
        (salvaged.Output + salvaged.Error).Should().Contain("missing");
        strict.ExitCode.Should().Be(3);
        strict.Error.Should().Contain("cut.dat");
    }

    [Test]
    public async Task A_file_that_is_no_capture_is_told_with_the_formats_there_are()
    {
        var file = scratch.Write("notes.txt", "just some notes\nabout nothing\n");

        var result = await LabtraceProcess.RunAsync(scratch.Root, "trace", "info", file);

        result.ExitCode.Should().NotBe(0);
        result.Error.Should().Contain("notes.txt").And.Contain("trace.dat");
    }
}
