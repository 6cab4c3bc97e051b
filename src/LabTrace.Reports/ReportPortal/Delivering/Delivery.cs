using System.Threading.Channels;
using LabTrace.Reports.ReportPortal.Configuration;
using LabTrace.Reports.ReportPortal.Spooling;

namespace LabTrace.Reports.ReportPortal.Delivering;

/// <summary>Brings a spool's requests to the server: side by side where they do not depend on each other, each until it is answered.</summary>
/// <remarks>
/// A scenario's requests go one after the other, an item's start before all that is in it, its end behind it. A start or log that
/// was made twice, because the first answer was lost, carries the same id, so that the server has it once.
/// </remarks>
internal sealed partial class Delivery : IDisposable
{
    /// <summary>Requests read ahead: what is in memory while the server is slow.</summary>
    private const int Ahead = 1024;

    private readonly SpoolDirectory _spool;
    private readonly Acknowledgements _acknowledged;
    private readonly PortalSettings _settings;
    private readonly PortalClient _client;
    private readonly ServerHealth _health;
    private readonly Func<string, string> _redact;
    private readonly SemaphoreSlim _connections;
    private readonly DeliveryTally _tally = new();
    private CancellationTokenSource _stop = new();
    private Guid _launch;
    private string? _gaveUp;
    private bool _hasLost;

    /// <summary>Prepares a delivery.</summary>
    /// <param name="spool">The spool, which stays the caller's.</param>
    /// <param name="settings">Where to.</param>
    /// <param name="redact">Takes secrets out of text files.</param>
    /// <param name="time">Where time comes from.</param>
    public Delivery(SpoolDirectory spool, PortalSettings settings, Func<string, string> redact, TimeProvider time)
    {
        (_spool, _settings, _redact) = (spool, settings, redact);
        _acknowledged = new Acknowledgements(spool.AcknowledgedPath);
        _client = new PortalClient(settings);
        _health = new ServerHealth(settings.Retry, time);
        _connections = new SemaphoreSlim(settings.Connections);
    }

    /// <summary>How far it has come.</summary>
    public DeliveryResult Progress => _tally.Result(sawEnd: false, _gaveUp);

    /// <summary>See <see cref="ServerHealth.BePatient"/>.</summary>
    public void BePatient(bool isPatient) => _health.BePatient(isPatient);

    /// <summary>Delivers.</summary>
    /// <param name="news">The writer's, while the spool is being written; or null.</param>
    /// <param name="cancellationToken">Leaves the rest in the spool.</param>
    public async Task<DeliveryResult> RunAsync(ChannelReader<bool>? news, CancellationToken cancellationToken)
    {
        for (var isAgain = false; ; isAgain = true)
        {
            _tally.Clear();
            _stop.Dispose();
            _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var sawEnd = await PassAsync(news);
            if (!_hasLost || isAgain || cancellationToken.IsCancellationRequested)
            {
                return _tally.Result(sawEnd, _gaveUp ?? (cancellationToken.IsCancellationRequested ? "interrupted" : null));
            }

            // The server does not know what it acknowledged. Everything is sent again; what it still has, it has once.
            _hasLost = false;
            _gaveUp = null;
            _acknowledged.Forget();
            _tally.Remark("the server had lost what it had acknowledged: everything was sent again");
        }
    }

    public void Dispose()
    {
        _stop.Dispose();
        _health.Dispose();
        _reopening.Dispose();
        _client.Dispose();
        _acknowledged.Dispose();
        _connections.Dispose();
    }

    private async Task<bool> PassAsync(ChannelReader<bool>? news)
    {
        var plan = new DeliveryPlan();
        using var room = new SemaphoreSlim(Ahead);
        var sawEnd = false;
        var sends = false;
        try
        {
            await foreach (var entry in SpoolReader.ReadAsync(_spool.EntriesPath, news, _stop.Token))
            {
                if (entry.Action is SpoolAction.Open or SpoolAction.End)
                {
                    _launch = entry.Id;
                    sawEnd = entry.Action == SpoolAction.End;
                    continue;
                }

                _startLaunch = entry.Action == SpoolAction.StartLaunch ? entry : _startLaunch;

                // A launch that was finished is finished again when something was added to it.
                if (_acknowledged.Has(entry) && !(entry.Action == SpoolAction.FinishLaunch && sends))
                {
                    _tally.Add(isDelivered: true);
                    continue;
                }

                sends = true;
                _tally.Add(isDelivered: false);
                await room.WaitAsync(_stop.Token);
                var (lane, work) = plan.Add(entry, () => room.Release());
                if (lane.Add(work))
                {
                    _ = Task.Run(() => WorkAsync(lane), CancellationToken.None);
                }
            }
        }
        catch (OperationCanceledException)
        {
            sawEnd = false;
        }
        finally
        {
            await plan.AllOverAsync();
        }

        return sawEnd;
    }

    private async Task WorkAsync(Lane lane)
    {
        while (lane.TryTake(out var work))
        {
            List<Work> works = [work];
            try
            {
                foreach (var need in work.Needs)
                {
                    await need.Over;
                }

                if (work.Entry.Action == SpoolAction.Log)
                {
                    await SendLogsAsync(lane, works);
                }
                else
                {
                    await SendAsync(work.Entry);
                }
            }
            catch (OperationCanceledException)
            {
                // Given up: it stays in the spool.
            }
            catch (Exception error)
            {
                GiveUp($"an error of LabTrace itself or of the spool: {error.Message}");
            }

            foreach (var over in works)
            {
                over.End();
            }
        }
    }

    private void GiveUp(string reason)
    {
        _gaveUp ??= reason;
        _stop.Cancel();
    }
}
