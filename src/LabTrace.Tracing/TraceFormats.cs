namespace LabTrace.Tracing;

/// <summary>The kinds of captures that can be read.</summary>
public static class TraceFormats
{
    /// <summary>How many bytes recognition looks at.</summary>
    public const int RecognitionBytes = 128;

    /// <summary>All of them; the first that recognises a capture reads it.</summary>
    public static IReadOnlyList<ITraceFormat> All { get; } =
    [
        new TraceDatFormat(),
        new BpfCaptureFormat(),
        new GrtFormat(),
        new FunctionGraphFormat(),
        new MmiotraceFormat(),
        new EventHistogramFormat(),
        new TraceCmdReportFormat(),
        new FtraceTextFormat(),
        new PerfScriptFormat(),
        new BpftraceJsonFormat(),
        new BpftraceTextFormat(),
        new GrtTextFormat(),
    ];

    /// <summary>The kind of a capture, null when none recognises it.</summary>
    public static ITraceFormat? Recognise(ReadOnlySpan<byte> start)
    {
        foreach (var format in All)
        {
            if (format.Recognises(start[..Math.Min(start.Length, RecognitionBytes)]))
            {
                return format;
            }
        }

        return null;
    }

    /// <summary>The kind of a capture.</summary>
    /// <param name="capture">The bytes; only their start is looked at.</param>
    /// <exception cref="TraceFormatException">No kind recognises it.</exception>
    public static ITraceFormat Of(Capture capture)
    {
        ArgumentNullException.ThrowIfNull(capture);
        var format = Recognise(capture.Start.Span);
        if (format is null)
        {
            var start = Convert.ToHexStringLower(capture.Start.Span[..Math.Min(capture.Start.Length, 16)]);
            TraceFormatException.Throw(
                $"capture '{capture.Name}' is none of: {string.Join(", ", All.Select(f => f.Name))}; it starts with {(start.Length == 0 ? "nothing" : start)}",
                "give a trace.dat file, or the text of ftrace, trace-cmd, perf script or bpftrace",
                offset: 0);
        }

        return format;
    }

    /// <summary>Reads a capture of any known kind into memory.</summary>
    /// <param name="capture">The bytes.</param>
    /// <param name="mode">What to do when the container is damaged.</param>
    /// <exception cref="TraceFormatException">No kind recognises it, or it cannot be read.</exception>
    public static Trace Read(Capture capture, ReadMode mode = ReadMode.Strict)
    {
        using var reader = TraceReader.Open(capture, mode);
        return reader.ReadToEnd();
    }
}
