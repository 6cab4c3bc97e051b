using System.Text.Json;
using System.Text.RegularExpressions;
using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

public sealed class RunCommandTests
{
    private const string Passing = """
        Scenario: a command succeeds
          When I run "true"
          Then the command succeeded
        """;

    private const string Failing = """
        Scenario: a command should have succeeded
          When I run "false"
          Then the command succeeded
        """;

    private const string Breaking = """
        Scenario: an event that does not exist
          Given the event "sched:sched_swich" is enabled
          When I record while running "true"
          Then no events were lost
        """;

    private const string Recording = """
        Scenario: a context switch is recorded
          Given the event "sched:sched_switch" is enabled
          When I record while running "sleep 0.05"
          Then the trace has at least 1 "sched:sched_switch" event
        """;

    private Scratch scratch = null!;

    [SetUp]
    public void MakeScratch() => scratch = new Scratch();

    [TearDown]
    public void RemoveScratch() => scratch.Dispose();

    [Test]
    public async Task A_run_that_passes_exits_with_0()
    {
        scratch.Feature(Passing);

        var result = await RunAsync();

        result.ExitCode.Should().Be(0, result.Output + result.Error);
        result.Output.Should().Contain("1 scenario: 1 passed, 0 failed, 0 skipped, 0 broken");
    }

    [Test]
    public async Task A_device_that_is_not_as_specified_exits_with_1_and_the_reason()
    {
        scratch.Feature(Failing);

        var result = await RunAsync();

        result.ExitCode.Should().Be(1, result.Output + result.Error);
        result.Output.Should().Contain("expected `false` to end with exit code 0").And.Contain("one.feature:5");
    }

    [Test]
    public async Task A_lab_that_lacks_the_event_is_broken_not_failed_and_exits_with_3()
    {
        scratch.Feature(Breaking);

        var result = await RunAsync();

        result.ExitCode.Should().Be(3, result.Output + result.Error);
        result.Output.Should().Contain("sched_switch").And.Contain("0 failed").And.Contain("1 broken");
    }

    [Test]
    public async Task Broken_outweighs_failed_in_the_exit_code_only_when_nothing_failed()
    {
        scratch.Feature(Failing + "\n\n" + Breaking);

        var result = await RunAsync();

        result.ExitCode.Should().Be(1, result.Output + result.Error);
    }

    [Test]
    public async Task Nothing_selected_exits_with_4()
    {
        scratch.Feature(Passing);

        var result = await RunAsync("--name", "no such scenario");

        result.ExitCode.Should().Be(4, result.Output + result.Error);
        result.Error.Should().Contain("no such scenario");
    }

    [Test]
    public async Task A_target_that_does_not_answer_is_broken_never_failed()
    {
        scratch.Feature(Recording);
        scratch.Write("lab-config/dead.yaml", "kind: emulated\nunreachable: no route to host\n");

        var result = await RunAsync("--place", "dead");

        result.ExitCode.Should().Be(3, result.Output + result.Error);
        (result.Output + result.Error).Should().Contain("target 'dead' does not answer: no route to host");
    }

    [Test]
    public async Task A_random_order_tells_the_seed_that_gives_it_again()
    {
        scratch.Feature("Scenario Outline: n <x>\n  When I run \"true\"\n\n  Examples:\n    | x |\n" + string.Concat(Enumerable.Range(0, 30).Select(i => $"    | {i} |\n")));

        var random = await RunAsync("--order", "random", "--report", "tap:random.tap", "--report", "console");
        var seed = random.Output[(random.Output.IndexOf(", order ", StringComparison.Ordinal) + ", order ".Length)..].Split('\n')[0];
        var again = await RunAsync("--order", seed, "--report", "tap:again.tap");

        seed.Should().StartWith("random:");
        again.ExitCode.Should().Be(0, again.Output + again.Error);
        Scenarios("random.tap").Should().HaveCount(30).And.Equal(Scenarios("again.tap"));
        File.ReadAllText(Path.Combine(scratch.Root, "random.tap")).Should().Contain($"# order: {seed}\n");

        IEnumerable<string> Scenarios(string file) => File.ReadLines(Path.Combine(scratch.Root, file)).Where(line => line.StartsWith("    ok ", StringComparison.Ordinal)).Select(line => line[..line.IndexOf(" # ", StringComparison.Ordinal)]);
    }

    [Test]
    public async Task A_need_that_the_place_lacks_is_skipped_with_its_name()
    {
        scratch.Feature("@needs:kprobes\n" + Passing);

        var result = await RunAsync();

        result.ExitCode.Should().Be(0, result.Output + result.Error);
        result.Output.Should().Contain("1 skipped").And.Contain("kprobes");
    }

