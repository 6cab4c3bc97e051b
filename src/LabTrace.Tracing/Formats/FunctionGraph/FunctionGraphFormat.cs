namespace LabTrace.Tracing;

/// <summary>The text of <c>trace</c> and <c>trace_pipe</c> while the tracer function_graph is on.</summary>
public sealed class FunctionGraphFormat : ITraceFormat
{
    /// <inheritdoc/>
    public string Name => "function_graph text";

    /// <inheritdoc/>
    public bool Recognises(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("# tracer: function_graph"u8))
        {
            return true;
        }

        // trace_pipe has no header, and may start with a banner or with a loss that says nothing of the kind.
        while (start.Length > 0)
        {
            var end = start.IndexOf((byte)'\n');
            var line = end < 0 ? start : start[..end];
            start = end < 0 ? [] : start[(end + 1)..];
            if (line.TrimStart((byte)' ').StartsWith("------"u8) || line.Length == 0 || line.StartsWith("CPU:"u8) || line.StartsWith("##### CPU "u8))
            {
                continue;
            }

            var columns = FunctionGraphLine.Parse(line);
            var call = columns.Call.Trim((byte)' ');
            return (columns.Cpu >= 0 || columns.HasDurationColumn)
                && (call.EndsWith("{"u8) || call.EndsWith(");"u8) || call.StartsWith("}"u8) || FunctionGraphLine.IsArrow(call)
                    || line.IndexOf(" => "u8) > 0 || (columns.Cpu >= 0 && call.StartsWith("/*"u8)));
        }

        return false;
    }

    /// <summary>Opens the text. Damage is in lines, which are counted, so both modes read alike.</summary>
    /// <param name="capture">The text.</param>
    /// <param name="mode">Not used.</param>
    public TraceReader Open(Capture capture, ReadMode mode) => TextTraceReader.Open(Name, capture, () => new FunctionGraphParser(new TallyBuilder(), 0));
}
