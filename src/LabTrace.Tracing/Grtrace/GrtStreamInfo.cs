using System.Buffers.Binary;

namespace LabTrace.Tracing;

/// <summary>What a session says of itself: the payload of STREAM_INFO, written once for each start of tracing.</summary>
public sealed record GrtStreamInfo
{
    /// <summary>The format's major version; readers of another cannot read the stream.</summary>
    public ushort Major { get; init; } = GrtLayout.Major;

    /// <summary>The format's minor version; a newer one only appends.</summary>
    public ushort Minor { get; init; } = GrtLayout.Minor;

    /// <summary>Tells sessions apart.</summary>
    public ulong SessionId { get; init; }

    /// <summary>What the stream may hold.</summary>
    public GrtFeatures Features { get; init; } = GrtFeatures.SizeSkip | GrtFeatures.LostRecords | GrtFeatures.Tasks;

    /// <summary>The clock of all times but <see cref="StartRealTime"/>.</summary>
    public GrtClock Clock { get; init; } = GrtClock.Monotonic;

    /// <summary>How many cpus record; 0 when unknown.</summary>
    public uint Cpus { get; init; }

    /// <summary>When tracing started, nanoseconds of <see cref="Clock"/>.</summary>
    public ulong StartTimestamp { get; init; }

    /// <summary>When tracing started, nanoseconds since 1970 (CLOCK_REALTIME).</summary>
    public ulong StartRealTime { get; init; }

    /// <summary>Reads a STREAM_INFO record.</summary>
    /// <param name="record">The whole record, header included.</param>
    /// <param name="info">What it says.</param>
    /// <param name="problem">What is wrong with it, when the answer is false.</param>
    /// <returns>False when it is too short or its magic is another.</returns>
    public static bool TryRead(ReadOnlySpan<byte> record, out GrtStreamInfo info, out string problem)
    {
        info = new GrtStreamInfo();
        problem = "";
        if (record.Length < GrtLayout.StreamInfoBytes)
        {
            problem = $"STREAM_INFO has {record.Length} bytes and needs {GrtLayout.StreamInfoBytes}";
            return false;
        }

        var magic = BinaryPrimitives.ReadUInt32LittleEndian(record[32..]);
        if (magic != GrtLayout.Magic)
        {
            problem = $"STREAM_INFO's magic is 0x{magic:x8}, not 0x{GrtLayout.Magic:x8} (GRT1)";
            return false;
        }

        info = new GrtStreamInfo
        {
            Major = BinaryPrimitives.ReadUInt16LittleEndian(record[36..]),
            Minor = BinaryPrimitives.ReadUInt16LittleEndian(record[38..]),
            SessionId = BinaryPrimitives.ReadUInt64LittleEndian(record[40..]),
            Features = (GrtFeatures)BinaryPrimitives.ReadUInt64LittleEndian(record[48..]),
            Clock = (GrtClock)BinaryPrimitives.ReadInt32LittleEndian(record[56..]),
            Cpus = BinaryPrimitives.ReadUInt32LittleEndian(record[60..]),
            StartTimestamp = BinaryPrimitives.ReadUInt64LittleEndian(record[64..]),
            StartRealTime = BinaryPrimitives.ReadUInt64LittleEndian(record[72..]),
        };
        return true;
    }

    internal void Write(Span<byte> record)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record[32..], GrtLayout.Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(record[36..], Major);
        BinaryPrimitives.WriteUInt16LittleEndian(record[38..], Minor);
        BinaryPrimitives.WriteUInt64LittleEndian(record[40..], SessionId);
        BinaryPrimitives.WriteUInt64LittleEndian(record[48..], (ulong)Features);
        BinaryPrimitives.WriteInt32LittleEndian(record[56..], (int)Clock);
        BinaryPrimitives.WriteUInt32LittleEndian(record[60..], Cpus);
        BinaryPrimitives.WriteUInt64LittleEndian(record[64..], StartTimestamp);
        BinaryPrimitives.WriteUInt64LittleEndian(record[72..], StartRealTime);
    }
}
