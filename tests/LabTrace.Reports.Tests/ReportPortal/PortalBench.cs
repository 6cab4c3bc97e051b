using System.Collections;
using LabTrace.Reports.ReportPortal;
using LabTrace.Reports.ReportPortal.Configuration;
using LabTrace.Scenarios.Messages;
using LabTrace.TestKit.Portal;

namespace LabTrace.Reports.Tests.ReportPortal;

/// <summary>A server, a run's directory, and reports between them.</summary>
internal sealed class PortalBench : IAsyncDisposable
{
    public PortalServer Server { get; } = new();

    public string RunDirectory { get; } = Directory.CreateTempSubdirectory("labtrace-portal-").FullName;

    public StringWriter Console { get; } = new() { NewLine = "\n" };

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal)
    {
        ["RP_SERVER_PROJECT"] = PortalModel.Project,
        ["RP_SERVER_APIKEY"] = PortalModel.Key,
        ["RP_SERVER_RETRY_STRATEGY"] = "Linear",
        ["RP_SERVER_RETRY_DELAY"] = "1",
        ["RP_SERVER_RETRY_MAXATTEMPTS"] = "3",
        ["RP_SERVER_TIMEOUT"] = "10",
    };

    public string Spool => Path.Combine(RunDirectory, "reportportal");

    public PortalSettings Settings()
    {
        var environment = new Hashtable(Environment) { ["RP_SERVER_URL"] = Server.Url };
        return PortalSettings.Load(RunDirectory, null, environment);
    }

    public ReportContext Context(bool isReplay = false) => new() { Out = Console, Console = Console, RunDirectory = RunDirectory, IsReplay = isReplay };

    /// <summary>Reports a stream as a run would.</summary>
    public async Task ReportAsync(IEnumerable<Envelope> stream, bool isReplay = false, Func<Envelope, Task>? before = null)
    {
        await using var sink = new ReportPortalSink(Context(isReplay), Settings(), null);
        foreach (var envelope in stream)
        {
            await (before?.Invoke(envelope) ?? Task.CompletedTask);
            await sink.WriteAsync(envelope, CancellationToken.None);
        }
    }

    /// <summary>Delivers what is left.</summary>
    public async Task<int> DrainAsync(CancellationToken cancellationToken = default)
    {
        var configuration = Path.Combine(RunDirectory, "portal.json");
        await File.WriteAllTextAsync(configuration, System.Text.Json.JsonSerializer.Serialize(new
        {
            server = new
            {
                url = Server.Url,
                project = Environment["RP_SERVER_PROJECT"],
                apiKey = Environment["RP_SERVER_APIKEY"],
                asyncReporting = Environment.GetValueOrDefault("RP_SERVER_ASYNCREPORTING", "false"),
                retry = new { strategy = "Linear", delay = 1, maxAttempts = 3 },
            },
        }), cancellationToken);
        return await new ReportPortalDrain(configuration, Context(isReplay: true), TimeProvider.System).RunAsync(RunDirectory, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Directory.Delete(RunDirectory, recursive: true);
    }
}
