namespace LabTrace.Tracing;

/// <summary>What <c>trace-cmd report</c> prints: ftrace text with the event's name in a column, other words for losses, and plugins' texts.</summary>
public sealed class TraceCmdReportFormat : ITraceFormat
{
    /// <inheritdoc/>
    public string Name => "trace-cmd report";

    /// <inheritdoc/>
    public bool Recognises(ReadOnlySpan<byte> start) => start.StartsWith("cpus="u8) || start.StartsWith("version = "u8);

    /// <summary>Reads the text; events keep slices of it. Damage is in lines, which are counted, so both modes read alike.</summary>
    /// <param name="capture">The text.</param>
    /// <param name="mode">Not used.</param>
    public Trace Read(Capture capture, ReadMode mode)
    {
        ArgumentNullException.ThrowIfNull(capture);
        return FtraceTextFormat.Read(capture.Bytes);
    }
}
