using System.Diagnostics;
using System.Text;
using System.Text.Json;
using LabTrace.Reports.ReportPortal.Configuration;
using LabTrace.Reports.ReportPortal.Delivering;
using LabTrace.Reports.ReportPortal.Model;
using LabTrace.Reports.ReportPortal.Spooling;
using LabTrace.TestKit.Portal;

namespace LabTrace.Reports.Tests.ReportPortal;

/// <summary>One scripted run as the official clients sent it, and as we do: item by item the same requests.</summary>
/// <remarks>
/// The recordings are below <c>LABTRACE_CORPUS</c>; the JavaScript client itself runs against our server when
/// <c>LABTRACE_RP_JS</c> names the folder of node modules it is in.
/// </remarks>
public sealed class ClientGoldenTests
{
    private static readonly string? Corpus = Environment.GetEnvironmentVariable("LABTRACE_CORPUS");
    private static readonly string? Modules = Environment.GetEnvironmentVariable("LABTRACE_RP_JS");

    [Test]
    public async Task Our_requests_are_those_of_client_javascript_as_recorded()
    {
        var theirs = SentRequests.Of(Recorded("js-client-5.6.0.jsonl"));

        var ours = await OursAsync(isAsynchronous: true, Script.JavaScript);

        ours.Should().Equal(theirs);
    }

    [TestCase("net-client-sync.jsonl", false)]
    [TestCase("net-client-async.jsonl", true)]
    public async Task Our_requests_are_those_of_client_dotnet_as_recorded(string recording, bool isAsynchronous)
    {
        var theirs = SentRequests.Of(Recorded(recording));

        var ours = await OursAsync(isAsynchronous, Script.DotNet);

        // It sends logs when their item has ended, and may start a retry before the first attempt: its order is no model.
        ours.Order(StringComparer.Ordinal).Should().Equal(theirs.Order(StringComparer.Ordinal));
    }

    [Test]
    public async Task Our_requests_are_those_of_client_javascript_as_it_sends_them_now()
    {
        if (Modules is null || !Directory.Exists(Path.Combine(Modules, "@reportportal", "client-javascript")))
        {
            Environment.GetEnvironmentVariable("CI").Should().NotBe("true", "CI installs @reportportal/client-javascript");
            Assert.Inconclusive("LABTRACE_RP_JS names no folder with @reportportal/client-javascript");
        }

        await using var server = new PortalServer();
        var start = new ProcessStartInfo("node") { RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(Fixtures.Root, "reportportal", "drive.cjs"));
        start.ArgumentList.Add(server.Url);
        start.Environment["NODE_PATH"] = Modules;
        start.Environment["REPORTPORTAL_CLIENT_JS_NO_ANALYTICS"] = "true";
        using var node = Process.Start(start)!;
        var error = await node.StandardError.ReadToEndAsync();
        await node.WaitForExitAsync();
        node.ExitCode.Should().Be(0, error);
        var theirs = SentRequests.Of(server.Exchanges.Select(exchange => (exchange.Request, exchange.Reply.Body)));

        var ours = await OursAsync(isAsynchronous: true, Script.JavaScript);

        ours.Should().Equal(theirs);
        server.Model.Violations.Should().BeEmpty();
    }

