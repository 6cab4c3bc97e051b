using LabTrace.Scenarios;
using LabTrace.TestKit.Portal;

namespace LabTrace.Reports.Tests.ReportPortal;

public sealed class ReportPortalSinkTests
{
    private static readonly MadeFeature[] Mixed =
    [
        new MadeFeature("a", new MadeScenario("good", Verdict.Passed), new MadeScenario("bad", Verdict.Failed, "expected 1, found 2")),
        new MadeFeature("b", new MadeScenario("away", Verdict.Skipped, "place lacks a board"), new MadeScenario("broken", Verdict.Broken, "no route"), new MadeScenario("flaky", Verdict.Passed, "first", 3)),
    ];

    private PortalBench bench = null!;

    [SetUp]
    public void Open() => bench = new PortalBench();

    [TearDown]
    public async Task CloseAsync() => await bench.DisposeAsync();

    [Test]
    public async Task A_run_is_told_as_features_scenarios_and_nested_steps()
    {
        await bench.ReportAsync(Runs.Make(Mixed));

        bench.Server.Model.Violations.Should().BeEmpty();
        PortalTree.Render(bench.Server.Model, withTimes: false).Should().Be("""
            launch 'LabTrace' FAILED [agent:LabTrace|0.1.0 (system), skippedIssue:false (system)]
              SUITE 'a' FAILED features/f0.feature  () []
                STEP 'good' PASSED features/f0.feature/[SCENARIO:good] features/f0.feature/[SCENARIO:good] () []
                  STEP nested 'Given a step' PASSED   () []
                STEP 'bad' FAILED TI001 features/f0.feature/[SCENARIO:bad] features/f0.feature/[SCENARIO:bad] () []
                  - ERROR Given a step  (features/f0.feature:7)\nexpected 1, found 2
                  STEP nested 'Given a step' FAILED   () []
                    - ERROR expected 1, found 2
              SUITE 'b' FAILED features/f1.feature  () []
                STEP 'away' SKIPPED features/f1.feature/[SCENARIO:away] features/f1.feature/[SCENARIO:away] () []
                  - WARN place lacks a board
                  STEP nested 'Given a step' SKIPPED   () []
                    - WARN place lacks a board
                STEP 'broken' FAILED SI001 features/f1.feature/[SCENARIO:broken] features/f1.feature/[SCENARIO:broken] () []
                  - ERROR Given a step  (features/f1.feature:7)\nno route
                  STEP nested 'Given a step' FAILED   () []
                    - ERROR no route
                STEP 'flaky' FAILED TI001 retried features/f1.feature/[SCENARIO:flaky] features/f1.feature/[SCENARIO:flaky] () []
                  - ERROR Given a step  (features/f1.feature:10)\nfirst
                  STEP nested 'Given a step' FAILED   () []
                    - ERROR first
                STEP 'flaky' FAILED TI001 retry of 'flaky' FAILED retried features/f1.feature/[SCENARIO:flaky] features/f1.feature/[SCENARIO:flaky] () []
                  - ERROR Given a step  (features/f1.feature:10)\nfirst
                  STEP nested 'Given a step' FAILED   () []
                    - ERROR first
                STEP 'flaky' PASSED retry of 'flaky' FAILED features/f1.feature/[SCENARIO:flaky] features/f1.feature/[SCENARIO:flaky] () []
                  STEP nested 'Given a step' PASSED   () []

            """);
        bench.Console.ToString().Should().Be($"ReportPortal: reported as launch #1, http://127.0.0.1/ui/#lab/launches/all/1\n");
        Directory.GetFiles(bench.Spool).Select(Path.GetFileName).Should().BeEquivalentTo("lock", "delivered.json");
    }

    [Test]
    public async Task A_run_reported_twice_is_there_once()
    {
        var stream = Runs.Make(Mixed);
        await bench.ReportAsync(stream);
        var once = PortalTree.Render(bench.Server.Model);

        await bench.ReportAsync(stream, isReplay: true);
        Directory.Delete(bench.Spool, recursive: true);
        await bench.ReportAsync(stream, isReplay: true);

        PortalTree.Render(bench.Server.Model).Should().Be(once);
        bench.Console.ToString().Should().Contain("this run is there already as launch #1");
    }
}
