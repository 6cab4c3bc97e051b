namespace LabTrace.Tracing;

/// <summary>One start of tracing in a stream.</summary>
/// <param name="Info">What it says of itself; assumed when <paramref name="IsAssumed"/>.</param>
/// <param name="Metadata">What its records and its GPU are; <see cref="GrtMetadata.Default"/> when the stream has none.</param>
/// <param name="IsAssumed">Whether the stream has no STREAM_INFO.</param>
public sealed record GrtSession(GrtStreamInfo Info, GrtMetadata Metadata, bool IsAssumed)
{
    /// <summary>Whether METADATA was read.</summary>
    public bool HasMetadata => !ReferenceEquals(Metadata, GrtMetadata.Default);
}

/// <summary>How to read a stream.</summary>
public sealed record GrtReadOptions
{
    /// <summary>How many bytes are read ahead at most to put the cpus' events in order.</summary>
    public long WindowBytes { get; init; } = 64 << 20;
}
