using System.Globalization;
using LabTrace.Reports.ReportPortal.Configuration;
using LabTrace.Reports.ReportPortal.Delivering;
using LabTrace.Reports.ReportPortal.Model;

namespace LabTrace.Reports.ReportPortal;

/// <summary>A launch that many shards report into: whoever coordinates them starts it first, hands its id to each, and finishes it last.</summary>
public sealed class ReportPortalLaunch : IDisposable
{
    private const long TicksPerMicrosecond = 10;
    private readonly PortalSettings _settings;
    private readonly PortalClient _client;
    private readonly TimeProvider _time;

    /// <summary>Prepares it.</summary>
    /// <param name="configuration">A configuration file that was named, or null for those of the current directory.</param>
    /// <param name="keepSecret">Told the key.</param>
    /// <param name="time">Where time comes from.</param>
    /// <exception cref="ReportException">The configuration lacks something.</exception>
    public ReportPortalLaunch(string? configuration, Action<string> keepSecret, TimeProvider time)
    {
        _settings = PortalSettings.Load(configuration);
        _settings.KeepSecrets(keepSecret);
        _client = new PortalClient(_settings);
        _time = time;
    }

    private long Now => (_time.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TicksPerMicrosecond;

    /// <summary>Starts a launch as the configuration describes it.</summary>
    /// <returns>Its id, for <c>RP_LAUNCH_ID</c>.</returns>
    /// <exception cref="ReportException">The server did not take it.</exception>
    public async Task<Guid> StartAsync(CancellationToken cancellationToken)
    {
        var launch = Guid.NewGuid();
        using var body = new EntryBody();
        var json = body.Begin()
            .Text("name", PortalText.Name(_settings.LaunchName, PortalText.LaunchName))
            .Text("description", PortalText.Lines(_settings.LaunchDescription))
            .Moment("startTime", Now)
            .Text("mode", _settings.IsDebug ? "DEBUG" : "DEFAULT")
            .Attributes(_settings.Attributes)
            .Text("uuid", launch.ToString())
            .Take();
        var answer = await AskAsync(HttpMethod.Post, "launch", json, cancellationToken);
        return Guid.TryParse(answer.Id, out var id) ? id : launch;
    }

    /// <summary>Finishes a launch; its status is that of what the shards reported.</summary>
    /// <param name="launch">Its id.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>Where it is to be seen, in words; empty if the server does not tell.</returns>
    /// <exception cref="ReportException">The server did not take it.</exception>
    public async Task<string> FinishAsync(Guid launch, CancellationToken cancellationToken)
    {
        using var body = new EntryBody();
        var answer = await AskAsync(HttpMethod.Put, $"launch/{launch}/finish", body.Begin().Moment("endTime", Now).Take(), cancellationToken);
        return DeliveryText.Where(answer.Link, answer.Number);
    }

    /// <summary>Closes its connections.</summary>
    public void Dispose() => _client.Dispose();

    private async Task<PortalAnswer> AskAsync(HttpMethod method, string path, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var content = new ByteArrayContent([(byte)'{', .. json.Span, (byte)'}']);
            content.Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("application/json");
            var answer = await _client.SendAsync(method, path, content, cancellationToken);
            if (answer.Kind is AnswerKind.Done or AnswerKind.AlreadyFinished)
            {
                return answer;
            }

            if (answer.Kind != AnswerKind.Unavailable || attempt >= _settings.Retry.MaxAttempts)
            {
                throw new ReportException(
                    string.Create(CultureInfo.InvariantCulture, $"ReportPortal: {method} {path} at {_settings.Api}: {answer.Text}"),
                    "look after the server, its address, project and key, then do it again");
            }

            await Task.Delay(_settings.Retry.PauseAfter(attempt), _time, cancellationToken);
        }
    }
}
