namespace LabTrace.Tracing;

/// <summary>What <c>trace-cmd report</c> prints: ftrace text with the event's name in a column, other words for losses, and plugins' texts.</summary>
public sealed class TraceCmdReportFormat : ITraceFormat
{
    /// <inheritdoc/>
    public string Name => "trace-cmd report";

    /// <inheritdoc/>
    public bool Recognises(ReadOnlySpan<byte> start) => start.StartsWith("cpus="u8) || start.StartsWith("version = "u8);

    /// <summary>Opens the text. Damage is in lines, which are counted, so both modes read alike.</summary>
    /// <param name="capture">The text.</param>
    /// <param name="mode">Not used.</param>
    public TraceReader Open(Capture capture, ReadMode mode) => TextTraceReader.Open(Name, capture, () => new FtraceTextParser(new TallyBuilder(), 0));
}
