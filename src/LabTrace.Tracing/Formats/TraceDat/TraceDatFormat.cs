namespace LabTrace.Tracing;

/// <summary>trace-cmd's files, versions 6 and 7.</summary>
/// <remarks>Format: Formats/TraceDat/TraceDat.md.</remarks>
public sealed class TraceDatFormat : ITraceFormat
{
    /// <inheritdoc/>
    public string Name => "trace.dat";

    /// <inheritdoc/>
    public bool Recognises(ReadOnlySpan<byte> start) => start.StartsWith(TraceDatParser.Magic);

    /// <inheritdoc/>
    public TraceReader Open(Capture capture, ReadMode mode)
    {
        ArgumentNullException.ThrowIfNull(capture);
        var file = new TraceDatFile { Capture = capture, Mode = mode };
        try
        {
            TraceDatParser.Parse(file);
        }
        catch (TraceFormatException error) when (mode == ReadMode.Salvage && error.Offset > TraceDatParser.Magic.Length)
        {
            file.Missing.Add($"everything behind offset {error.Offset:N0}, inside {error.Field ?? "the header"}");
        }

        if (!file.LatencyText.IsEmpty)
        {
            return new TraceListReader(Name, FtraceTextFormat.Read(file.LatencyText, file.Clock));
        }

        return new TraceDatOpening(file, mode).Open(Name);
    }
}
