namespace LabTrace.Browser.Tests;

/// <summary>A run on the emulated place with a scenario for everything the report shows, made once with the <c>labtrace</c> command.</summary>
internal static class LabReport
{
    public const string Late = "a switch comes too late";
    public const string Broken = "an event that is not there";
    public const string Skipped = "a kernel that lacks it";
    public const string Passed = "wakeups come soon enough";

    private const string Feature = """
        @smoke
        Feature: reports

          Words that explain the feature.

          @issue:LAB-12
          Scenario: a switch comes too late
            Given the following events are enabled:
              | event              |
              | sched:sched_switch |
              | sched:sched_wakeup |
            When I record while running "sleep 0.05"
            Then the p99 time from "sched:sched_wakeup" to "sched:sched_switch" on the same cpu is at most 1 ns

          Scenario: an event that is not there
            Given the event "sched:nope" is enabled

          Rule: measuring

            Scenario: wakeups come soon enough
              Given the event "sched:sched_switch" is enabled
              And the event "sched:sched_wakeup" is enabled
              When I record while running "sleep 0.05"
              And I plot the field "target_cpu" of "sched:sched_wakeup" events over time
              Then the median time from "sched:sched_wakeup" to "sched:sched_switch" on the same cpu is at most 1 ms

          @lacks:tracefs
          Scenario: a kernel that lacks it
            Then no events were lost
        """;

    private static readonly Lazy<Task<string>> s_directory = new(MakeAsync);

    /// <summary>The report's file.</summary>
    public static async Task<string> FileAsync() => Path.Combine(await s_directory.Value, "report.html");

    /// <summary>The run's directory.</summary>
    public static Task<string> RunAsync() => s_directory.Value;

    private static async Task<string> MakeAsync()
    {
        var scratch = new Scratch();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => scratch.Dispose();
        scratch.Write("features/reports.feature", Feature);
        var start = LabtraceProcess.Describe(scratch.Root, "run", "--out", "run", "--report", "html:run/report.html");
        start.Environment["LABTRACE_ISSUE_URL"] = "https://issues.example/browse/{key}";
        var result = await LabtraceProcess.RunAsync(start);
        result.ExitCode.Should().Be(1, "one scenario fails:\n{0}\n{1}", result.Output, result.Error);
        return Path.Combine(scratch.Root, "run");
    }
}
