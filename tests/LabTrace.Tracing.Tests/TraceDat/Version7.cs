using System.IO.Compression;
using System.Text;
using LabTrace.Tracing.Tests.Printing;

namespace LabTrace.Tracing.Tests.TraceDat;

/// <summary>Makes trace.dat files of version 7, which the product only reads.</summary>
internal sealed class Version7
{
    private readonly MemoryStream _file = new();
    private readonly BinaryWriter _writer;
    private readonly bool _isZlib;

    public Version7(string compression)
    {
        _isZlib = compression == "zlib";
        _writer = new BinaryWriter(_file);
        _writer.Write([0x17, 0x08, 0x44]);
        _writer.Write(Encoding.ASCII.GetBytes($"tracing7\0\0\x8"));
        _writer.Write(4096);
        _writer.Write(Encoding.ASCII.GetBytes($"{compression}\0some version\0"));
        _writer.Write(0UL);
    }

    public static byte[] Make(RawRecording recording, string compression, Action<Version7, MemoryStream>? moreOptions = null, bool packsOptions = false)
    {
        var file = new Version7(compression);
        var options = file.Explain(recording);
        Option(options, 3, file.Buffer(recording, "", "[mono]"));
        moreOptions?.Invoke(file, options);
        return file.Finish(file.Section(0, w => w.Write(options.ToArray()), packsOptions));
    }

    private MemoryStream Explain(RawRecording recording)
    {
        var header = Section(16, w =>
        {
            w.Write("header_page\0"u8);
            Sized64(w, Encoding.ASCII.GetBytes(recording.Layout.Text));
            w.Write("header_event\0"u8);
            Sized64(w, Encoding.ASCII.GetBytes(recording.HeaderEvent));
        });
        var events = Section(18, w =>
        {
            w.Write(1);
            w.Write("sched\0"u8);
            w.Write(recording.Formats.All.Count);
            foreach (var format in recording.Formats.All)
            {
                Sized64(w, format.Source.Span);
            }
        });
        var comms = Section(21, w => Sized64(w, recording.Comms.ToText()));
        var options = new MemoryStream();
        Option(options, 16, BitConverter.GetBytes(header));
        Option(options, 18, BitConverter.GetBytes(events));
        Option(options, 21, BitConverter.GetBytes(comms));
        Option(options, 4, "local [mono] global"u8.ToArray());
        return options;
    }

    private byte[] Finish(ulong options)
    {
        _file.Position = _file.ToArray().AsSpan().IndexOf("some version\0"u8) + "some version\0".Length;
        _writer.Write(options);
        return _file.ToArray();
    }

    /// <summary>In the order of trace-cmd record: explanations, options, pages, and the options that point at the pages.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="compression">none or zlib.</param>
    /// <param name="endOfPages">Where the pages end and the last options begin.</param>
    public static byte[] MakeAsRecorded(RawRecording recording, string compression, out int endOfPages)
    {
        var file = new Version7(compression);
        var options = file.Explain(recording);
        foreach (var cpu in recording.Cpus)
        {
            Option(options, 2, Encoding.ASCII.GetBytes($"CPU: {cpu.Cpu}\nentries: 1\noverrun: 0\n"));
        }

        Option(options, 0, new byte[8]);
        var first = file.Section(0, w => w.Write(options.ToArray()), isCompressible: false);
        var next = (int)file._file.Length - 8;
        var more = new MemoryStream();
        Option(more, 3, file.Buffer(recording, "", "mono"));
        Option(more, 0, new byte[8]);
        endOfPages = (int)file._file.Length;
        var second = file.Section(0, w => w.Write(more.ToArray()), isCompressible: false);
        var bytes = file.Finish(first);
        BitConverter.TryWriteBytes(bytes.AsSpan(next), second);
        return bytes;
    }

    public static void Option(MemoryStream options, ushort id, byte[] data)
    {
        options.Write(BitConverter.GetBytes(id));
        options.Write(BitConverter.GetBytes(data.Length));
        options.Write(data);
    }

