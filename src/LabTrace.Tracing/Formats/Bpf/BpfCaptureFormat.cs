using System.Buffers.Binary;

namespace LabTrace.Tracing;

/// <summary>What LabTrace's BPF programs recorded: a container of records with their length, kind, version, cpu and loss.</summary>
public sealed class BpfCaptureFormat : ITraceFormat
{
    internal const string FormatName = "BPF capture";

    /// <inheritdoc/>
    public string Name => FormatName;

    /// <inheritdoc/>
    public bool Recognises(ReadOnlySpan<byte> start) => start.StartsWith(BpfFrame.Magic);

    /// <inheritdoc/>
    public TraceReader Open(Capture capture, ReadMode mode)
    {
        ArgumentNullException.ThrowIfNull(capture);
        return BpfTraceReader.OpenCapture(capture, mode);
    }

    /// <summary>Reads what the program counted and named, beside its events.</summary>
    /// <param name="capture">The capture.</param>
    /// <param name="mode">What to do when it is damaged.</param>
    /// <exception cref="TraceFormatException">It is no BPF capture, or is damaged and <paramref name="mode"/> is strict.</exception>
    public static (Trace Trace, BpfSummary Summary) ReadWithSummary(Capture capture, ReadMode mode = ReadMode.Strict)
    {
        ArgumentNullException.ThrowIfNull(capture);
        using var reader = BpfTraceReader.OpenCapture(capture, mode);
        var trace = reader.ReadToEnd();
        return (trace, reader.Summary);
    }

    /// <summary>Turns the raw dump of another tool's ring buffer into a capture.</summary>
    /// <param name="dump">
    /// Records one behind the other, or each behind its length and kind (4 bytes each, little endian; kind: 1 syscall, 2 PCIe or DMA fence, 3 NVLink,
    /// 4 function). Without lengths the records of one dump must be of one size.
    /// </param>
    /// <param name="kind">What the records are, when they do not say it.</param>
    /// <param name="into">Where the capture goes.</param>
    /// <returns>How many records there were.</returns>
    /// <exception cref="TraceFormatException">The dump is no sequence of such records.</exception>
    public static long ConvertOriginal(Stream dump, BpfRecordKind? kind, Stream into) => BpfOriginalDump.Convert(dump, kind, into);

    internal static bool TryReadHeader(ReadOnlySpan<byte> header, out long monotonicNs, out long realtimeNs)
    {
        (monotonicNs, realtimeNs) = (0, 0);
        if (header.Length < BpfFrame.FileHeaderBytes || !header.StartsWith(BpfFrame.Magic)
            || BinaryPrimitives.ReadUInt16LittleEndian(header[8..]) != BpfFrame.FileVersion
            || BinaryPrimitives.ReadUInt16LittleEndian(header[10..]) != BpfFrame.FileHeaderBytes)
        {
            return false;
        }

        monotonicNs = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
        realtimeNs = BinaryPrimitives.ReadInt64LittleEndian(header[24..]);
        return true;
    }
}

/// <summary>What a BPF capture tells beside its events.</summary>
/// <param name="About">Where it came from: program, kernel, mechanism of each attachment, filters…</param>
/// <param name="Counters">What each cpu counted; empty when the capture has no end.</param>
/// <param name="Times">Histograms of function_latency; empty for other programs.</param>
/// <param name="Missed">Events for which the kernel did not run a program, because one was running on that cpu.</param>
/// <param name="IsComplete">Whether the capture was ended in order.</param>
public sealed record BpfSummary(
    IReadOnlyList<KeyValuePair<string, string>> About, IReadOnlyList<BpfCounters> Counters, IReadOnlyList<BpfFunctionTimes> Times, long Missed, bool IsComplete)
{
    /// <summary>Records for which there was no room.</summary>
    public long Dropped => Counters.Sum(c => c.Dropped);

    /// <summary>Records that were made, dropped ones among them.</summary>
    public long Records => Counters.Sum(c => c.Records);
}
