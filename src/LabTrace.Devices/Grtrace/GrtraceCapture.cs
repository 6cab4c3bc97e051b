namespace LabTrace.Devices;

/// <summary>What was read of grtrace's relay buffers, a stream for each cpu.</summary>
public sealed class GrtraceCapture
{
    private readonly SortedDictionary<string, MemoryStream> _streams = new(StringComparer.Ordinal);

    /// <summary>Bytes in all.</summary>
    public long Length => _streams.Values.Sum(s => s.Length);

    /// <summary>The files that were read and what they gave, in the order of their names.</summary>
    public IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> Streams =>
        [.. _streams.Select(s => KeyValuePair.Create(s.Key, (ReadOnlyMemory<byte>)s.Value.GetBuffer().AsMemory(0, (int)s.Value.Length)))];

    /// <summary>Adds what a file gave.</summary>
    /// <param name="file">Its path on the target.</param>
    /// <param name="bytes">What was read.</param>
    internal void Add(string file, ReadOnlySpan<byte> bytes)
    {
        if (!_streams.TryGetValue(file, out var stream))
        {
            _streams.Add(file, stream = new MemoryStream());
        }

        stream.Write(bytes);
    }
}
