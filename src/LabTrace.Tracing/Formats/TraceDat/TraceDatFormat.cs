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
    public Trace Read(Capture capture, ReadMode mode)
    {
        ArgumentNullException.ThrowIfNull(capture);
        var file = new TraceDatFile { Name = capture.Name, Bytes = capture.Bytes };
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
            return FtraceTextFormat.Read(file.LatencyText, file.Clock);
        }

        var traces = new List<Trace>();
        foreach (var buffer in file.Buffers)
        {
            if (buffer.Clock == file.Buffers[0].Clock)
            {
                traces.Add(ReadBuffer(file, buffer, mode));
            }
            else
            {
                file.Missing.Add($"buffer '{buffer.Name}': its clock {buffer.Clock} cannot be compared with {file.Buffers[0].Clock}");
            }
        }

        var trace = traces.Count == 1 ? traces[0] : Trace.Merge(traces);
        return file.Missing.Count == 0 ? trace : trace.WithMissing(file.Missing);
    }

    private static Trace ReadBuffer(TraceDatFile file, TraceDatBuffer buffer, ReadMode mode)
    {
        if (buffer.PageSize < file.Layout.DataOffset + 16)
        {
            TraceFormatException.Throw(
                $"capture '{file.Name}': page_size is {buffer.PageSize} but header_page puts the first event at {file.Layout.DataOffset}", field: "page_size");
        }

        var tally = new TallyBuilder();
        var cpus = buffer.Cpus.Select(cpu => new RawCpu(cpu.Cpu, TraceDatPages.Read(file, buffer, cpu, mode))).ToArray();
        var recording = new RawRecording
        {
            Layout = file.Layout.WithSize(buffer.PageSize),
            Formats = new EventFormats(file.Formats),
            Cpus = cpus,
            ClockName = file.TscToNs is null ? buffer.Clock : "tsc2nsec",
            Comms = file.Comms,
            Symbols = file.Symbols,
            PrintkFormats = file.PrintkFormats,
            Stats = buffer.Name.Length == 0 ? file.Stats : [],
        };
        return PageDecoder.Decode(recording, tally, Converter(file));
    }

    /// <summary>How stamps become times: TSC ticks to nanoseconds first, then the offset.</summary>
    private static Func<ulong, ulong>? Converter(TraceDatFile file)
    {
        if (file.TscToNs is var (mult, shift))
        {
            return ticks => (ulong)((UInt128)ticks * mult >> shift) + (ulong)file.OffsetNs;
        }

        return file.OffsetNs == 0 ? null : ticks => ticks + (ulong)file.OffsetNs;
    }
}
