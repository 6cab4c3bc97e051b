namespace LabTrace.Tracing;

/// <summary>The text of a <c>hist</c> file of tracefs: the table of a hist trigger.</summary>
public sealed class EventHistogramFormat : ITraceFormat
{
    /// <inheritdoc/>
    public string Name => "event histogram";

    /// <inheritdoc/>
    public bool Recognises(ReadOnlySpan<byte> start) => start.StartsWith("# event histogram"u8);

    /// <summary>Opens the text. Damage is in lines, which are counted, so both modes read alike.</summary>
    /// <param name="capture">The text.</param>
    /// <param name="mode">Not used.</param>
    public TraceReader Open(Capture capture, ReadMode mode) => TextTraceReader.Open(Name, capture, () => new EventHistogramParser(new TallyBuilder()));
}
