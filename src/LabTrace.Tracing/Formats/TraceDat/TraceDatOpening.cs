using System.Globalization;

namespace LabTrace.Tracing;

/// <summary>Makes a reader of what a file's header says.</summary>
internal sealed class TraceDatOpening(TraceDatFile file, ReadMode mode)
{
    private const string ConvertedClock = "tsc2nsec";

    private readonly TallyBuilder _tally = new();

    public TraceReader Open(string formatName)
    {
        var formats = EventFormats.Deferred(file.Formats, Parse);
        CheckTimeShift();
        var layout = formats.First?.Layout ?? RecordLayout.Linux(file.IsBigEndian, file.Layout.LongSize);
        var lanes = Lanes(layout, _tally);
        foreach (var missing in file.Missing)
        {
            _tally.AddMissing(missing);
        }

        foreach (var (name, stats) in file.Stats)
        {
            var index = file.Buffers.FindIndex(b => b.Name == name);
            _tally.AddStats(stats, index);
            WarnOfUnread(index < 0 ? null : file.Buffers[index], name, stats);
        }

        var clock = file.TscToNs is null ? file.Buffers.FirstOrDefault()?.Clock ?? file.Clock : ConvertedClock;
        var explanation = new RawRecording
        {
            Layout = file.PageSize < file.Layout.DataOffset + 16 ? file.Layout : file.Layout.WithSize(file.PageSize),
            Formats = formats,
            Cpus = [],
            ClockName = clock,
            Comms = file.Comms,
            Symbols = file.Symbols,
            PrintkFormats = file.PrintkFormats,
            Stats = [.. file.Stats.Where(s => s.Buffer.Length == 0).Select(s => s.Stats)],
            HeaderEvent = file.HeaderEvent,
        };
        var info = new TraceInfo
        {
            FormatName = formatName,
            Cpus = Cpus(),
            ClockName = clock,
            IsClockInNanoseconds = EventSchema.IsNanosecondClock(clock),
            Buffers = [.. file.Buffers.Select(b => new TraceBuffer(
                b.Name, file.TscToNs is null ? b.Clock : ConvertedClock, b.PageSize, [.. b.Cpus.Select(c => c.Cpu).Order()]))],
            Options = file.Notes,
            Warnings = file.Warnings,
            Explanation = explanation,
            TraceId = file.TraceId,
            Guests = file.Guests,
            TimeShift = file.TimeShift,
        };
        return new PageTraceReader(info, explanation, lanes, tally => Lanes(layout, tally), layout, _tally, file.Warnings);
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

    private List<PageLane> Lanes(RecordLayout layout, TallyBuilder tally)
    {
        var lanes = new List<PageLane>();
        try
        {
            AddLanes(lanes, layout, tally);
            return lanes;
        }
        catch
        {
            lanes.ForEach(l => l.Dispose());
            throw;
        }
    }

    private void AddLanes(List<PageLane> lanes, RecordLayout layout, TallyBuilder tally)
    {
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
                lanes.Add(new PageLane(cpu.Cpu, i, Pages(buffer, cpu, count, tally), file.Layout.WithSize(buffer.PageSize), layout.LeastBytes, Converter(buffer, cpu.Cpu), tally));
            }
        }
    }

    private PageSource Pages(TraceDatBuffer buffer, TraceDatCpu cpu, int lanes, TallyBuilder tally)
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

        return Pages(buffer, cpu, (long)length, count: lanes, mode, tally);
    }

    private PageSource Pages(TraceDatBuffer buffer, TraceDatCpu cpu, long length, int count, ReadMode reading, TallyBuilder tally)
    {
        if (buffer.IsCompressed)
        {
            return new ChunkPages(file, Place(buffer, cpu), (long)cpu.Offset, length, buffer.PageSize, reading, tally);
        }

        return file.Capture.TryGetMemory(out var bytes)
            ? MemoryPages.Of(bytes.Slice((int)cpu.Offset, (int)length))
            : new FilePages(file.Capture, (long)cpu.Offset, length, FilePages.WindowBytes(buffer.PageSize, count));
    }

    /// <summary>A correction whose samples rise but were not taken around the recording is misread, as trace-cmd's own mistake makes it, or another one's.</summary>
    /// <exception cref="TraceFormatException">It is, and the capture is read strictly.</exception>
    private void CheckTimeShift()
    {
        if (file.TimeShift is null)
        {
            return;
        }

        var (first, last) = (ulong.MaxValue, 0UL);
        foreach (var buffer in file.Buffers.Where(b => b.Clock == file.Buffers[0].Clock && b.PageSize >= file.Layout.DataOffset + 16))
        {
            foreach (var cpu in buffer.Cpus)
            {
                if (Stamps(buffer, cpu) is var (from, to))
                {
                    (first, last) = (Math.Min(first, from), Math.Max(last, to));
                }
            }
        }

        if (first <= last && file.TimeShift.FaultBeside(first, last) is { } fault)
        {
            TraceDatParser.RefuseTimeShift(file, file.TimeShiftAt.Offset, file.TimeShiftAt.Size, fault);
        }
        else if (file.TimeShift.IsScaled)
        {
            file.Warnings.Add("the guest's clock runs at another speed than the host's: times are scaled exactly, where trace-cmd scales the wrong way");
        }
    }

    /// <summary>The first and the last stamp of a cpu, as recorded; null where it has none.</summary>
    private (ulong First, ulong Last)? Stamps(TraceDatBuffer buffer, TraceDatCpu cpu)
    {
        var available = cpu.Offset < (ulong)file.Capture.Length ? (ulong)file.Capture.Length - cpu.Offset : 0;
        var length = (ulong)UInt128.Min((UInt128)cpu.Size + (buffer.IsCompressed ? 4UL : 0), available);
        if (cpu.Size == 0 || length == 0)
        {
            return null;
        }

        using var pages = Pages(buffer, cpu, (long)length, count: 1, ReadMode.Salvage, new TallyBuilder());
        var layout = file.Layout.WithSize(buffer.PageSize);
        var stamps = Stamps(pages.Next(), layout);
        try
        {
            pages.SkipToLast();
            stamps = Stamps(pages.Next(), layout) is var (from, to) ? (Math.Min(from, stamps?.First ?? from), Math.Max(to, stamps?.Last ?? to)) : stamps;
        }
        catch (TraceFormatException)
        {
            // Cut short; reading says where. What is in front of it tells when it was recorded.
        }

        return stamps;
    }

    private static (ulong First, ulong Last)? Stamps(ReadOnlySpan<byte> pages, SubBufferLayout layout)
    {
        (ulong First, ulong Last)? stamps = null;
        for (; !pages.IsEmpty; pages = pages[Math.Min(layout.Size, pages.Length)..])
        {
            var page = pages[..Math.Min(layout.Size, pages.Length)];
            var walk = new SubBufferWalk(page, layout);
            while (walk.Read(page, layout))
            {
                stamps = (stamps?.First ?? walk.Time, walk.Time);
            }
        }

        return stamps;
    }

    /// <summary>The cpus of all tables; the lowest that have none are added until there are as many as the recorder counted.</summary>
    private int[] Cpus()
    {
        var cpus = new SortedSet<int>(file.Buffers.SelectMany(b => b.Cpus).Select(c => c.Cpu));
        for (var cpu = 0; cpus.Count < file.CpuCount; cpu++)
        {
            _ = cpus.Add(cpu);
        }

        return [.. cpus];
    }

    /// <summary>trace-cmd writes a file also when it could read nothing; the counters tell.</summary>
    private void WarnOfUnread(TraceDatBuffer? buffer, string name, CpuStats stats)
    {
        var hasPages = buffer is not null && buffer.Cpus.Any(c => c.Cpu == stats.Cpu && c.Size > 0);
        if (!hasPages && stats.Entries + stats.ReadEvents > 0)
        {
            var place = name.Length == 0 ? $"cpu {stats.Cpu}" : $"buffer '{name}' cpu {stats.Cpu}";
            file.Warnings.Add($"{place}: the kernel recorded {stats.Entries + stats.ReadEvents:N0} events and the file has no pages of it");
        }
    }

    /// <summary>How stamps become times: the guest's correction first, then ticks to nanoseconds, then the offset.</summary>
    private Func<ulong, ulong>? Converter(TraceDatBuffer buffer, int cpu)
    {
        // A buffer on another clock than the synchronised one cannot be corrected by it.
        var shift = buffer.Clock == file.Buffers[0].Clock ? file.TimeShift : null;
        var offset = (ulong)file.OffsetNs;
        return (shift, file.TscToNs) switch
        {
            (null, null) => offset == 0 ? null : stamp => stamp + offset,
            (null, var (mult, bits)) => stamp => Nanoseconds(stamp, mult, bits) + offset,
            (_, null) => stamp => shift.ToHost(cpu, stamp) + offset,
            (_, var (mult, bits)) => stamp => Nanoseconds(shift.ToHost(cpu, stamp), mult, bits) + offset,
        };
    }

    /// <summary>The product has 96 bits.</summary>
    private static ulong Nanoseconds(ulong ticks, uint mult, int shift) => (ulong)((UInt128)ticks * mult >> shift);
}
