using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;
using LabTrace.TestKit.Portal;

namespace LabTrace.Reports.Tests.ReportPortal;

/// <summary>Single troubles of a server, and what is said of them.</summary>
public sealed class DeliveryTests
{
    private static readonly MadeFeature[] Two = [new MadeFeature("a", new MadeScenario("one", Verdict.Passed), new MadeScenario("two", Verdict.Failed, "why"))];
    private PortalBench bench = null!;

    [SetUp]
    public void Open() => bench = new PortalBench();

    [TearDown]
    public async Task CloseAsync() => await bench.DisposeAsync();

    [Test]
    public async Task A_further_attempt_waits_for_the_end_of_the_one_before()
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("flaky", Verdict.Passed, "once", 3))]);
        bench.Server.Fault = request => request.Method == "PUT" && request.Path.Contains("/item/", StringComparison.Ordinal)
            ? PortalFault.Error500
            : PortalFault.None;

        await bench.ReportAsync(stream);
        bench.Server.Fault = _ => PortalFault.None;
        (await bench.DrainAsync()).Should().Be(0, bench.Console.ToString());

        bench.Server.Model.Violations.Should().BeEmpty();
        bench.Server.Model.Items.Should().OnlyContain(item => item.EndTime != null);
    }

    [Test]
    public async Task A_launch_that_somebody_finished_meanwhile_is_opened_again()
    {
        var stream = Runs.Make(Two);
        await bench.ReportAsync(stream);
        var expected = PortalTree.Render(bench.Server.Model);
        bench.Server.Reset();
        Directory.Delete(bench.Spool, recursive: true);
        var handled = 0;
        bench.Server.Fault = _ =>
        {
            if (++handled == 4)
            {
                bench.Server.Model.Launches.Single().EndTime = long.MaxValue;
            }

            return PortalFault.None;
        };

        await bench.ReportAsync(stream);

        PortalTree.Render(bench.Server.Model).Should().Be(expected);
        bench.Server.Model.Launches.Single().Reruns.Should().Be(1);
        bench.Console.ToString().Should().Contain("it was opened again");
    }

    [Test]
    public async Task A_server_that_lost_what_it_acknowledged_is_told_everything_again()
    {
        var stream = Runs.Make(Two);
        await bench.ReportAsync(stream);
        var expected = PortalTree.Render(bench.Server.Model);
        bench.Server.Reset();
        Directory.Delete(bench.Spool, recursive: true);
        var handled = 0;
        bench.Server.Fault = _ =>
        {
            if (++handled == 6)
            {
                bench.Server.Model.Lose();
            }

            return PortalFault.None;
        };

        await bench.ReportAsync(stream);
        (await bench.DrainAsync()).Should().Be(0, bench.Console.ToString());

        PortalTree.Render(bench.Server.Model).Should().Be(expected);
        bench.Console.ToString().Should().Contain("everything was sent again");
    }

    [Test]
    public async Task What_the_server_will_never_take_is_told_kept_and_keeps_nothing_else_back()
    {
        var stream = Runs.Make(Two);
        bench.Server.Model.Violations.Should().BeEmpty();
        bench.Server.Fault = _ => PortalFault.None;
        bench.Server.Model.Refuses = name => name == "one";

        await bench.ReportAsync(stream);

        bench.Console.ToString().Should().Contain("the server refused").And.Contain("the start of an item").And.Contain("WARNING: ReportPortal: 4 results of");
        bench.Server.Model.Items.Select(item => item.Name).Should().Contain("two").And.NotContain("one");
        bench.Server.Model.Launches.Single().EndTime.Should().NotBeNull();
        (await bench.DrainAsync()).Should().BePositive();
        File.Exists(Path.Combine(bench.Spool, "spool.ndjson")).Should().BeTrue();
    }

    [Test]
    public async Task A_run_is_not_kept_waiting_by_a_server_that_does_not_answer()
    {
        bench.Environment["RP_SERVER_TIMEOUT"] = "20";
        bench.Server.Slowness = TimeSpan.FromSeconds(20);
        bench.Server.Fault = _ => PortalFault.Slow;
        var stream = Runs.Make(Two);
        await using var writer = new StringWriter();
        using var interrupt = new CancellationTokenSource();
        var sink = new LabTrace.Reports.ReportPortal.ReportPortalSink(bench.Context() with { Interrupt = interrupt.Token }, bench.Settings(), null);

        foreach (var envelope in stream)
        {
            var written = sink.WriteAsync(envelope, CancellationToken.None).AsTask();
            written.IsCompletedSuccessfully.Should().BeTrue("nothing of a run waits for a report");
            await written;
        }

        var ending = sink.DisposeAsync().AsTask();
        await interrupt.CancelAsync();
        await ending.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);

        bench.Console.ToString().Should().Contain("not delivered: interrupted");
    }

    [Test]
    public async Task Where_a_run_ran_is_in_the_attributes_of_its_launch()
    {
        var stream = Runs.Make(Two);
        var environment = """{"place":"bench-3","kernel":{"release":"6.18.1"},"level":"L3","boards":["tc-01"]}""";
        var started = stream.FindIndex(envelope => envelope.TestRunStarted is not null);
        stream.Insert(started + 1, new Envelope { Attachment = new Attachment(environment, AttachmentContentEncoding.Identity, "application/vnd.labtrace.environment+json", TestRunStartedId: "run") });

        await bench.ReportAsync(stream);

        bench.Server.Model.Launches.Single().Attributes.Should().Contain(["place:bench-3", "kernel:6.18.1", "level:L3", "board:tc-01"]);
    }
}
