using System.Buffers.Binary;
using System.Text;
using LabTrace.Emulation.Kernel;
using LabTrace.Tracing;

namespace LabTrace.Emulation.Bpf;

/// <summary>A record as the programs lay it out; src/LabTrace.Tracing/Formats/Bpf/Bpf.md.</summary>
internal sealed class BpfRecord
{
    private const int CommBytes = 15;

    public BpfRecord(BpfRecordKind kind, int event_, int length, KernelTask task, Cpu cpu, int flags = 0)
    {
        Bytes = new byte[length];
        Cpu = cpu.Number;
        BinaryPrimitives.WriteUInt16LittleEndian(Bytes, (ushort)(((int)kind * 16) + event_));
        Bytes[2] = (byte)flags;
        Bytes[3] = 1;
        _ = Put32(4, task.Pid).Put64(8, cpu.Clock).Put32(24, cpu.Number).Put32(28, task.Tgid).PutText(32, task.Comm, CommBytes);
    }

    public byte[] Bytes { get; }

    public int Cpu { get; }

    public BpfRecord Put32(int offset, long value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Bytes.AsSpan(offset), unchecked((uint)value));
        return this;
    }

    public BpfRecord Put16(int offset, int value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Bytes.AsSpan(offset), unchecked((ushort)value));
        return this;
    }

    public BpfRecord Put64(int offset, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Bytes.AsSpan(offset), value);
        return this;
    }

    /// <summary>A text cut to so many bytes, with a NUL behind it.</summary>
    public BpfRecord PutText(int offset, string text, int most)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        bytes.AsSpan(0, Math.Min(bytes.Length, most)).CopyTo(Bytes.AsSpan(offset));
        return this;
    }
}