    public ulong Section(ushort id, Action<BinaryWriter> write, bool isCompressible = true)
    {
        var content = new MemoryStream();
        write(new BinaryWriter(content));
        var bytes = content.ToArray();
        var isCompressed = _isZlib && isCompressible;
        if (isCompressed)
        {
            var packed = Zlib(bytes);
            bytes = [.. BitConverter.GetBytes(packed.Length), .. BitConverter.GetBytes(bytes.Length), .. packed];
        }

        return Raw(id, isCompressed, bytes);
    }

    /// <summary>A section whose content is given as it stands in the file.</summary>
    public ulong Raw(ushort id, bool isCompressed, byte[] bytes)
    {
        _file.Position = _file.Length;
        var offset = (ulong)_file.Position;
        _writer.Write(id);
        _writer.Write((ushort)(isCompressed ? 1 : 0));
        _writer.Write(0);
        _writer.Write((ulong)bytes.Length);
        _writer.Write(bytes);
        return offset;
    }

    public static RawRecording Recording(int pagesPerCpu, string clock = "mono", ulong firstTime = 1_000)
    {
        var format = Formats.SchedSwitch;
        var cpus = new List<RawCpu>();
        for (var cpu = 0; cpu < 2; cpu++)
        {
            var writer = new SubBufferWriter(SubBufferLayout.Linux64);
            var pages = new List<byte>();
            var time = firstTime + (ulong)cpu;
            while (pages.Count < pagesPerCpu * 4096)
            {
                var payload = new PayloadBuilder(format).Common(7 + cpu, 1).Set("prev_comm", "task-" + cpu).Set("next_pid", (long)time).ToPayload();
                if (!writer.TryAppend(time, payload))
                {
                    pages.AddRange(writer.ToPage());
                    writer.Reset();
                    continue;
                }

                time += 777;
            }

            cpus.Add(new RawCpu(cpu, pages.ToArray()));
        }

        var comms = new CommTable();
        comms.Set(7, "a b-c");
        comms.Set(8, "<odd>");
        return new RawRecording
        {
            Layout = SubBufferLayout.Linux64,
            Formats = new EventFormats([format, Formats.Print]),
            Cpus = cpus,
            ClockName = clock,
            Comms = comms,
            Stats = [new CpuStats(0, 5, 3, 1, 2, 0), new CpuStats(1, 5, 0, 0, 0, 0)],
        };
    }

    private static void Sized64(BinaryWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private static byte[] Zlib(ReadOnlySpan<byte> bytes)
    {
        var output = new MemoryStream();
        using (var zlib = new ZLibStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(bytes);
        }

        return output.ToArray();
    }

    /// <summary>Writes a ring buffer's pages; gives the option that points at them.</summary>
    public byte[] Buffer(RawRecording recording, string name, string clock)
    {
        var option = new MemoryStream();
        var writer = new BinaryWriter(option);
        _file.Position = _file.Length;
        writer.Write((ulong)_file.Position);
        writer.Write(Encoding.ASCII.GetBytes($"{name}\0{clock}\0"));
        writer.Write(4096);
        writer.Write(recording.Cpus.Count);
        _writer.Write((ushort)3);
        _writer.Write((ushort)(_isZlib ? 1 : 0));
        _writer.Write(0);
        _writer.Write(0UL);
        foreach (var cpu in recording.Cpus)
        {
            _writer.Write(new byte[4096 - (_file.Length % 4096)]);
            writer.Write(cpu.Cpu);
            writer.Write((ulong)_file.Length);
            var start = _file.Length;
            if (_isZlib)
            {
                var half = cpu.Pages.Length / 2 / 4096 * 4096;
                ReadOnlyMemory<byte>[] chunks = half == 0 ? [cpu.Pages] : [cpu.Pages[..half], cpu.Pages[half..]];
                _writer.Write(chunks.Length);
                foreach (var chunk in chunks)
                {
                    var packed = Zlib(chunk.Span);
                    _writer.Write(packed.Length);
                    _writer.Write(chunk.Length);
                    _writer.Write(packed);
                }
            }
            else
            {
                _writer.Write(cpu.Pages.Span);
            }

            writer.Write((ulong)(_file.Length - start - (_isZlib ? 4 : 0)));
        }

        return option.ToArray();
    }
}
