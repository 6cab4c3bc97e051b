using System.Buffers.Binary;

namespace LabTrace.Tracing;

/// <summary>What every record starts with; <c>grt_hdr</c>.</summary>
/// <param name="Type">What the record is; events 0 to 0xEF, <see cref="GrtLayout.FirstControlType"/> and up the stream's own.</param>
/// <param name="Size">Bytes of the whole record, header included; a multiple of 8 from 32 to <see cref="GrtLayout.MaxRecordBytes"/>.</param>
/// <param name="Cpu">The cpu that recorded it, zero-based.</param>
/// <param name="Timestamp">Nanoseconds of the stream's clock.</param>
/// <param name="Gseq">The event's number in the session, over all cpus. A record of the stream's own takes no number: it carries the next event's.</param>
/// <param name="Cseq">The event's number on its cpu; likewise.</param>
public readonly record struct GrtHeader(ushort Type, ushort Size, uint Cpu, ulong Timestamp, ulong Gseq, ulong Cseq)
{
    /// <summary>Whether the record is one of the stream's own: STREAM_INFO, METADATA, LOST, PAD and what later versions add.</summary>
    public bool IsControl => Type >= GrtLayout.FirstControlType;

    /// <summary>Whether a record can have this size.</summary>
    public static bool IsPossibleSize(int size) => size is >= GrtLayout.HeaderBytes and <= GrtLayout.MaxRecordBytes && size % GrtLayout.Alignment == 0;

    /// <summary>Reads a header.</summary>
    /// <param name="record">At least <see cref="GrtLayout.HeaderBytes"/> bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are fewer.</exception>
    public static GrtHeader Read(ReadOnlySpan<byte> record)
    {
        var header = record[..GrtLayout.HeaderBytes];
        return new GrtHeader(
            BinaryPrimitives.ReadUInt16LittleEndian(header),
            BinaryPrimitives.ReadUInt16LittleEndian(header[2..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[4..]),
            BinaryPrimitives.ReadUInt64LittleEndian(header[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(header[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(header[24..]));
    }

    internal void Write(Span<byte> record)
    {
        var header = record[..GrtLayout.HeaderBytes];
        BinaryPrimitives.WriteUInt16LittleEndian(header, Type);
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], Size);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], Cpu);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], Timestamp);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], Gseq);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], Cseq);
    }
}
