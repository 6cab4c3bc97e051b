using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>Writes a recording as a trace.dat file of version 6, which every trace-cmd and KernelShark opens.</summary>
/// <remarks>Format: Formats/TraceDat/TraceDat.md.</remarks>
public static class TraceDatWriter
{
    private const int OptionEnd = 0;
    private const int OptionCpuStat = 2;
    private const int OptionTraceClock = 4;

    /// <summary>Writes the whole file.</summary>
    /// <param name="output">Where to; it is left open. It need not be seekable.</param>
    /// <param name="recording">The pages and what is needed to understand them; they are written as they are.</param>
    public static void Write(Stream output, RawRecording recording)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(recording);
        var head = new Writer(recording.Layout);
        Head(head, recording);
        var cpus = CpuTable(recording);
        var clock = Encoding.UTF8.GetBytes($"[{recording.ClockName}]\n");
        var start = Align(head.Length + (cpus.Length * 16) + 8 + clock.Length, recording.Layout.Size);
        var offset = (long)start;
        foreach (var pages in cpus)
        {
            head.U64((ulong)offset);
            head.U64((ulong)pages.Length);
            offset = Align(offset + pages.Length, recording.Layout.Size);
        }

        head.U64((ulong)clock.Length);
        head.Bytes(clock);
        head.Bytes(new byte[start - head.Length]);
        head.CopyTo(output);
        foreach (var pages in cpus)
        {
            output.Write(pages.Span);
            output.Write(new byte[Align(pages.Length, recording.Layout.Size) - pages.Length]);
        }
    }

    private static void Head(Writer head, RawRecording recording)
    {
        head.Bytes([0x17, 0x08, 0x44]);
        head.Bytes("tracing6\0"u8);
        head.Bytes([recording.Layout.IsBigEndian ? (byte)1 : (byte)0, (byte)recording.Layout.LongSize]);
        head.U32((uint)recording.Layout.Size);
        head.Bytes("header_page\0"u8);
        head.Sized64(Encoding.UTF8.GetBytes(recording.Layout.Text));
        head.Bytes("header_event\0"u8);
        head.Sized64(Encoding.UTF8.GetBytes(recording.HeaderEvent));
        Formats(head, recording.Formats);
        head.Sized32(recording.Symbols?.Source ?? []);
        head.Sized32(Encoding.UTF8.GetBytes(recording.PrintkFormats?.Source ?? ""));
        head.Sized64(recording.Comms.ToText());
        head.U32((uint)CpuTable(recording).Length);
        head.Bytes("options  \0"u8);
        foreach (var stats in recording.Stats)
        {
            head.Option(OptionCpuStat, Encoding.UTF8.GetBytes($"CPU: {stats.Cpu}\n{stats.ToText()}\0"));
        }

        head.Option(OptionTraceClock, []);
        head.U16(OptionEnd);
        head.Bytes("flyrecord\0"u8);
    }

    private static void Formats(Writer head, EventFormats formats)
    {
        var systems = formats.All.GroupBy(f => f.Name.System, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).ToArray();
        var ftrace = systems.FirstOrDefault(s => s.Key == "ftrace")?.OrderBy(f => f.Id).ToArray() ?? [];
        head.U32((uint)ftrace.Length);
        foreach (var format in ftrace)
        {
            head.Sized64(format.Source.Span);
        }

        var others = systems.Where(s => s.Key != "ftrace").ToArray();
        head.U32((uint)others.Length);
        foreach (var system in others)
        {
            head.Bytes(Encoding.UTF8.GetBytes(system.Key + "\0"));
            head.U32((uint)system.Count());
            foreach (var format in system.OrderBy(f => f.Id))
            {
                head.Sized64(format.Source.Span);
            }
        }
    }

    /// <summary>Version 6 numbers cpus from zero without gaps; those that recorded nothing have no pages.</summary>
    private static ReadOnlyMemory<byte>[] CpuTable(RawRecording recording)
    {
        var table = new ReadOnlyMemory<byte>[recording.Cpus.Count == 0 ? 1 : recording.Cpus.Max(c => c.Cpu) + 1];
        foreach (var cpu in recording.Cpus)
        {
            table[cpu.Cpu] = cpu.Pages;
        }

        return table;
    }

    private static int Align(int value, int size) => (value + size - 1) / size * size;

    private static long Align(long value, int size) => (value + size - 1) / size * size;

    private sealed class Writer(SubBufferLayout layout)
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();

        public int Length => _bytes.WrittenCount;

        public void Bytes(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

        public void U16(ushort value)
        {
            Span<byte> bytes = stackalloc byte[2];
            if (layout.IsBigEndian)
            {
                BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
            }
            else
            {
                BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
            }

            Bytes(bytes);
        }

        public void U32(uint value)
        {
            Span<byte> bytes = stackalloc byte[4];
            layout.PutU32(bytes, value);
            Bytes(bytes);
        }

        public void U64(ulong value)
        {
            Span<byte> bytes = stackalloc byte[8];
            layout.PutU64(bytes, value);
            Bytes(bytes);
        }

        public void Sized32(ReadOnlySpan<byte> bytes)
        {
            U32((uint)bytes.Length);
            Bytes(bytes);
        }

        public void Sized64(ReadOnlySpan<byte> bytes)
        {
            U64((ulong)bytes.Length);
            Bytes(bytes);
        }

        public void Option(ushort id, ReadOnlySpan<byte> data)
        {
            U16(id);
            Sized32(data);
        }

        public void CopyTo(Stream output) => output.Write(_bytes.WrittenSpan);
    }
}