    private static IEnumerable<(PortalRequest Request, string Reply)> Recorded(string name)
    {
        if (Corpus is null)
        {
            Assert.Inconclusive("LABTRACE_CORPUS names no folder of recordings");
        }

        foreach (var line in File.ReadLines(Path.Combine(Corpus, "captures", "reportportal", name)))
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            var body = root.GetProperty("json").ValueKind == JsonValueKind.Null ? Encoding.Latin1.GetBytes(root.GetProperty("raw").GetString()!) : Encoding.UTF8.GetBytes(root.GetProperty("json").GetRawText());
            var headers = root.GetProperty("headers").EnumerateObject().ToDictionary(header => header.Name, header => header.Value.GetString()!, StringComparer.OrdinalIgnoreCase);
            yield return (new PortalRequest(root.GetProperty("method").GetString()!, root.GetProperty("path").GetString()!, headers, body), root.GetProperty("response").GetProperty("body").GetRawText());
        }
    }

    private static async Task<List<string>> OursAsync(bool isAsynchronous, Script script)
    {
        await using var bench = new PortalBench();
        bench.Environment["RP_SERVER_ASYNCREPORTING"] = isAsynchronous ? "true" : "false";
        var launch = Guid.NewGuid();
        using var spool = SpoolDirectory.Take(bench.RunDirectory, launch);
        using (var writer = new SpoolWriter(spool.EntriesPath, keptBytes: 0))
        {
            script.Write(writer, spool, launch);
        }

        using var delivery = new Delivery(spool, bench.Settings(), text => text, TimeProvider.System);
        (await delivery.RunAsync(news: null, CancellationToken.None)).IsComplete.Should().BeTrue();
        bench.Server.Model.Violations.Should().BeEmpty();
        return SentRequests.Of(bench.Server.Exchanges.Select(exchange => (exchange.Request, exchange.Reply.Body)));
    }

    /// <summary>The run that the recorded programs report; they differ in what they say of it.</summary>
    private sealed record Script(string Step, string CodeRef, PortalAttribute Tag, string? SuiteStatus)
    {
        public static readonly Script JavaScript = new(
            "When I write \"IN: 10Mhz\" to sma1", "features/timecard.feature/[SCENARIO:SMA1 as 10MHz in]", new PortalAttribute("tag", "@timecard"), null);

        public static readonly Script DotNet = new("When I write", "features/timecard.feature", new PortalAttribute("Tag", "@timecard"), "PASSED");

        public void Write(SpoolWriter writer, SpoolDirectory spool, Guid launch)
        {
            using var body = new EntryBody();
            var (suite, scenario, step, retry, dmesg) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
            writer.Add(new SpoolEntry { Action = SpoolAction.Open, Id = launch });
            writer.Add(new SpoolEntry
            {
                Action = SpoolAction.StartLaunch,
                Id = launch,
                Body = body.Begin().Text("name", "labtrace nightly").Text("description", "d").Moment("startTime", 1).Text("mode", "DEFAULT")
                    .Attributes([new PortalAttribute("board", "tc-01"), new PortalAttribute(null, "nightly"), new PortalAttribute("agent", "LabTrace", IsSystem: true)]).Take(),
            });
            Start(suite, null, suite, body.Begin().Text("name", "timecard.feature").Moment("startTime", 1).Text("type", "SUITE"));
            Start(scenario, suite, scenario, body.Begin().Text("name", "SMA1 as 10MHz in").Moment("startTime", 2).Text("type", "STEP").Text("codeRef", CodeRef).Text("testCaseId", "TC-1")
                .Flag("hasStats", value: true).Parameters([KeyValuePair.Create("sma", "sma1")]).Attributes([Tag]));
            Start(step, scenario, scenario, body.Begin().Text("name", Step).Moment("startTime", 3).Text("type", "STEP").Flag("hasStats", value: false));
            Log(Guid.NewGuid(), "INFO", "wrote", null);
            Log(dmesg, "ERROR", "dmesg attached", new SpoolFile(spool.Keep(dmesg, "[ 1.0] Oops"u8), "dmesg.txt", "text/plain"));
            Finish(step, scenario, scenario, body.Begin().Moment("endTime", 4).Text("status", "FAILED"));
            Finish(scenario, suite, scenario, body.Begin().Moment("endTime", 5).Text("status", "FAILED").Issue("SI001", "lab PSU"));
            Start(retry, suite, scenario, body.Begin().Text("name", "SMA1 as 10MHz in").Moment("startTime", 6).Text("type", "STEP").Text("testCaseId", "TC-1").Flag("retry", value: true), scenario);
            Finish(retry, suite, scenario, body.Begin().Moment("endTime", 7).Text("status", "PASSED"));
            Finish(suite, null, suite, body.Begin().Moment("endTime", 8).Text("status", SuiteStatus));
            writer.Add(new SpoolEntry { Action = SpoolAction.FinishLaunch, Id = launch, Body = body.Begin().Moment("endTime", 9).Take() });
            writer.Add(new SpoolEntry { Action = SpoolAction.End, Id = launch });
            writer.Flush();

            void Start(Guid id, Guid? parent, Guid lane, EntryBody made, Guid? retryOf = null) =>
                writer.Add(new SpoolEntry { Action = SpoolAction.StartItem, Id = id, Parent = parent, Lane = lane, RetryOf = retryOf, Body = made.Take() });

            void Finish(Guid id, Guid? parent, Guid lane, EntryBody made) =>
                writer.Add(new SpoolEntry { Action = SpoolAction.FinishItem, Id = id, Parent = parent, Lane = lane, Body = made.Take() });

            void Log(Guid id, string level, string message, SpoolFile? file) => writer.Add(new SpoolEntry
            {
                Action = SpoolAction.Log,
                Id = id,
                Parent = step,
                Lane = scenario,
                File = file,
                Body = body.Begin().Text("uuid", id.ToString()).Moment("time", 3).Text("level", level).Text("message", message).Take(),
            });
        }
    }
}
