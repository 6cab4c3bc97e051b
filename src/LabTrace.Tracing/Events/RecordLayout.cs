using System.Buffers.Binary;

namespace LabTrace.Tracing;

/// <summary>Where the common fields are; vendor kernels add to them, so it comes from each format.</summary>
internal sealed record RecordLayout(
    int TypeOffset, int TypeSize, int FlagsOffset, int PreemptOffset, int PidOffset, bool IsBigEndian, int LongSize)
{
    /// <summary>The common fields of every mainline kernel since 2.6.32.</summary>
    public static RecordLayout Linux(bool isBigEndian, int longSize) => new(0, 2, 2, 3, 4, isBigEndian, longSize);

    /// <summary>A record with fewer bytes cannot tell its type and thread.</summary>
    public int LeastBytes => Math.Max(TypeOffset + TypeSize, PidOffset + 4);

    public static RecordLayout From(IReadOnlyList<EventField> common, bool isBigEndian, int longSize)
    {
        var usual = Linux(isBigEndian, longSize);
        var type = common.FirstOrDefault(f => f.Name == "common_type");
        return usual with
        {
            TypeOffset = type?.Offset ?? usual.TypeOffset,
            TypeSize = type is { Size: 1 or 2 or 4 } ? type.Size : usual.TypeSize,
            FlagsOffset = common.FirstOrDefault(f => f.Name == "common_flags")?.Offset ?? -1,
            PreemptOffset = common.FirstOrDefault(f => f.Name == "common_preempt_count")?.Offset ?? -1,
            PidOffset = common.FirstOrDefault(f => f.Name == "common_pid")?.Offset ?? usual.PidOffset,
        };
    }

    public bool TryType(ReadOnlySpan<byte> payload, out int type)
    {
        if (TypeSize == 2 && !IsBigEndian && TypeOffset + 2 <= payload.Length)
        {
            type = BinaryPrimitives.ReadUInt16LittleEndian(payload[TypeOffset..]);
            return true;
        }

        var fits = TypeOffset + TypeSize <= payload.Length;
        type = fits ? (int)FieldValue.ReadBits(payload.Slice(TypeOffset, TypeSize), IsBigEndian) : -1;
        return fits;
    }

    public bool TryPid(ReadOnlySpan<byte> payload, out int pid)
    {
        var fits = PidOffset + 4 <= payload.Length;
        pid = !fits ? -1
            : IsBigEndian ? BinaryPrimitives.ReadInt32BigEndian(payload[PidOffset..])
            : BinaryPrimitives.ReadInt32LittleEndian(payload[PidOffset..]);
        return fits;
    }

    public EventFlags Flags(ReadOnlySpan<byte> payload) =>
        FlagsOffset < 0 || FlagsOffset >= payload.Length
            ? default
            : new EventFlags(payload[FlagsOffset], PreemptOffset >= 0 && PreemptOffset < payload.Length ? payload[PreemptOffset] : (byte)0, true);
}
