using System.Globalization;

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
        var file = new TraceDatFile { Capture = capture };
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

/// <summary>Makes a reader of what a file's header says.</summary>
internal sealed class TraceDatOpening(TraceDatFile file, ReadMode mode)
{
    private readonly TallyBuilder _tally = new();

    public TraceReader Open(string formatName)
    {
        var formats = EventFormats.Deferred(file.Formats, Parse);
        var layout = formats.First?.Layout ?? RecordLayout.Linux(file.IsBigEndian, file.Layout.LongSize);
        var lanes = new List<PageLane>();
        try
        {
            AddLanes(lanes, layout);
        }
        catch
        {
            lanes.ForEach(l => l.Dispose());
            throw;
        }

        foreach (var missing in file.Missing)
        {
            _tally.AddMissing(missing);
        }

        var clock = file.TscToNs is null ? file.Buffers.FirstOrDefault()?.Clock ?? file.Clock : "tsc2nsec";
        var explanation = new RawRecording
        {
            Layout = file.PageSize < file.Layout.DataOffset + 16 ? file.Layout : file.Layout.WithSize(file.PageSize),
            Formats = formats,
            Cpus = [],
            ClockName = clock,
            Comms = file.Comms,
            Symbols = file.Symbols,
            PrintkFormats = file.PrintkFormats,
            Stats = file.Stats,
            HeaderEvent = file.HeaderEvent,
        };
        var info = new TraceInfo
        {
            FormatName = formatName,
            Cpus = [.. file.Buffers.SelectMany(b => b.Cpus).Select(c => c.Cpu).Distinct().Order()],
            ClockName = clock,
            IsClockInNanoseconds = EventSchema.IsNanosecondClock(clock),
            Buffers = [.. file.Buffers.Select(b => new TraceBuffer(
                b.Name, file.TscToNs is null ? b.Clock : "tsc2nsec", b.PageSize, [.. b.Cpus.Select(c => c.Cpu).Order()]))],
            Options = file.Notes,
            Warnings = file.Warnings,
            Explanation = explanation,
        };
        return new PageTraceReader(info, explanation, lanes, layout, _tally);
    }

    private static string Place(TraceDatBuffer buffer, TraceDatCpu cpu) =>
        buffer.Name.Length == 0 ? $"cpu {cpu.Cpu}" : $"buffer '{buffer.Name}' cpu {cpu.Cpu}";

    private EventFormat? Parse(FormatSource source)
    {
        try
        {
            return EventFormat.Parse(source.System, source.Text.Span, file.IsBigEndian, file.Layout.LongSize);
        }
        catch (TraceFormatException error)
        {
            // Records of this event will be counted as malformed; the others can be read.
            _tally.AddMissing(error.Message.Split('\n')[0]);
            return null;
        }
    }

    private void AddLanes(List<PageLane> lanes, RecordLayout layout)
    {
        var toTime = Converter();
        var count = file.Buffers.Sum(b => b.Cpus.Count);
        for (var i = 0; i < file.Buffers.Count; i++)
        {
            var buffer = file.Buffers[i];
            if (buffer.PageSize < file.Layout.DataOffset + 16)
            {
                TraceFormatException.Throw(
                    $"capture '{file.Name}': page_size is {buffer.PageSize} but header_page puts the first event at {file.Layout.DataOffset}", field: "page_size");
            }

            foreach (var cpu in buffer.Cpus.OrderBy(c => c.Cpu))
            {
                lanes.Add(new PageLane(cpu.Cpu, i, Pages(buffer, cpu, count), file.Layout.WithSize(buffer.PageSize), layout.LeastBytes, toTime, _tally));
            }
        }
    }

    private PageSource Pages(TraceDatBuffer buffer, TraceDatCpu cpu, int lanes)
    {
        if (cpu.Size == 0)
        {
            return new MemoryPages(default);
        }

        // The size of compressed data does not count the four bytes that tell the number of chunks.
        var length = (UInt128)cpu.Size + (buffer.IsCompressed ? 4UL : 0);
        var total = (ulong)file.Capture.Length;
        var available = cpu.Offset < total ? total - cpu.Offset : 0;
        if (length > available)
        {
            if (mode == ReadMode.Strict)
            {
                TraceFormatException.Throw(
                    $"capture '{file.Name}': {Place(buffer, cpu)} has {length} bytes at offset {cpu.Offset} but the capture has {total}",
                    TraceDatFile.CutHint,
                    (long)total,
                    "cpu data");
            }

            file.Missing.Add(string.Create(CultureInfo.InvariantCulture, $"{Place(buffer, cpu)}: {length - available:N0} of {length:N0} bytes"));
            length = available;
        }

        if (length == 0)
        {
            return new MemoryPages(default);
        }

        if (buffer.IsCompressed)
        {
            return new ChunkPages(file, Place(buffer, cpu), (long)cpu.Offset, (long)length, buffer.PageSize, mode, _tally);
        }

        return file.Capture.TryGetMemory(out var bytes)
            ? MemoryPages.Of(bytes.Slice((int)cpu.Offset, (int)length))
            : new FilePages(file.Capture, (long)cpu.Offset, (long)length, FilePages.WindowBytes(buffer.PageSize, lanes));
    }

    /// <summary>How stamps become times: TSC ticks to nanoseconds first, then the offset.</summary>
    private Func<ulong, ulong>? Converter()
    {
        if (file.TscToNs is var (mult, shift))
        {
            return ticks => (ulong)((UInt128)ticks * mult >> shift) + (ulong)file.OffsetNs;
        }

        return file.OffsetNs == 0 ? null : ticks => ticks + (ulong)file.OffsetNs;
    }
}
