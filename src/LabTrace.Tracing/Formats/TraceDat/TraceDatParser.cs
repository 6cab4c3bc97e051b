using System.Text;

namespace LabTrace.Tracing;

/// <summary>Reads the header, the metadata and where the pages are.</summary>
internal static partial class TraceDatParser
{
    /// <summary>More cpus than any machine has; bounds what a table is believed to be.</summary>
    private const int MaxCpus = 1 << 14;

    /// <summary>The names of all clocks take a hundred bytes.</summary>
    private const ulong MaxClockText = 1 << 12;

    public static ReadOnlySpan<byte> Magic => "\u0017\u0008\u0044tracing"u8;

    /// <exception cref="TraceFormatException">The file is no trace.dat, or is cut or damaged before its pages.</exception>
    public static void Parse(TraceDatFile file)
    {
        var cursor = new CaptureCursor(file.Capture, file.Name, isBigEndian: false);
        cursor.Expect(Magic, "the mark of trace.dat");
        var version = cursor.Name("version");
        if (version is not ("6" or "7"))
        {
            TraceFormatException.Throw(
                $"capture '{file.Name}' has version '{version}', expected 6 or 7", "convert it with `trace-cmd convert`", cursor.Offset, "version");
        }

        file.Version = version[0] - '0';
        file.IsBigEndian = cursor.U8("byte order") == 1;
        _ = cursor.U8("size of long");
        cursor = new CaptureCursor(file.Capture, file.Name, file.IsBigEndian, cursor.Offset);
        file.PageSize = PageSize(file, cursor.U32("page_size"), cursor.Offset - 4);
        if (file.Version == 7)
        {
            file.Compression = cursor.Name("compression");
            TraceDatDecompressor.Require(file);
            _ = cursor.Name("compression version");
            ParseSections(file, cursor.U64("offset of the options"));
            return;
        }

        HeaderInfo(file, cursor);
        FtraceFormats(file, cursor);
        EventFormats(file, cursor);
        Kallsyms(file, cursor);
        Printk(file, cursor);
        Cmdlines(file, cursor);
        ParseVersion6Tail(file, cursor);
    }

    private static int PageSize(TraceDatFile file, uint size, long offset)
    {
        if (size is < 64 or > SubBufferLayout.MaxSize)
        {
            TraceFormatException.Throw(
                $"capture '{file.Name}': page_size is {size} at offset {offset}, expected 64 to {SubBufferLayout.MaxSize}", offset: offset, field: "page_size");
        }

        return (int)size;
    }

    private static void HeaderInfo(TraceDatFile file, CaptureCursor cursor)
    {
        cursor.Expect("header_page\0"u8, "header_page");
        var page = Encoding.UTF8.GetString(cursor.Take(cursor.U64("header_page size"), "header_page"));
        file.Layout = SubBufferLayout.Parse(page, file.IsBigEndian);
        cursor.Expect("header_event\0"u8, "header_event");
        file.HeaderEvent = Encoding.UTF8.GetString(cursor.Take(cursor.U64("header_event size"), "header_event"));
    }

    private static void FtraceFormats(TraceDatFile file, CaptureCursor cursor)
    {
        var count = cursor.U32("number of ftrace formats");
        for (var i = 0u; i < count; i++)
        {
            file.Formats.Add(new FormatSource("ftrace", cursor.TakeMemory(cursor.U64("ftrace format size"), "ftrace format")));
        }
    }

    private static void EventFormats(TraceDatFile file, CaptureCursor cursor)
    {
        var systems = cursor.U32("number of event systems");
        for (var s = 0u; s < systems; s++)
        {
            var system = cursor.Name("event system");
            var count = cursor.U32("number of events");
            for (var i = 0u; i < count; i++)
            {
                file.Formats.Add(new FormatSource(system, cursor.TakeMemory(cursor.U64("event format size"), "event format")));
            }
        }
    }

    /// <summary>5 MB that few traces need: they are stepped over, and fetched when a symbol is asked for.</summary>
    private static void Kallsyms(TraceDatFile file, CaptureCursor cursor)
    {
        var size = cursor.U32("kallsyms size");
        var offset = cursor.Offset;
        cursor.Skip(size, "kallsyms");
        file.Symbols = SymbolTable.Deferred(() =>
            new CaptureCursor(file.Capture, file.Name, file.IsBigEndian, offset).TakeMemory(size, "kallsyms").ToArray());
    }

    private static void Printk(TraceDatFile file, CaptureCursor cursor) => file.PrintkFormats = PrintkFormats.Parse(
        Encoding.UTF8.GetString(cursor.Take(cursor.U32("printk_formats size"), "printk_formats")));

    private static void Cmdlines(TraceDatFile file, CaptureCursor cursor) =>
        file.Comms = CommTable.Parse(cursor.Take(cursor.U64("saved_cmdlines size"), "saved_cmdlines"));

