namespace LabTrace.Tracing;

/// <summary>The text of <c>trace_pipe</c> and <c>trace</c> while the tracer mmiotrace is on.</summary>
public sealed class MmiotraceFormat : ITraceFormat
{
    /// <inheritdoc/>
    public string Name => "mmiotrace text";

    /// <inheritdoc/>
    public bool Recognises(ReadOnlySpan<byte> start) => start.StartsWith("VERSION 20070824"u8) || start.StartsWith("# tracer: mmiotrace"u8);

    /// <summary>Opens the text. Damage is in lines, which are counted, so both modes read alike.</summary>
    /// <param name="capture">The text.</param>
    /// <param name="mode">Not used.</param>
    public TraceReader Open(Capture capture, ReadMode mode) => TextTraceReader.Open(Name, capture, () => new MmiotraceParser(new TallyBuilder()));
}
