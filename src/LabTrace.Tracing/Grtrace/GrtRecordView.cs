using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace LabTrace.Tracing;

/// <summary>A record where it lies in a buffer: fields are read when asked for. Valid until the reader's next read.</summary>
public readonly ref struct GrtRecordView
{
    private readonly ReadOnlySpan<byte> _record;

    internal GrtRecordView(ReadOnlySpan<byte> record) => _record = record;

    /// <summary>The record's bytes, header included.</summary>
    public ReadOnlySpan<byte> Bytes => _record;

    /// <summary>The header.</summary>
    public GrtHeader Header => GrtHeader.Read(_record);

    /// <summary>All fields of a job, with the engine's name as a string.</summary>
    public GrtJob Job => GrtJob.Read(_record);

    /// <summary>The type number in the header.</summary>
    public ushort Type => BinaryPrimitives.ReadUInt16LittleEndian(_record);

    /// <summary>The cpu that recorded it, zero-based.</summary>
    public uint Cpu => BinaryPrimitives.ReadUInt32LittleEndian(_record[4..]);

    /// <summary>Nanoseconds of the stream's clock.</summary>
    public ulong Timestamp => BinaryPrimitives.ReadUInt64LittleEndian(_record[8..]);

    /// <summary>The event's number in its session.</summary>
    public ulong Gseq => BinaryPrimitives.ReadUInt64LittleEndian(_record[16..]);

    /// <summary>The event's number on its cpu.</summary>
    public ulong Cseq => BinaryPrimitives.ReadUInt64LittleEndian(_record[24..]);

    /// <summary>The engine's name in UTF-8, without the NULs behind it.</summary>
    public ReadOnlySpan<byte> Engine
    {
        get
        {
            var name = _record.Length >= 48 ? _record.Slice(32, GrtLayout.EngineNameBytes) : [];
            var end = name.IndexOf((byte)0);
            return end < 0 ? name : name[..end];
        }
    }

    /// <summary>The engine's class; zero in a record too short for it, as all that follow.</summary>
    public GrtEngines EngineClass => (GrtEngines)Read16(48);

    /// <summary>What is special about the record.</summary>
    public GrtJobFlags Flags => (GrtJobFlags)Read16(50);

    /// <summary>The ring.</summary>
    public uint RingId => Read32(52);

    /// <summary>The GPU context.</summary>
    public ulong CtxId => Read64(56);

    /// <summary>The job's number in its context and ring.</summary>
    public ulong Seqno => Read64(64);

    /// <summary>COMPLETE: 0 or a negative errno. ERROR: the code.</summary>
    public int Status => (int)Read32(72);

    /// <summary>IRQ: the vector. ERROR: 1 for a reset, 2 for a timeout.</summary>
    public uint Aux => Read32(76);

    /// <summary>CTX_SWITCH: the context that is entered. SYNC_WAIT: the fence's context. CUSTOM: its data.</summary>
    public ulong Arg0 => Read64(80);

    /// <summary>The thread on whose behalf; 0 when unknown.</summary>
    public uint Pid => Read32(88);

    /// <summary>Its user.</summary>
    public uint Uid => Read32(92);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ushort Read16(int offset) => _record.Length >= offset + 2 ? BinaryPrimitives.ReadUInt16LittleEndian(_record[offset..]) : (ushort)0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Read32(int offset) => _record.Length >= offset + 4 ? BinaryPrimitives.ReadUInt32LittleEndian(_record[offset..]) : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Read64(int offset) => _record.Length >= offset + 8 ? BinaryPrimitives.ReadUInt64LittleEndian(_record[offset..]) : 0;
}