    [Test]
    public async Task A_need_that_nobody_knows_is_broken_and_says_which_there_are()
    {
        scratch.Feature("@needs:tracefz\n" + Passing);

        var result = await RunAsync();

        result.ExitCode.Should().Be(3, result.Output + result.Error);
        result.Output.Should().Contain("tracefz").And.Contain("tracefs");
    }

    [Test]
    public async Task All_syntax_errors_of_all_files_are_told_in_one_go()
    {
        scratch.Write("features/a.feature", "Feature: a\n  Scenario: x\n    Given a\n    nonsense\n  Scenario: y\n    Given b\n    gibberish\n");
        scratch.Write("features/b.feature", "Feature: b\n  Scenario: z\n    Given c\n      | a | b |\n      | 1 |\n");

        var result = await RunAsync();

        result.ExitCode.Should().Be(2, result.Output + result.Error);
        result.Error.Should().Contain("a.feature:4:").And.Contain("a.feature:7:").And.Contain("b.feature:5:");
    }

    [Test]
    public async Task An_undefined_step_is_broken_and_answered_with_the_nearest_sentence_and_a_snippet()
    {
        scratch.Feature("""
            Scenario: a typo
              When I run "true"
              Then the comand succeeded
            """);

        var result = await RunAsync();

        result.ExitCode.Should().Be(2, result.Output + result.Error);
        (result.Output + result.Error).Should().Contain("[Then(").And.Contain("nearest: the command succeeded");
    }

    [Test]
    public async Task An_unknown_place_names_the_places_there_are()
    {
        scratch.Feature(Passing);

        var result = await RunAsync("--place", "bench-9");

        result.ExitCode.Should().Be(2);
        result.Error.Should().Contain("bench-9").And.Contain("emulated").And.Contain("local");
    }

    [Test]
    public async Task A_wrong_option_exits_with_2_and_points_to_the_help()
    {
        var result = await RunAsync("--bogus");

        result.ExitCode.Should().Be(2);
        result.Error.Should().Contain("--bogus").And.Contain("--help");
    }

    [Test]
    public async Task A_path_that_does_not_exist_is_told()
    {
        var result = await LabtraceProcess.RunAsync(scratch.Root, "run", "no/such/folder");

        result.ExitCode.Should().Be(2);
        result.Error.Should().Contain("no/such/folder");
    }

    [Test]
    public async Task What_passes_only_when_tried_again_is_told_apart_in_the_run_and_in_later_reports()
    {
        scratch.Feature("Scenario: a sleepy device\n  When it answers at the second attempt\n\nScenario: another one\n  Given a device");

        var result = await RunAsync("--out", "run", "--retry", "2", "--steps", DyingDeviceSteps.File);
        var report = await LabtraceProcess.RunAsync(scratch.Root, "report", "run");

        result.ExitCode.Should().Be(0, result.Output + result.Error);
        result.Output.Should().Contain("2 scenarios: 2 passed, 0 failed, 0 skipped, 0 broken, 1 flaky").And.Contain("flaky").And.Contain("it needs waking up");
        report.Output.Should().Contain("2 scenarios: 2 passed, 0 failed, 0 skipped, 0 broken, 1 flaky").And.Contain("it needs waking up");
    }

    [Test]
    public async Task A_step_limit_names_the_step_that_went_over_it()
    {
        scratch.Feature("Scenario: a device that died\n  When it answers no more");

        var result = await RunAsync("--step-timeout", "500ms", "--steps", DyingDeviceSteps.File);

        result.ExitCode.Should().Be(3, result.Output + result.Error);
        result.Output.Should().Contain("step 'When it answers no more' (features/one.feature:4) took longer than its limit of 0.5 s");
    }

    [Test]
    public async Task The_settings_file_of_Reqnroll_is_heeded()
    {
        scratch.Write("reqnroll.json", """
            { "language": { "feature": "de" }, "formatters": { "message": { "outputFilePath": "out/m.ndjson" } } }
            """);
        scratch.Write("features/a.feature", "Funktionalität: f\nSzenario: s\nWenn I run \"true\"\n");

        var result = await RunAsync();

        result.ExitCode.Should().Be(0, result.Output + result.Error);
        File.ReadLines(Path.Combine(scratch.Root, "out/m.ndjson")).Last().Should().StartWith("{\"testRunFinished\"");
    }

