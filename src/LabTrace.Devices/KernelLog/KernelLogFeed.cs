namespace LabTrace.Devices;

/// <summary>One kernel's log as all scenarios at a place read it: each from where it began.</summary>
public sealed class KernelLogFeed(IKernelLogSource source) : IAsyncDisposable
{
    private const int MostKept = 100_000;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly List<KernelLogRecord> _records = [];
    private long _dropped;

    /// <summary>Records that the kernel overwrote before they were read, since the feed was opened.</summary>
    public long Overwritten { get; private set; }

    /// <summary>Reads on, and says how many records there have been so far.</summary>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public async ValueTask<long> CatchUpAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var batch = await source.ReadAsync(cancellationToken);
            Overwritten += batch.Overwritten;
            _records.AddRange(batch.Records.Where(static r => r.IsKernels));
            if (_records.Count > MostKept)
            {
                var surplus = _records.Count - (MostKept / 2);
                _records.RemoveRange(0, surplus);
                _dropped += surplus;
            }

            return _dropped + _records.Count;
        }
        finally
        {
            _ = _gate.Release();
        }
    }

    /// <summary>The records from one count to another; those that are no longer kept are left out.</summary>
    /// <param name="from">What <see cref="CatchUpAsync"/> said before.</param>
    /// <param name="to">What it says now.</param>
    /// <param name="cancellationToken">Gives the wait for other readers up.</param>
    public async ValueTask<IReadOnlyList<KernelLogRecord>> TakeAsync(long from, long to, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var start = (int)Math.Max(0, from - _dropped);
            return _records.GetRange(start, (int)Math.Max(0, to - _dropped - start));
        }
        finally
        {
            _ = _gate.Release();
        }
    }

    /// <summary>Reads why the kernel is no longer trusted.</summary>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public ValueTask<ulong> ReadTaintAsync(CancellationToken cancellationToken) => source.ReadTaintAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        _gate.Dispose();
    }
}
