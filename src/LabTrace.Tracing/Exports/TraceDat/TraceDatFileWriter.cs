using System.Text;

namespace LabTrace.Tracing;

/// <summary>Puts the parts of a trace.dat of version 7 one behind the other: header, metadata sections, buffers, options.</summary>
internal sealed class TraceDatFileWriter(SubBufferLayout layout, PageCompressor compressor, string clock)
{
    private const int SectionHeaderBytes = 16;
    private const int SectionCompressed = 1;
    private const int OptionsSection = 0;
    private const int BufferSection = 3;
    private const int OptionCpuStat = 2;
    private const int OptionTraceClock = 4;
    private const int OptionCpuCount = 8;

    public void Write(Stream output, TraceDatContent content)
    {
        var sections = Metadata(content);
        var head = Head(optionsOffset: 0);
        var options = new SectionBuilder(layout);
        var offset = (long)head.Length;
        foreach (var (id, bytes) in sections)
        {
            options.Option(id, new SectionBuilder(layout).U64(offset).Written);
            offset += bytes.Length;
        }

        var buffers = new List<(long Pad, BufferPages Pages, SectionBuilder Header)>();
        foreach (var buffer in content.Buffers)
        {
            buffers.Add(Place(buffer, ref offset, options));
        }

        AddFacts(options, content);
        options.Option(0, new SectionBuilder(layout).U64(0).Written);
        output.Write(Head(offset).Written);
        foreach (var (_, bytes) in sections)
        {
            output.Write(bytes);
        }

        foreach (var (pad, pages, header) in buffers)
        {
            output.Write(header.Written);
            Zeros(output, pad);
            foreach (var cpu in pages.Cpus.Values)
            {
                cpu.CopyTo(output);
                Zeros(output, Aligned(cpu.LengthInFile) - cpu.LengthInFile);
            }
        }

        output.Write(Section(OptionsSection, options.Written));
    }

    private SectionBuilder Head(long optionsOffset) => new SectionBuilder(layout)
        .Bytes([0x17, 0x08, 0x44])
        .Bytes("tracing"u8)
        .Name("7")
        .Bytes([layout.IsBigEndian ? (byte)1 : (byte)0, (byte)layout.LongSize])
        .U32(layout.Size)
        .Name(compressor.Name)
        .Name(compressor.IsOn ? "1" : "")
        .U64(optionsOffset);

    private List<(int Id, byte[] Bytes)> Metadata(TraceDatContent content)
    {
        var header = new SectionBuilder(layout)
            .Name("header_page").Sized64(Encoding.UTF8.GetBytes(layout.Text))
            .Name("header_event").Sized64(Encoding.UTF8.GetBytes(content.HeaderEvent));
        var ftrace = content.Formats.Where(f => f.Name.System == "ftrace").ToArray();
        var special = new SectionBuilder(layout).U32(ftrace.Length);
        foreach (var format in ftrace)
        {
            special.Sized64(format.Source.Span);
        }

        var systems = content.Formats.Where(f => f.Name.System != "ftrace")
            .GroupBy(f => f.Name.System, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).ToArray();
        var formats = new SectionBuilder(layout).U32(systems.Length);
        foreach (var system in systems)
        {
            formats.Name(system.Key).U32(system.Count());
            foreach (var format in system)
            {
                formats.Sized64(format.Source.Span);
            }
        }

        List<(int, byte[])> sections =
        [
            (16, Section(16, header.Written)),
            (17, Section(17, special.Written)),
            (18, Section(18, formats.Written)),
        ];
        if (content.Symbols is { } symbols)
        {
            sections.Add((19, Section(19, new SectionBuilder(layout).Sized32(symbols.Source).Written)));
        }

        if (content.PrintkFormats is { } texts)
        {
            sections.Add((20, Section(20, new SectionBuilder(layout).Sized32(Encoding.UTF8.GetBytes(texts.Source)).Written)));
        }

        sections.Add((21, Section(21, new SectionBuilder(layout).Sized64(content.Comms.ToText()).Written)));
        return sections;
    }

    /// <summary>A section with its header, compressed if the file is.</summary>
    private byte[] Section(int id, ReadOnlySpan<byte> bytes)
    {
        var section = new SectionBuilder(layout);
        if (compressor.IsOn)
        {
            var packed = compressor.Compress(bytes);
            section.U16(id).U16(SectionCompressed).U32(0).U64(packed.Length + 8).U32(packed.Length).U32(bytes.Length).Bytes(packed);
        }
        else
        {
            section.U16(id).U16(0).U32(0).U64(bytes.Length).Bytes(bytes);
        }

        return section.Written.ToArray();
    }

    /// <summary>Finds the places of a buffer's pages and adds the option that tells them.</summary>
    private (long Pad, BufferPages Pages, SectionBuilder Header) Place(BufferPages buffer, ref long offset, SectionBuilder options)
    {
        var section = offset;
        var first = Aligned(section + SectionHeaderBytes);
        offset = first;
        var option = new SectionBuilder(layout).U64(section).Name(buffer.Name).Name(clock).U32(layout.Size).U32(buffer.Cpus.Count);
        foreach (var (cpu, pages) in buffer.Cpus)
        {
            option.U32(cpu).U64(offset).U64(pages.Length);
            offset = Aligned(offset + pages.LengthInFile);
        }

        options.Option(BufferSection, option.Written);
        var header = new SectionBuilder(layout).U16(BufferSection).U16(compressor.IsOn ? SectionCompressed : 0).U32(0).U64(offset - section - SectionHeaderBytes);
        return (first - section - SectionHeaderBytes, buffer, header);
    }

    private void AddFacts(SectionBuilder options, TraceDatContent content)
    {
        options.Option(OptionTraceClock, Encoding.UTF8.GetBytes($"[{clock}]\n\0"));
        var cpus = content.Buffers.SelectMany(b => b.Cpus.Keys).Concat(content.Lost.Select(l => l.Cpu)).DefaultIfEmpty(0).Max() + 1;
        options.Option(OptionCpuCount, new SectionBuilder(layout).U32(Math.Max(cpus, 1)).Written);
        // A cpu whose losses have no number has only the marks on its pages: a counter would say that it is exact.
        foreach (var cpu in content.Buffers[0].Cpus.Keys.Union(content.Lost.Select(l => l.Cpu)).Where(c => c >= 0).Order())
        {
            var lost = content.Lost.FirstOrDefault(l => l.Cpu == cpu);
            if (lost.IsExact || lost == default)
            {
                var events = content.Buffers[0].Cpus.TryGetValue(cpu, out var pages) ? pages.Events : 0;
                options.Option(OptionCpuStat, Encoding.UTF8.GetBytes($"CPU: {cpu}\n{new CpuStats(cpu, events, lost.Count, 0, 0, 0).ToText()}\0"));
            }
        }
    }

    private long Aligned(long offset) => (offset + layout.Size - 1) / layout.Size * layout.Size;

    private static void Zeros(Stream output, long count)
    {
        Span<byte> zeros = stackalloc byte[4096];
        zeros.Clear();
        for (; count > 0; count -= Math.Min(count, zeros.Length))
        {
            output.Write(zeros[..(int)Math.Min(count, zeros.Length)]);
        }
    }
}
