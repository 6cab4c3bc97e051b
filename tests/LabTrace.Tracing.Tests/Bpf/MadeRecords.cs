using System.Buffers.Binary;
using System.Text;

namespace LabTrace.Tracing.Tests.Bpf;

/// <summary>Records as programs make them, with what a test wants in them.</summary>
internal static class MadeRecords
{
    public static byte[] Make(BpfRecordKind kind, int event_, int length, ulong time, int cpu = 0, ulong sequence = 0, int pid = 1234, string comm = "chronyd")
    {
        var record = new byte[length];
        BinaryPrimitives.WriteUInt16LittleEndian(record, (ushort)(((int)kind * 16) + event_));
        record[3] = 1;
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(4), pid);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(8), time);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(16), sequence);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(24), cpu);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(28), pid);
        _ = Encoding.UTF8.GetBytes(comm, record.AsSpan(32));
        return record;
    }

    public static byte[] Put32(this byte[] record, int offset, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(offset), value);
        return record;
    }

    public static byte[] Put64(this byte[] record, int offset, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(offset), value);
        return record;
    }

    public static byte[] Text(this byte[] record, int offset, string text)
    {
        _ = Encoding.UTF8.GetBytes(text, record.AsSpan(offset));
        return record;
    }

    public static byte[] Capture(BpfAbout about, IReadOnlyList<BpfCounters> counters, params (BpfRecordKind Kind, byte[] Record)[] records)
    {
        using var stream = new MemoryStream();
        using (var writer = new BpfCaptureWriter(stream, 1_000, 1_700_000_000_000_000_000, leaveOpen: true))
        {
            writer.WriteAbout(about);
            foreach (var (kind, record) in records)
            {
                writer.WriteRecord(kind, record);
            }

            writer.WriteEnd(counters, 0);
        }

        return stream.ToArray();
    }

    public static Trace Read(byte[] capture, ReadMode mode = ReadMode.Strict) => TraceFormats.Read(Tracing.Capture.Of(capture), mode);

    public static string? Field(this TraceEvent e, string name) => e.TryGetField(name, out var value) ? value.ToRawText() : null;
}
