using System.Buffers.Binary;

namespace LabTrace.Tracing;

/// <summary>Writes records of GRT stream version 1 where a buffer has room for them.</summary>
/// <remarks>Every method fills in the header's size; those of the stream's own records fill in its type as well.</remarks>
public static class GrtRecords
{
    /// <summary>Writes an event.</summary>
    /// <param name="into">At least <see cref="GrtLayout.JobBytes"/> bytes.</param>
    /// <param name="header">Type, cpu, time and numbers.</param>
    /// <param name="job">What it says.</param>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The room does not suffice.</exception>
    public static int WriteJob(Span<byte> into, in GrtHeader header, in GrtJob job)
    {
        var record = into[..GrtLayout.JobBytes];
        (header with { Size = GrtLayout.JobBytes }).Write(record);
        job.Write(record);
        return record.Length;
    }

    /// <summary>Writes an event with a payload of the caller's, for types that METADATA tells the size of.</summary>
    /// <param name="into">Room for the header and the payload, rounded up to a multiple of 8.</param>
    /// <param name="header">Type, cpu, time and numbers.</param>
    /// <param name="payload">What follows the header; filled with zeros to a multiple of 8.</param>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The room does not suffice, or the payload is larger than a record can be.</exception>
    public static int WriteRaw(Span<byte> into, in GrtHeader header, ReadOnlySpan<byte> payload)
    {
        var size = GrtLayout.HeaderBytes + ((payload.Length + GrtLayout.Alignment - 1) / GrtLayout.Alignment * GrtLayout.Alignment);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, GrtLayout.MaxRecordBytes, nameof(payload));
        var record = into[..size];
        (header with { Size = (ushort)size }).Write(record);
        payload.CopyTo(record[GrtLayout.HeaderBytes..]);
        record[(GrtLayout.HeaderBytes + payload.Length)..].Clear();
        return size;
    }

    /// <summary>Writes STREAM_INFO.</summary>
    /// <param name="into">At least <see cref="GrtLayout.StreamInfoBytes"/> bytes.</param>
    /// <param name="header">Cpu, time and the next event's numbers.</param>
    /// <param name="info">What it says.</param>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The room does not suffice.</exception>
    public static int WriteStreamInfo(Span<byte> into, in GrtHeader header, GrtStreamInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        var record = into[..GrtLayout.StreamInfoBytes];
        (header with { Type = GrtLayout.StreamInfoType, Size = GrtLayout.StreamInfoBytes }).Write(record);
        info.Write(record);
        return record.Length;
    }

    /// <summary>Writes METADATA.</summary>
    /// <param name="into">At least <see cref="GrtMetadata.RecordBytes"/> bytes.</param>
    /// <param name="header">Cpu, time and the next event's numbers.</param>
    /// <param name="metadata">What it says.</param>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The room does not suffice.</exception>
    /// <exception cref="InvalidOperationException">The tables do not fit one record.</exception>
    public static int WriteMetadata(Span<byte> into, in GrtHeader header, GrtMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        var record = into[..metadata.RecordBytes];
        (header with { Type = GrtLayout.MetadataType, Size = (ushort)record.Length }).Write(record);
        metadata.Write(record);
        return record.Length;
    }

    /// <summary>Writes LOST: events of a cpu that found no room.</summary>
    /// <param name="into">At least <see cref="GrtLayout.LostBytes"/> bytes.</param>
    /// <param name="header">Cpu, time and the next event's numbers.</param>
    /// <param name="lost">How many events were lost.</param>
    /// <param name="firstGseq">The number of the first of them.</param>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The room does not suffice.</exception>
    public static int WriteLost(Span<byte> into, in GrtHeader header, ulong lost, ulong firstGseq)
    {
        var record = into[..GrtLayout.LostBytes];
        (header with { Type = GrtLayout.LostType, Size = GrtLayout.LostBytes }).Write(record);
        BinaryPrimitives.WriteUInt64LittleEndian(record[32..], lost);
        BinaryPrimitives.WriteUInt64LittleEndian(record[40..], firstGseq);
        return record.Length;
    }

    /// <summary>Writes PAD: bytes that readers skip, at the end of a mapped sub-buffer.</summary>
    /// <param name="into">All that is to be skipped: a possible record size.</param>
    /// <param name="header">Cpu, time and the next event's numbers.</param>
    /// <returns>How many bytes were written: all.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A record cannot have that size.</exception>
    public static int WritePad(Span<byte> into, in GrtHeader header)
    {
        if (!GrtHeader.IsPossibleSize(into.Length))
        {
            throw new ArgumentOutOfRangeException(nameof(into), into.Length, "a record cannot have that size");
        }

        into.Clear();
        (header with { Type = GrtLayout.PadType, Size = (ushort)into.Length }).Write(into);
        return into.Length;
    }
}
