using System.Buffers.Binary;

namespace LabTrace.Tracing;

/// <summary>Reads the raw dumps of NeuTracer's ring buffers and of ptp_ocp_trace.py's perf buffer.</summary>
internal static class BpfOriginalDump
{
    private const int MaxPrefixed = 4;

    public static long Convert(Stream dump, BpfRecordKind? kind, Stream into)
    {
        ArgumentNullException.ThrowIfNull(dump);
        ArgumentNullException.ThrowIfNull(into);
        using var writer = new BpfCaptureWriter(into, 0, 0, leaveOpen: true);
        writer.WriteAbout(new BpfAbout { Program = kind?.ToString() ?? "other tool", Origin = "raw dump" });
        Span<byte> record = stackalloc byte[BpfFrame.MaxRecord];
        Span<byte> prefix = stackalloc byte[8];
        long offset = 0;
        long count = 0;
        while (true)
        {
            var (length, of) = (kind is { } known ? SizeOf(known) : 0, kind);
            if (kind is null)
            {
                var got = dump.ReadAtLeast(prefix, 8, throwOnEndOfStream: false);
                if (got == 0)
                {
                    break;
                }

                length = got == 8 ? BinaryPrimitives.ReadInt32LittleEndian(prefix) : -1;
                of = got == 8 ? Prefixed(BinaryPrimitives.ReadInt32LittleEndian(prefix[4..]), length) : null;
                if (of is null)
                {
                    TraceFormatException.Throw(
                        $"raw dump: expected the length and kind of a record at offset {offset}, found {System.Convert.ToHexStringLower(prefix[..got])}",
                        "say which records it holds, when it has no lengths: --kind syscall, pcie, dma_fence, nvlink or function",
                        offset);
                }

                offset += 8;
            }

            var read = dump.ReadAtLeast(record[..length], length, throwOnEndOfStream: false);
            if (read == 0 && kind is not null)
            {
                break;
            }

            if (read < length)
            {
                TraceFormatException.Throw($"raw dump: a record needs {length} bytes and {read} are left at offset {offset}", "the dump was cut short, or holds other records", offset);
            }

            if (BpfLayouts.Of(of!.Value, record[..length]) is null)
            {
                TraceFormatException.Throw(
                    $"raw dump: the record at offset {offset} is of no type that {of} has: it starts with {System.Convert.ToHexStringLower(record[..8])}",
                    "the dump holds other records, or has a length before each",
                    offset);
            }

            writer.WriteForeign(of.Value, record[..length]);
            offset += length;
            count++;
        }

        writer.WriteEnd([], 0);
        return count;
    }

    private static int SizeOf(BpfRecordKind kind) => kind switch
    {
        BpfRecordKind.OriginalSyscall => 104,
        BpfRecordKind.OriginalPcie => 64,
        BpfRecordKind.OriginalDmaFence => 128,
        BpfRecordKind.OriginalNvlink or BpfRecordKind.OriginalFunction => 72,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "only other tools' records come without a container"),
    };

    /// <summary>PCIe and DMA fence records shared one ring buffer; there the length tells them apart.</summary>
    private static BpfRecordKind? Prefixed(int kind, int length) => kind is < 1 or > MaxPrefixed ? null : (kind, length) switch
    {
        (1, 104) => BpfRecordKind.OriginalSyscall,
        (2, 64) => BpfRecordKind.OriginalPcie,
        (2, 128) => BpfRecordKind.OriginalDmaFence,
        (3, 72) => BpfRecordKind.OriginalNvlink,
        (4, 72) => BpfRecordKind.OriginalFunction,
        _ => null,
    };
}
