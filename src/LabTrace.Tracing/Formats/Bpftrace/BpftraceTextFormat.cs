namespace LabTrace.Tracing;

/// <summary>What <c>bpftrace</c> prints.</summary>
public sealed class BpftraceTextFormat : ITraceFormat
{
    internal const string FormatName = "bpftrace text";

    /// <inheritdoc/>
    public string Name => FormatName;

    /// <inheritdoc/>
    public bool Recognises(ReadOnlySpan<byte> start)
    {
        start = start.TrimStart((byte)'\n');
        if (start.StartsWith("@"u8))
        {
            var name = 1;
            while (name < start.Length && (char.IsAsciiLetterOrDigit((char)start[name]) || start[name] == '_'))
            {
                name++;
            }

            return name < start.Length && (start[name] == '[' || start[name..].StartsWith(": "u8));
        }

        var at = start.StartsWith("Attaching "u8) ? 10 : start.StartsWith("Attached "u8) ? 9 : start.Length;
        return AsciiScan.TryInt(start, ref at, out _) && start[at..].StartsWith(" probe"u8);
    }

    /// <summary>Opens the text. What is nothing else is a line of the program, so nothing is malformed but a last line without an end.</summary>
    /// <param name="capture">The text.</param>
    /// <param name="mode">Not used.</param>
    public TraceReader Open(Capture capture, ReadMode mode) => TextTraceReader.Open(Name, capture, () => new BpftraceTextParser(new TallyBuilder()));
}
