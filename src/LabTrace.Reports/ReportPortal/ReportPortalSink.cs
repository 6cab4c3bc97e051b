using LabTrace.Reports.Record;
using LabTrace.Reports.ReportPortal.Configuration;
using LabTrace.Reports.ReportPortal.Delivering;
using LabTrace.Reports.ReportPortal.Model;
using LabTrace.Reports.ReportPortal.Spooling;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.ReportPortal;

/// <summary>Reports to ReportPortal by way of a spool on the disk: the run never waits for the server, and nothing is lost with either.</summary>
/// <remarks>
/// Every message becomes requests that are written to the spool before the next one is taken; a delivery follows the spool and sends
/// them. What is not delivered when the run has ended stays, and <see cref="ReportPortalDrain"/> delivers it later.
/// </remarks>
internal sealed class ReportPortalSink : IRunSink, IStoryTarget
{
    private const string WithoutDirectory = "artifacts";
    private readonly ReportContext _context;
    private readonly RunRecord _run;
    private readonly PortalSettings _settings;
    private readonly string? _configuration;
    private readonly LaunchStory _story;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _leave = new();
    private SpoolDirectory? _spool;
    private SpoolWriter? _writer;
    private Delivery? _delivery;
    private Task<DeliveryResult>? _delivering;
    private bool _hasFailed;

    /// <summary>Makes the report.</summary>
    /// <param name="context">What it is given besides the messages.</param>
    /// <param name="settings">Where it goes.</param>
    /// <param name="configuration">The configuration file that was named, or null.</param>
    /// <param name="time">Where time comes from, or null for the system's.</param>
    public ReportPortalSink(ReportContext context, PortalSettings settings, string? configuration, TimeProvider? time = null)
    {
        _context = context;
        _run = context.Run;
        _settings = settings;
        _configuration = configuration is null ? null : Path.GetFullPath(configuration);
        _story = new LaunchStory(settings, _run);
        _time = time ?? TimeProvider.System;
        settings.KeepSecrets(context.KeepSecret);
        if (!settings.IsEnabled)
        {
            context.Console.WriteLine("ReportPortal: not reported to, as its configuration says Enabled: false");
        }
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        _ = _run.Apply(envelope);
        if (_settings.IsEnabled && !_hasFailed)
        {
            Guard(() =>
            {
                _story.Tell(envelope, Open);
                _writer?.Flush();
            });
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_story.IsOpen && !_hasFailed)
            {
                Guard(() =>
                {
                    _story.CutOff();
                    _writer?.Flush();
                });
            }
        }
        finally
        {
            _writer?.Dispose();
            if (_delivery is not null)
            {
                await EndDeliveryAsync(_delivery, _delivering!);
                _delivery.Dispose();
            }

            _spool?.Dispose();
            _story.Dispose();
            _leave.Dispose();
        }
    }

    void IStoryTarget.Add(SpoolEntry entry) => _writer?.Add(entry);

    string IStoryTarget.Keep(Guid id, ReadOnlySpan<byte> content) => _writer is null ? "" : _spool!.Keep(id, content);

    string? IStoryTarget.Find(string url)
    {
        if (Uri.TryCreate(url, UriKind.Absolute, out var absolute) && !url.StartsWith('/'))
        {
            return absolute.IsFile && File.Exists(absolute.LocalPath) ? absolute.LocalPath : null;
        }

        var path = Path.Combine(_context.RunDirectory ?? ".", url);
        return File.Exists(path) && _spool is not null ? Path.GetRelativePath(_spool.Path, path) : null;
    }

    private IStoryTarget Open(Guid launch)
    {
        _spool = SpoolDirectory.Take(_context.RunDirectory ?? WithoutDirectory, launch);
        if (_spool.ReadDelivered() is { } delivered)
        {
            _context.Console.WriteLine(
                $"ReportPortal: this run is there already{DeliveryText.Where(delivered.Link, delivered.Number)}; remove '{_spool.Path}' to report it again");
            return this;
        }

        _writer = new SpoolWriter(_spool.EntriesPath, keptBytes: 0);
        _writer.Add(SpoolHeader.Make(launch, _settings, _configuration));
        _writer.Flush();
        var delivery = new Delivery(_spool, _settings, _context.Redact, _time);
        delivery.BePatient(!_context.IsReplay);
        (_delivery, _delivering) = (delivery, Task.Run(() => delivery.RunAsync(_writer.News, _leave.Token)));
        return this;
    }

    private async Task EndDeliveryAsync(Delivery delivery, Task<DeliveryResult> delivering)
    {
        delivery.BePatient(false);
        using var waiting = new DeliveryWait(_context, delivery, _time);
        await waiting.ForAsync(delivering, _leave);
        var result = await delivering;
        if (result.IsComplete && !_hasFailed)
        {
            _spool!.MarkDelivered(_story.Launch, result.Link, result.Number);
        }

        foreach (var line in DeliveryText.Tell(result, _spool!.Path))
        {
            await _context.Console.WriteLineAsync(line);
        }

        if (_context.IsReplay && !result.IsComplete)
        {
            throw new ReportException($"ReportPortal: {DeliveryText.Say(result.Left, "request")} not delivered", $"labtrace report --drain {_spool.Path}");
        }
    }

    /// <summary>A spool that cannot be written is told of once; what it holds by then is delivered.</summary>
    private void Guard(Action act)
    {
        try
        {
            act();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _hasFailed = true;
            throw new ReportException(
                $"cannot write the report 'reportportal' to its spool '{_spool?.Path ?? _context.RunDirectory}': {error.Message}",
                "make room, then make the report again from the run's message stream: labtrace report RUN --report reportportal",
                error);
        }
    }
}