    [TestCase("""{ "formatters": { "fax": {} } }""", "there is no formatter 'fax'")]
    [TestCase("""{ "bindingAssemblies": [ { "assembly": "Ours" } ] }""", "bindingAssemblies names 'Ours', and there is no 'Ours.dll' here")]
    [TestCase("""{ "runtime": { "obsoleteBehavior": "x" } }""", "obsoleteBehavior is 'x', expected None, Warn, Pending, Error")]
    public async Task Settings_that_cannot_be_heeded_are_refused(string settings, string message)
    {
        scratch.Write("reqnroll.json", settings);
        scratch.Feature(Passing);

        var result = await RunAsync();

        result.ExitCode.Should().Be(2, result.Output + result.Error);
        result.Error.Should().Contain($"labtrace: reqnroll.json: {message}");
    }

    [TestCase("it answers no more", "try: raise the scenario timeout, or find what it waits for")]
    [TestCase("it answers no more and listens to nobody", "it did not stop when told to and was left behind")]
    public async Task A_step_that_hangs_is_named_with_its_line_and_the_scenario_is_broken(string step, string how)
    {
        scratch.Feature($"""
            Scenario: a device that died
              Given a device
              When {step}

            Scenario: another one
              Given a device
            """);

        var result = await RunAsync("--timeout", "1s", "--steps", DyingDeviceSteps.File);

        result.ExitCode.Should().Be(3, result.Output + result.Error);
        result.Output.Should().Contain($"step 'When {step}' (features/one.feature:5)").And.Contain("limit of 1 s").And.Contain(how)
            .And.Contain("2 scenarios: 1 passed, 0 failed, 0 skipped, 1 broken");
    }

    [Test]
    public async Task The_directory_of_a_run_holds_the_message_stream_and_the_raw_captures()
    {
        scratch.Feature(Recording);

        var result = await RunAsync("--out", "run");

        result.ExitCode.Should().Be(0, result.Output + result.Error);
        var lines = File.ReadAllLines(Path.Combine(scratch.Root, "run", "messages.ndjson"));
        lines.Select(FirstProperty).Should().StartWith("meta").And.EndWith("testRunFinished").And.Contain("testStepFinished").And.Contain("externalAttachment");
        Directory.GetFiles(Path.Combine(scratch.Root, "run", "captures"), "trace.dat", SearchOption.AllDirectories).Should().ContainSingle();
    }

    [Test]
    public async Task Tap_goes_to_standard_output_alone_when_asked_to()
    {
        scratch.Feature(Passing + "\n\n" + Failing);

        var result = await RunAsync("--report", "tap:-");

        result.ExitCode.Should().Be(1, result.Error);
        result.Output.Should().StartWith("TAP version 13\n");
        result.Output.Should().Contain("ok 1 - a command succeeds").And.Contain("not ok 2 - a command should have succeeded");
        result.Output.Split('\n').Where(l => l.Length > 0).Should().NotContain(l => l.Contains("scenarios:"));
    }

    [Test]
    public async Task Several_reports_go_to_their_files()
    {
        scratch.Feature(Passing);

        var result = await RunAsync("--report", "tap:out/run.tap", "--report", "messages:out/run.ndjson");

        result.ExitCode.Should().Be(0, result.Output + result.Error);
        File.ReadAllText(Path.Combine(scratch.Root, "out/run.tap")).Should().StartWith("TAP version 13");
        File.ReadAllLines(Path.Combine(scratch.Root, "out/run.ndjson")).Should().NotBeEmpty();
    }

    [Test]
    public async Task An_unknown_report_names_those_there_are()
    {
        scratch.Feature(Passing);

        var result = await RunAsync("--report", "sparkle");

        result.ExitCode.Should().Be(2);
        result.Error.Should().Contain("sparkle").And.Contain("tap").And.Contain("messages").And.Contain("console");
    }

    [Test]
    public async Task A_disk_that_is_full_breaks_the_run_and_says_which_file()
    {
        scratch.Feature(Passing);

        var result = await RunAsync("--report", "messages:/dev/full");

        result.ExitCode.Should().Be(3, result.Output + result.Error);
        (result.Output + result.Error).Should().Contain("/dev/full").And.Contain("No space left on device");
    }

    [Test]
    public async Task A_dry_run_binds_and_runs_nothing()
    {
        scratch.Feature(Failing);

        var result = await RunAsync("--dry-run");

        result.ExitCode.Should().Be(0, result.Output + result.Error);
        result.Output.Should().Contain("1 skipped");
    }

    [Test]
    public async Task Tags_select_scenarios()
    {
        scratch.Feature("@fast @smoke\n" + Passing + "\n\n@slow\n" + Failing);

        var result = await RunAsync("--tags", "@fast and not @slow");

        result.ExitCode.Should().Be(0, result.Output + result.Error);
        result.Output.Should().Contain("1 scenario: 1 passed");
    }

    [Test]
    public async Task A_tag_expression_that_is_wrong_is_pointed_at()
    {
        scratch.Feature(Passing);

        var result = await RunAsync("--tags", "@a and");

        result.ExitCode.Should().Be(2);
        result.Error.Should().Contain("@a and");
    }

