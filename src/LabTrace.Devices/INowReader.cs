namespace LabTrace.Devices;

/// <summary>A stream that can say that there is nothing to read now, without waiting for something.</summary>
internal interface INowReader
{
    /// <summary>Reads once.</summary>
    /// <returns>Bytes read, 0 at the end; null when there is nothing now.</returns>
    ValueTask<int?> ReadNowAsync(Memory<byte> buffer, CancellationToken cancellationToken);
}