    private static void ParseVersion6Tail(TraceDatFile file, CaptureCursor cursor)
    {
        var cpus = Cpus(file, cursor.U32("number of cpus"), cursor.Offset - 4);
        var hasClock = false;
        var cpuCount = cpus;
        var instances = new List<(string Name, ulong Offset)>();
        while (true)
        {
            var at = cursor.Offset;
            var tag = cursor.Take(10, "section tag");
            if (tag.SequenceEqual("options  \0"u8))
            {
                Version6Options(file, cursor, ref hasClock, ref cpuCount, instances);
            }
            else if (tag.SequenceEqual("latency  \0"u8))
            {
                file.LatencyText = cursor.TakeMemory((ulong)cursor.Left, "latency text");
                return;
            }
            else if (tag.SequenceEqual("flyrecord\0"u8))
            {
                break;
            }
            else
            {
                TraceFormatException.Throw(
                    $"capture '{file.Name}': expected options, latency or flyrecord at offset {at}, found {Convert.ToHexStringLower(tag)}",
                    offset: at,
                    field: "section tag");
            }
        }

        var table = CpuTable(cursor, cpus);
        for (; cpuCount > cpus; cpuCount = cpus)
        {
            _ = cursor.U64("spare offset");
            _ = cursor.U64("spare size");
        }

        if (hasClock)
        {
            Version6Clock(file, cursor);
        }

        file.Buffers.Add(new TraceDatBuffer("", file.Clock, file.PageSize, IsCompressed: false, table));
        foreach (var (name, offset) in instances)
        {
            Version6Instance(file, name, offset, cpus);
        }
    }

    /// <summary>Some trace-cmd 2 wrote the option and not the text; what stands here is then the first page.</summary>
    private static void Version6Clock(TraceDatFile file, CaptureCursor cursor)
    {
        var size = cursor.Left >= 8 ? cursor.U64("trace_clock size") : 0;
        var text = size is > 0 and <= MaxClockText && size <= (ulong)cursor.Left ? Encoding.UTF8.GetString(cursor.Take(size, "trace_clock")) : "";
        if (ClockOf(text) is { } clock)
        {
            file.Clock = clock;
        }
        else
        {
            file.Warnings.Add("the file does not say which trace clock was used: local is assumed");
        }
    }

    private static int Cpus(TraceDatFile file, uint cpus, long offset)
    {
        if (cpus > MaxCpus)
        {
            TraceFormatException.Throw(
                $"capture '{file.Name}': {cpus} cpus at offset {offset}, expected at most {MaxCpus}", offset: offset, field: "number of cpus");
        }

        return (int)cpus;
    }

    private static TraceDatCpu[] CpuTable(CaptureCursor cursor, int cpus)
    {
        var table = new TraceDatCpu[cpus];
        for (var i = 0; i < cpus; i++)
        {
            table[i] = new TraceDatCpu(i, cursor.U64("cpu data offset"), cursor.U64("cpu data size"));
        }

        return table;
    }

    private static void Version6Instance(TraceDatFile file, string name, ulong offset, int cpus)
    {
        if (offset >= (ulong)file.Capture.Length)
        {
            file.Missing.Add($"buffer '{name}' at offset {offset:N0}");
            return;
        }

        var cursor = new CaptureCursor(file.Capture, file.Name, file.IsBigEndian, (long)offset);
        var (hasClock, cpuCount) = (false, cpus);
        file.StatsBuffer = name;
        var tag = cursor.Take(10, "instance tag");
        if (tag.SequenceEqual("options  \0"u8))
        {
            Version6Options(file, cursor, ref hasClock, ref cpuCount, []);
            tag = cursor.Take(10, "instance tag");
        }

        if (tag.SequenceEqual("flyrecord\0"u8))
        {
            file.Buffers.Add(new TraceDatBuffer(name, file.Clock, file.PageSize, IsCompressed: false, CpuTable(cursor, cpus)));
        }
        else
        {
            file.Missing.Add($"buffer '{name}': no data table at offset {offset:N0}");
        }
    }

    private static void Version6Options(
        TraceDatFile file, CaptureCursor cursor, ref bool hasClock, ref int cpuCount, List<(string Name, ulong Offset)> instances)
    {
        for (var id = cursor.U16("option"); id != 0; id = cursor.U16("option"))
        {
            var at = cursor.Offset;
            var data = cursor.TakeMemory(cursor.U32("option size"), "option");
            var option = Part(file, data, at + 4);
            switch (id)
            {
                case OptionBuffer:
                    var offset = option.U64("instance offset");
                    instances.Add((option.Name("instance name"), offset));
                    break;
                case OptionTraceClock:
                    hasClock = true;
                    break;
                case OptionCpuCount:
                    file.CpuCount = cpuCount = (int)Math.Min(option.U32("CPUCOUNT"), MaxCpus);
                    break;
                default:
                    CommonOption(file, id, data.Span, option);
                    break;
            }
        }
    }
}