    [Test]
    public async Task A_line_selects_the_scenario_it_is_in()
    {
        var file = scratch.Feature(Passing + "\n\n" + Failing);

        var result = await LabtraceProcess.RunAsync(scratch.Root, "run", file + ":4", "--out", "run");

        result.ExitCode.Should().Be(0, result.Output + result.Error);
        result.Output.Should().Contain("1 scenario: 1 passed");
    }

    [Test]
    public async Task A_random_order_is_reproduced_by_its_seed()
    {
        scratch.Write("features/many.feature", "Feature: many\n" + string.Concat(Enumerable.Range(1, 12).Select(i => $"  Scenario: s{i}\n    When I run \"true\"\n")));

        var first = await RunAsync("--order", "random:7", "--report", "tap:-");
        var second = await RunAsync("--order", "random:7", "--report", "tap:-");
        var defined = await RunAsync("--order", "defined", "--report", "tap:-");

        Order(first).Should().Equal(Order(second)).And.NotEqual(Order(defined)).And.BeEquivalentTo(Order(defined));
    }

    [Test]
    public async Task Parallel_scenarios_say_the_same_as_one_after_the_other()
    {
        var serial = await LabtraceProcess.RunAsync(Repository.Root, "run", "--report", "tap:-", "--out", Path.Combine(scratch.Root, "serial"));
        var parallel = await LabtraceProcess.RunAsync(
            Repository.Root, "run", "--report", "tap:-", "--out", Path.Combine(scratch.Root, "parallel"), "--parallel", "4");

        serial.ExitCode.Should().Be(0, serial.Output + serial.Error);
        Order(parallel).Should().BeEquivalentTo(Order(serial));
    }

    [Test]
    public async Task A_failed_assertion_shows_the_deciding_events_and_attaches_them()
    {
        scratch.Feature("""
            Scenario: nobody sleeps
              Given the event "sched:sched_switch" is enabled
              When I record while running "sleep 0.05"
              Then no "sched:sched_switch" event has "prev_comm" equal to "sleep"
            """);

        var result = await RunAsync("--out", "run");

        result.ExitCode.Should().Be(1, result.Output + result.Error);
        result.Output.Should().Contain("prev_comm=sleep");
        File.ReadAllLines(Path.Combine(scratch.Root, "run", "messages.ndjson"))
            .Should().Contain(l => l.StartsWith("{\"attachment\"") && l.Contains("prev_comm=sleep"));
    }

    [Test]
    public async Task Fail_fast_stops_after_the_first_failure_and_says_what_was_not_run()
    {
        scratch.Feature(Failing + "\n\n" + Passing);

        var result = await RunAsync("--fail-fast");

        result.ExitCode.Should().Be(1, result.Output + result.Error);
        result.Output.Should().Contain("1 failed").And.NotContain("1 passed");
    }

    // Times differ, and so do the names of throw-away trace instances that a reason to skip may tell.
    private static string Timeless(string line) =>
        Regex.Replace(line.Contains(" # time=") ? line[..line.IndexOf(" # time=")] : line, "labtrace-[0-9]+-[0-9]+", "labtrace-N", RegexOptions.None, TimeSpan.FromSeconds(1));

    [Test]
    public async Task Shards_share_the_scenarios_out_and_a_rerun_takes_what_did_not_pass()
    {
        scratch.Feature(Passing + "\n\n" + Failing + "\n\n" + Recording);

        var whole = await RunAsync("--report", "tap:-", "--out", "whole");
        var first = await RunAsync("--report", "tap:-", "--shard", "1/2");
        var second = await RunAsync("--report", "tap:-", "--shard", "2/2");
        var again = await RunAsync("--report", "tap:-", "--rerun", Path.Combine("whole", "messages.ndjson"));

        Order(first).Concat(Order(second)).Except(["one"]).Should().BeEquivalentTo(Order(whole).Except(["one"]));
        Order(again).Should().Equal("a command should have succeeded", "one");
    }

    private static string FirstProperty(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.EnumerateObject().First().Name;
    }

    private static List<string> Order(LabtraceResult tap) =>
        [.. tap.Output.Split('\n').Where(l => l.TrimStart().StartsWith("ok ") || l.TrimStart().StartsWith("not ok ")).Select(l => Timeless(l[(l.IndexOf(" - ") + 3)..]))];

    private Task<LabtraceResult> RunAsync(params string[] options) =>
        LabtraceProcess.RunAsync(scratch.Root, ["run", "features", .. options, .. options.Contains("--out") ? Array.Empty<string>() : ["--out", "out/default"]]);
}
