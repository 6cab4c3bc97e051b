namespace LabTrace.Tracing;

/// <summary>The text that grtrace's tools write: CPU annotations, GPU events and both merged into a timeline.</summary>
public sealed class GrtTextFormat : ITraceFormat
{
    /// <inheritdoc/>
    public string Name => "grtrace text";

    /// <inheritdoc/>
    public bool Recognises(ReadOnlySpan<byte> start)
    {
        while (start.Length > 0)
        {
            var end = start.IndexOf((byte)'\n');
            var line = end < 0 ? start : start[..end];
            start = end < 0 ? [] : start[(end + 1)..];
            if (line.Length > 0 && line[0] != '#')
            {
                // The limit on recognition may cut the line before its first field.
                return GrtTextLine.TryParse(line, out _) || (end < 0 && GrtTextLine.TryParse([.. line, .. "="u8], out _));
            }
        }

        return false;
    }

    /// <summary>Opens the text. Damage is in lines, which are counted, so both modes read alike.</summary>
    /// <param name="capture">The text.</param>
    /// <param name="mode">Not used.</param>
    public TraceReader Open(Capture capture, ReadMode mode) => TextTraceReader.Open(Name, capture, () => new GrtTextParser(new TallyBuilder()));
}
