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

    public static byte[] Make(RawRecording recording, string compression, Action<Version7, MemoryStream>? moreOptions = null)
    {
        var file = new Version7(compression);
        var header = file.Section(16, w =>
        {
            w.Write("header_page\0"u8);
            Sized64(w, Encoding.ASCII.GetBytes(recording.Layout.Text));
            w.Write("header_event\0"u8);
            Sized64(w, Encoding.ASCII.GetBytes(recording.HeaderEvent));
        });
        var events = file.Section(18, w =>
        {
            w.Write(1);
            w.Write("sched\0"u8);
            w.Write(recording.Formats.All.Count);
            foreach (var format in recording.Formats.All)
            {
                Sized64(w, format.Source.Span);
            }
        });
        var comms = file.Section(21, w => Sized64(w, recording.Comms.ToText()));
        var data = file.Data(recording);
        var options = new MemoryStream();
        Option(options, 16, BitConverter.GetBytes(header));
        Option(options, 18, BitConverter.GetBytes(events));
        Option(options, 21, BitConverter.GetBytes(comms));
        Option(options, 4, "local [mono] global"u8.ToArray());
        Option(options, 3, data);
        moreOptions?.Invoke(file, options);
        var last = file.Section(0, w => w.Write(options.ToArray()), isCompressible: false);
        file._file.Position = file._file.ToArray().AsSpan().IndexOf("some version\0"u8) + "some version\0".Length;
        file._writer.Write(last);
        return file._file.ToArray();
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

        _file.Position = _file.Length;
        var offset = (ulong)_file.Position;
        _writer.Write(id);
        _writer.Write((ushort)(isCompressed ? 1 : 0));
        _writer.Write(0);
        _writer.Write((ulong)bytes.Length);
        _writer.Write(bytes);
        return offset;
    }

    public static RawRecording Recording(int pagesPerCpu, string clock = "mono")
    {
        var format = Formats.SchedSwitch;
        var cpus = new List<RawCpu>();
        for (var cpu = 0; cpu < 2; cpu++)
        {
            var writer = new SubBufferWriter(SubBufferLayout.Linux64);
            var pages = new List<byte>();
            var time = 1_000UL + (ulong)cpu;
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

    private byte[] Data(RawRecording recording)
    {
        var option = new MemoryStream();
        var writer = new BinaryWriter(option);
        _file.Position = _file.Length;
        writer.Write((ulong)_file.Position);
        writer.Write("\0[mono]\0"u8);
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
