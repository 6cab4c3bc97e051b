namespace LabTrace.Tracing;

/// <summary>What <c>bpftrace -f json</c> prints: one object on each line.</summary>
public sealed class BpftraceJsonFormat : ITraceFormat
{
    internal const string FormatName = "bpftrace JSON";

    /// <inheritdoc/>
    public string Name => FormatName;

    /// <inheritdoc/>
    public bool Recognises(ReadOnlySpan<byte> start)
    {
        var json = new JsonScanner(start.TrimStart(" \n\r\t"u8));
        return json.TryTake((byte)'{') && json.TryString(out var key) && key.SequenceEqual("type"u8) && json.TryTake((byte)':')
            && json.TryString(out _) && json.TryTake((byte)',') && json.TryString(out key) && key.SequenceEqual("data"u8);
    }

    /// <summary>Opens the text. Damage is in lines, which are counted, so both modes read alike.</summary>
    /// <param name="capture">The text.</param>
    /// <param name="mode">Not used.</param>
    public TraceReader Open(Capture capture, ReadMode mode) => TextTraceReader.Open(Name, capture, () => new BpftraceJsonParser(new TallyBuilder()));
}
