using System.Globalization;

namespace LabTrace.Reports.ReportPortal.Delivering;

/// <summary>Waits for a delivery when its run has ended, tells how far it is, and leaves it when it takes too long.</summary>
/// <param name="context">Whom to tell, and what interrupts it.</param>
/// <param name="delivery">The delivery.</param>
/// <param name="time">Where time comes from.</param>
internal sealed class DeliveryWait(ReportContext context, Delivery delivery, TimeProvider time) : IDisposable
{
    /// <summary>How long a run waits at its end for a slow server; the rest stays in the spool.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>The same, of a run that was interrupted.</summary>
    private static readonly TimeSpan LongestInterrupted = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource _ended = new();

    /// <summary>Waits.</summary>
    /// <param name="delivering">The delivery at work.</param>
    /// <param name="leave">Cancelled when it is to be left.</param>
    public async Task ForAsync(Task delivering, CancellationTokenSource leave)
    {
        var wasInterrupted = context.Interrupt.IsCancellationRequested;
        using var interrupt = wasInterrupted ? default : context.Interrupt.Register(leave.Cancel);
        using var limit = new CancellationTokenSource(wasInterrupted ? LongestInterrupted : context.IsReplay ? Timeout.InfiniteTimeSpan : Longest, time);
        using var tooLong = limit.Token.Register(leave.Cancel);
        var telling = TellAsync(_ended.Token);
        await ((Task)delivering.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default));
        await _ended.CancelAsync();
        await telling;
    }

    public void Dispose() => _ended.Dispose();

    private async Task TellAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(TellEvery, time, cancellationToken);
                var progress = delivery.Progress;
                await context.Console.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture, $"ReportPortal: {progress.Delivered:N0} of {progress.Total:N0} delivered; Ctrl-C leaves the rest in the spool").AsMemory(), cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }
    }
}
