namespace LabTrace.Emulation.Kernel;

/// <summary>A reader of a stream that has found nothing to read.</summary>
internal sealed class ParkedReader(Func<bool> isReadable)
{
    private readonly TaskCompletionSource _served = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsReadable() => isReadable();

    /// <summary>It was told that there is data.</summary>
    public bool IsServed => _served.Task.IsCompleted;

    /// <summary>There is data now.</summary>
    public void Serve() => _served.TrySetResult();

    /// <summary>Waits to be served; false when nothing came while the patience lasted.</summary>
    /// <param name="patience">Real time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<bool> WaitAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await _served.Task.WaitAsync(patience, TimeProvider.System, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
