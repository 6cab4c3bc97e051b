namespace LabTrace.Tracing;

/// <content>Version 7: sections, and the chain of options that points at them.</content>
internal static partial class TraceDatParser
{
    private const int OptionDone = 0;
    private const int OptionStrings = 15;
    private const int OptionHeaderInfo = 16;
    private const int OptionFtraceEvents = 17;
    private const int OptionEventFormats = 18;
    private const int OptionKallsyms = 19;
    private const int OptionPrintk = 20;
    private const int OptionCmdlines = 21;
    private const int OptionBufferText = 22;

    private const int SectionCompressed = 1;

    /// <summary>kallsyms, the largest section, has some 10 MiB; a section that says more than this is not believed.</summary>
    private const int MaxSectionBytes = 128 << 20;

    private static void ParseSections(TraceDatFile file, ulong offset)
    {
        var buffers = new List<BufferOption>();
        var sections = new Dictionary<int, ulong>();
        var seen = new HashSet<ulong>();
        ulong end = 0;
        TraceFormatException? cut = null;
        try
        {
            while (offset != 0)
            {
                if (!seen.Add(offset))
                {
                    file.Warnings.Add($"the chain of options bites its tail at offset {offset:N0}: it was followed once");
                    break;
                }

                offset = Options(file, offset, sections, buffers, out var behind);
                end = behind;
            }
        }
        catch (TraceFormatException error) when (file.Mode == ReadMode.Salvage)
        {
            cut = error;
        }

        Metadata(file, sections);
        foreach (var buffer in buffers)
        {
            Buffer(file, buffer);
        }

        if (cut is not null)
        {
            var isFound = TraceDatRecovery.TryAdd(file, end);
            file.Missing.Add($"everything behind offset {cut.Offset:N0}, inside {cut.Field ?? "the options"}" +
                             (isFound ? "; pages without a table were found, their cpus are taken from the recorder's statistics" : ""));
        }
    }

    /// <summary>One section of options.</summary>
    /// <returns>The offset of the next, 0 at the end of the chain.</returns>
    private static ulong Options(TraceDatFile file, ulong offset, Dictionary<int, ulong> sections, List<BufferOption> buffers, out ulong end)
    {
        var cursor = Section(file, offset, OptionDone, "options", out end);
        while (cursor.Left > 0)
        {
            var id = cursor.U16("option");
            var at = cursor.Offset;
            var data = cursor.TakeMemory(cursor.U32("option size"), "option");
            if (id == OptionDone)
            {
                return data.Length >= 8 ? Part(file, data, at + 4).U64("next options") : 0;
            }

            SectionOption(file, id, data.Span, Part(file, data, at + 4), sections, buffers);
        }

        return 0;
    }

    private static void SectionOption(
        TraceDatFile file, int id, ReadOnlySpan<byte> option, CaptureCursor cursor, Dictionary<int, ulong> sections, List<BufferOption> buffers)
    {
        switch (id)
        {
            case >= OptionHeaderInfo and <= OptionCmdlines:
                sections[id] = cursor.U64("section offset");
                break;
            case OptionStrings:
                break;
            case OptionTraceClock:
                file.Clock = ClockOf(FieldValue.TextOf(option)) ?? file.Clock;
                break;
            case OptionBuffer:
                buffers.Add(BufferOption.Read(file, cursor));
                break;
            case OptionBufferText:
                var text = cursor.U64("section offset");
                var content = Section(file, text, OptionBufferText, "latency text");
                file.LatencyText = content.TakeMemory((ulong)content.Left, "latency text");
                break;
            default:
                CommonOption(file, id, option, cursor);
                break;
        }
    }

    private static void Metadata(TraceDatFile file, Dictionary<int, ulong> sections)
    {
        foreach (var (id, offset) in sections.OrderBy(s => s.Key))
        {
            try
            {
                Metadata(file, id, offset);
            }
            catch (TraceFormatException error) when (file.Mode == ReadMode.Salvage)
            {
                file.Missing.Add($"{NameOfSection(id)} at offset {offset:N0}: {error.Message.Split('\n')[0]}");
            }
        }
    }

    private static void Metadata(TraceDatFile file, int id, ulong offset)
    {
        if (id == OptionKallsyms)
        {
            // 5 MB that few traces need: decompressed when a symbol is asked for.
            file.Symbols = SymbolTable.Deferred(() => Symbols(file, offset));
            return;
        }

        var cursor = Section(file, offset, id, NameOfSection(id));
        switch (id)
        {
            case OptionHeaderInfo:
                HeaderInfo(file, cursor);
                break;
            case OptionFtraceEvents:
                FtraceFormats(file, cursor);
                break;
            case OptionEventFormats:
                EventFormats(file, cursor);
                break;
            case OptionPrintk:
                Printk(file, cursor);
                break;
            case OptionCmdlines:
                Cmdlines(file, cursor);
                break;
        }
    }

