namespace LabTrace.Tracing;

/// <summary>What an export must know before the first event.</summary>
public sealed record ExportOptions
{
    /// <summary>The trace clock.</summary>
    public string ClockName { get; init; } = "local";

    /// <summary>False when times are ticks.</summary>
    public bool IsClockInNanoseconds { get; init; } = true;

    /// <summary>The cpus that the capture covers.</summary>
    public IReadOnlyList<int> Cpus { get; init; } = [];

    /// <summary>What explains binary records: page layout, symbols, texts; null for text.</summary>
    public RawRecording? Explanation { get; init; }

    /// <summary>How trace.dat is compressed: <c>none</c>, <c>zlib</c> or <c>zstd</c>.</summary>
    public string Compression { get; init; } = "none";

    /// <summary>Numbers to draw as counters: <c>EVENT.FIELD</c> or <c>EVENT.FIELD/KEYFIELD</c>.</summary>
    public IReadOnlyList<string> Counters { get; init; } = [];
}
