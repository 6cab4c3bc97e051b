using System.Buffers.Binary;

namespace LabTrace.Tracing;

/// <summary>What a record says of a job; the fields of <c>grt_job</c> behind the header.</summary>
public readonly record struct GrtJob
{
    /// <summary>Makes one of zeros.</summary>
    public GrtJob()
    {
    }

    /// <summary>The engine's name; what is longer than 16 bytes in UTF-8 is cut when written.</summary>
    public string Engine { get; init; } = "";

    /// <summary>The engine's class, one bit.</summary>
    public GrtEngines EngineClass { get; init; }

    /// <summary>What is special about the record.</summary>
    public GrtJobFlags Flags { get; init; }

    /// <summary>The ring.</summary>
    public uint RingId { get; init; }

    /// <summary>The GPU context; of a context switch the one that is left.</summary>
    public ulong CtxId { get; init; }

    /// <summary>The job's number in its context and ring; meaningless with <see cref="GrtJobFlags.SeqnoAbsent"/>.</summary>
    public ulong Seqno { get; init; }

    /// <summary>COMPLETE: 0 or a negative errno. ERROR: the code.</summary>
    public int Status { get; init; }

    /// <summary>IRQ: the vector. ERROR: 1 for a reset, 2 for a timeout.</summary>
    public uint Aux { get; init; }

    /// <summary>CTX_SWITCH: the context that is entered. SYNC_WAIT: the fence's context. CUSTOM: its data.</summary>
    public ulong Arg0 { get; init; }

    /// <summary>The thread on whose behalf; 0 when unknown.</summary>
    public uint Pid { get; init; }

    /// <summary>Its user.</summary>
    public uint Uid { get; init; }

    /// <summary>Reads the fields of a record; those that a shorter record lacks are zero.</summary>
    /// <param name="record">The whole record, header included.</param>
    public static GrtJob Read(ReadOnlySpan<byte> record)
    {
        if (record.Length < GrtLayout.JobBytes)
        {
            Span<byte> whole = stackalloc byte[GrtLayout.JobBytes];
            whole.Clear();
            record.CopyTo(whole);
            return Read(whole);
        }

        return new GrtJob
        {
            Engine = GrtText.Read(record.Slice(32, GrtLayout.EngineNameBytes)),
            EngineClass = (GrtEngines)BinaryPrimitives.ReadUInt16LittleEndian(record[48..]),
            Flags = (GrtJobFlags)BinaryPrimitives.ReadUInt16LittleEndian(record[50..]),
            RingId = BinaryPrimitives.ReadUInt32LittleEndian(record[52..]),
            CtxId = BinaryPrimitives.ReadUInt64LittleEndian(record[56..]),
            Seqno = BinaryPrimitives.ReadUInt64LittleEndian(record[64..]),
            Status = BinaryPrimitives.ReadInt32LittleEndian(record[72..]),
            Aux = BinaryPrimitives.ReadUInt32LittleEndian(record[76..]),
            Arg0 = BinaryPrimitives.ReadUInt64LittleEndian(record[80..]),
            Pid = BinaryPrimitives.ReadUInt32LittleEndian(record[88..]),
            Uid = BinaryPrimitives.ReadUInt32LittleEndian(record[92..]),
        };
    }

    internal void Write(Span<byte> record)
    {
        GrtText.Write(record.Slice(32, GrtLayout.EngineNameBytes), Engine);
        BinaryPrimitives.WriteUInt16LittleEndian(record[48..], (ushort)EngineClass);
        BinaryPrimitives.WriteUInt16LittleEndian(record[50..], (ushort)Flags);
        BinaryPrimitives.WriteUInt32LittleEndian(record[52..], RingId);
        BinaryPrimitives.WriteUInt64LittleEndian(record[56..], CtxId);
        BinaryPrimitives.WriteUInt64LittleEndian(record[64..], Seqno);
        BinaryPrimitives.WriteInt32LittleEndian(record[72..], Status);
        BinaryPrimitives.WriteUInt32LittleEndian(record[76..], Aux);
        BinaryPrimitives.WriteUInt64LittleEndian(record[80..], Arg0);
        BinaryPrimitives.WriteUInt32LittleEndian(record[88..], Pid);
        BinaryPrimitives.WriteUInt32LittleEndian(record[92..], Uid);
    }
}
