using LabTrace.Reports.ReportPortal.Configuration;

namespace LabTrace.Reports.ReportPortal.Delivering;

/// <summary>Keeps all requests waiting while the server does not answer, and knows when to give it up.</summary>
/// <param name="policy">How long the pauses are, and how many.</param>
/// <param name="time">Where time comes from.</param>
internal sealed class ServerHealth(RetryPolicy policy, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private Task _pause = Task.CompletedTask;
    private CancellationTokenSource _cut = new();
    private bool _isPatient;
    private int _round;
    private int _failedRounds;
    private long _successes;

    /// <summary>How many requests have succeeded.</summary>
    public long Successes => Interlocked.Read(ref _successes);

    /// <summary>While a run goes on, a server that does not answer is waited for without end: it costs nothing.</summary>
    /// <param name="isPatient">False from the end of the run on, and always when a spool is delivered later.</param>
    public void BePatient(bool isPatient)
    {
        lock (_gate)
        {
            if (_isPatient && !isPatient && _failedRounds > 0)
            {
                // It has been away for a while: it is asked once more, now.
                _failedRounds = Math.Max(_failedRounds, policy.MaxAttempts - 1);
                _cut.Cancel();
            }

            _isPatient = isPatient;
        }
    }

    /// <summary>Waits while the server is paused.</summary>
    /// <returns>The round, to be handed to <see cref="Fail"/>.</returns>
    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task pause;
            int round;
            lock (_gate)
            {
                (pause, round) = (_pause, _round);
            }

            if (pause.IsCompleted)
            {
                return round;
            }

            await pause.WaitAsync(cancellationToken);
        }
    }

    /// <summary>A request has succeeded.</summary>
    public void Succeed()
    {
        _ = Interlocked.Increment(ref _successes);
        lock (_gate)
        {
            _failedRounds = 0;
        }
    }

    /// <summary>A request has failed that may succeed later: all wait. Of those that failed side by side only the first counts.</summary>
    /// <param name="round">The round in which it was made.</param>
    /// <param name="asked">How long the server asks to wait, or null.</param>
    /// <returns>True when it is to be given up.</returns>
    public bool Fail(int round, TimeSpan? asked)
    {
        lock (_gate)
        {
            if (round != _round)
            {
                return false;
            }

            _round++;
            _failedRounds++;
            if (!_isPatient && _failedRounds >= policy.MaxAttempts)
            {
                return true;
            }

            var pause = policy.PauseAfter(_failedRounds);
            if (asked is { } longer && longer > pause)
            {
                pause = longer < TimeSpan.FromMinutes(5) ? longer : TimeSpan.FromMinutes(5);
            }

            _cut.Dispose();
            _cut = new CancellationTokenSource();
            _pause = PauseAsync(pause, _cut.Token);
            return false;
        }
    }

    public void Dispose() => _cut.Dispose();

    private async Task PauseAsync(TimeSpan pause, CancellationToken cut)
    {
        try
        {
            await Task.Delay(pause, time, cut);
        }
        catch (OperationCanceledException)
        {
            // Cut short: the server is asked at once.
        }
    }
}
