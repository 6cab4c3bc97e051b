using System.Text;

namespace LabTrace.Tracing;

/// <summary>The text of tracefs' <c>trace</c> and <c>trace_pipe</c>.</summary>
public sealed class FtraceTextFormat : ITraceFormat
{
    /// <inheritdoc/>
    public string Name => "ftrace text";

    /// <inheritdoc/>
    public bool Recognises(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("# tracer:"u8) || start.StartsWith("##### CPU "u8) || (start.StartsWith("CPU:"u8) && start.IndexOf("[LOST "u8) > 0))
        {
            return true;
        }

        // trace_pipe has no header: the first line must be one of ours, perhaps cut by the limit on recognition.
        var end = start.IndexOf((byte)'\n');
        var line = end < 0 ? start : start[..end];
        return FtraceLine.TryParse(line, out _)
            || (FtraceLine.TryRaw(line, out var head) && IsRaw(line[head.TextStart..]))
            || (FtraceLine.TryHex(line, out head, out _) && IsRaw(line[head.TextStart..]));
    }

    /// <summary>Opens the text. Damage is in lines, which are counted, so both modes read alike.</summary>
    /// <param name="capture">The text.</param>
    /// <param name="mode">Not used.</param>
    public TraceReader Open(Capture capture, ReadMode mode) => TextTraceReader.Open(Name, capture, () => new FtraceTextParser(new TallyBuilder(), 0));

    /// <summary>Reads text in memory; events keep slices of it.</summary>
    /// <param name="text">The text; it must not change while the trace is used.</param>
    /// <param name="clockName">The trace clock, which the text does not say; null when it is not known.</param>
    public static Trace Read(ReadOnlyMemory<byte> text, string? clockName = null)
    {
        var parser = new FtraceTextParser(new TallyBuilder(), text.Length);
        _ = parser.Parse(text, 0, isFinal: true);
        return parser.Sink.ToTrace(clockName);
    }

    /// <summary>Reads text from a string.</summary>
    /// <param name="text">The text.</param>
    /// <param name="clockName">The trace clock, which the text does not say; null when it is not known.</param>
    public static Trace Read(string text, string? clockName = null) => Read(Encoding.UTF8.GetBytes(text), clockName);

    private static bool IsRaw(ReadOnlySpan<byte> text) => text.StartsWith("type: "u8) || text.StartsWith("# "u8);
}