    private static byte[] Symbols(TraceDatFile file, ulong offset)
    {
        try
        {
            var symbols = Section(file, offset, OptionKallsyms, "kallsyms");
            return symbols.TakeMemory(symbols.U32("kallsyms size"), "kallsyms").ToArray();
        }
        catch (TraceFormatException error) when (file.Mode == ReadMode.Salvage)
        {
            file.Warnings.Add($"kernel symbols cannot be read, addresses stay numbers: {error.Message.Split('\n')[0]}");
            return [];
        }
    }

    private static string NameOfSection(int id) => id switch
    {
        OptionHeaderInfo => "header_page",
        OptionFtraceEvents => "ftrace formats",
        OptionEventFormats => "event formats",
        OptionKallsyms => "kallsyms",
        OptionPrintk => "printk_formats",
        _ => "saved_cmdlines",
    };

    private static void Buffer(TraceDatFile file, BufferOption buffer)
    {
        // The section's header alone says whether the pages are compressed; a cut file may lack it and have the pages.
        var isCompressed = false;
        if (buffer.Section < (ulong)file.Capture.Length)
        {
            var cursor = new CaptureCursor(file.Capture, file.Name, file.IsBigEndian, (long)buffer.Section);
            _ = cursor.U16("section id");
            isCompressed = (cursor.U16("section flags") & SectionCompressed) != 0;
        }

        var clock = buffer.Clock.Length > 0 ? ClockOf(buffer.Clock) ?? buffer.Clock : file.Clock;
        file.Buffers.Add(new TraceDatBuffer(buffer.Name, clock, buffer.PageSize, isCompressed, buffer.Cpus));
    }

    /// <summary>A section's content, decompressed. The id is checked so that a wrong offset does not pass as a section.</summary>
    private static CaptureCursor Section(TraceDatFile file, ulong offset, int id, string what) => Section(file, offset, id, what, out _);

    private static CaptureCursor Section(TraceDatFile file, ulong offset, int id, string what, out ulong end)
    {
        var length = file.Capture.Length;
        if (offset >= (ulong)length)
        {
            TraceFormatException.Throw(
                $"capture '{file.Name}': {what} should be at offset {offset} but the capture has {length} bytes", TraceDatFile.CutHint, length, what);
        }

        var cursor = new CaptureCursor(file.Capture, file.Name, file.IsBigEndian, (long)offset);
        var found = cursor.U16("section id");
        if (found != id)
        {
            TraceFormatException.Throw(
                $"capture '{file.Name}': expected {what} (section {id}) at offset {offset}, found section {found}", offset: (long)offset, field: "section id");
        }

        var flags = cursor.U16("section flags");
        _ = cursor.U32("section description");
        var size = cursor.U64("section size");
        var start = cursor.Offset;
        end = (ulong)start + size;
        if ((flags & SectionCompressed) == 0)
        {
            return Part(file, cursor.TakeMemory(size, what), start);
        }

        var compressed = cursor.U32("compressed size");
        var uncompressed = cursor.U32("uncompressed size");
        if (uncompressed > MaxSectionBytes)
        {
            TraceFormatException.Throw(
                $"capture '{file.Name}': {what} says it holds {uncompressed} bytes at offset {cursor.Offset - 4}, expected at most {MaxSectionBytes}",
                offset: cursor.Offset - 4,
                field: "uncompressed size");
        }

        start = cursor.Offset;
        using var decompressor = new TraceDatDecompressor(file);
        var content = new byte[uncompressed];
        decompressor.Inflate(cursor.Take(compressed, what), content, start);
        return Part(file, content, start);
    }

    private sealed record BufferOption(string Name, string Clock, int PageSize, ulong Section, IReadOnlyList<TraceDatCpu> Cpus)
    {
        public static BufferOption Read(TraceDatFile file, CaptureCursor cursor)
        {
            var section = cursor.U64("buffer offset");
            var name = cursor.Name("buffer name");
            var clock = cursor.Name("buffer clock");
            var pageSize = TraceDatParser.PageSize(file, cursor.U32("page_size"), cursor.Offset - 4);
            var count = TraceDatParser.Cpus(file, cursor.U32("number of cpus"), cursor.Offset - 4);
            var cpus = new List<TraceDatCpu>();
            for (var i = 0; i < count; i++)
            {
                var id = cursor.U32("cpu id");
                var cpu = new TraceDatCpu((int)Math.Min(id, MaxCpus), cursor.U64("cpu data offset"), cursor.U64("cpu data size"));
                if (id >= MaxCpus || cpus.Exists(c => c.Cpu == cpu.Cpu))
                {
                    TraceFormatException.Throw(
                        $"capture '{file.Name}': cpu {id} is listed twice or impossible at offset {cursor.Offset - 20}",
                        offset: cursor.Offset - 20,
                        field: "cpu id");
                }

                cpus.Add(cpu);
            }

            return new BufferOption(name, clock, pageSize, section, cpus);
        }
    }
}
