namespace LabTrace.Tracing;

/// <summary>What <c>perf script</c> prints of a perf.data.</summary>
public sealed class PerfScriptFormat : ITraceFormat
{
    /// <inheritdoc/>
    public string Name => "perf script";

    /// <inheritdoc/>
    public bool Recognises(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("# ========"u8) || start.StartsWith("# captured on "u8))
        {
            return true;
        }

        var end = start.IndexOf((byte)'\n');
        return PerfScriptLine.TryParse(end < 0 ? start : start[..end], out _);
    }

    /// <summary>Opens the text. Damage is in lines, which are counted, so both modes read alike.</summary>
    /// <param name="capture">The text.</param>
    /// <param name="mode">Not used.</param>
    public TraceReader Open(Capture capture, ReadMode mode) => TextTraceReader.Open(Name, capture, () => new PerfScriptParser(new TallyBuilder()));
}
