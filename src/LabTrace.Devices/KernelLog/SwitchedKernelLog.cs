namespace LabTrace.Devices;

/// <summary>The kernel log of a target that may boot: opened anew behind each boot, and its last words when it has died.</summary>
internal sealed class SwitchedKernelLog(SwitchedTarget target) : IKernelLogSource
{
    private IKernelLogSource? _source;
    private int _generation;
    private ulong _lastMicroseconds;
    private ulong _lastTaint;
    private bool _hasSpoken;

    public async ValueTask<KernelLogBatch> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var batch = await (await OpenAsync(cancellationToken)).ReadAsync(cancellationToken);
            _lastMicroseconds = batch.Records.Count > 0 ? batch.Records[^1].Microseconds : _lastMicroseconds;
            return batch;
        }
        catch (TargetUnreachableException) when (target.Down is not null)
        {
            var words = _hasSpoken ? [] : target.LastWords(_lastMicroseconds);
            _hasSpoken = true;
            return new KernelLogBatch(words, Overwritten: 0);
        }
    }

    public async ValueTask<ulong> ReadTaintAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _lastTaint = await (await OpenAsync(cancellationToken)).ReadTaintAsync(cancellationToken);
        }
        catch (TargetUnreachableException) when (target.Down is not null)
        {
            return _lastTaint;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_source is not null)
        {
            await _source.DisposeAsync();
        }
    }

    private async ValueTask<IKernelLogSource> OpenAsync(CancellationToken cancellationToken)
    {
        if (_source is not null && _generation == target.Generation)
        {
            return _source;
        }

        if (_source is not null)
        {
            await _source.DisposeAsync();
        }

        var (current, generation) = (target.Current, target.Generation);
        _source = await KmsgSource.OpenAsync(current, cancellationToken);
        (_generation, _lastMicroseconds, _hasSpoken) = (generation, 0, false);
        return _source;
    }
}
