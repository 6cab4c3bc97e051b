using System.Buffers.Binary;

namespace LabTrace.Tracing;

/// <summary>What a session says of its records and its GPU: the payload of METADATA, the authority for types, engines and rings.</summary>
public sealed record GrtMetadata
{
    private const int TypeBytes = 24;
    private const int EngineBytes = 24;
    private const int RingBytes = 40;
    private const int TableNameBytes = 20;
    private const int RingNameBytes = 32;
    private const int DriverOffset = 40;
    private const int DriverBytes = 32;
    private const int GpuOffset = 72;
    private const int GpuBytes = 64;

    /// <summary>The types of version 1, without engines and rings: what a stream without METADATA is read by.</summary>
    public static GrtMetadata Default { get; } = new()
    {
        Types = [.. GrtEventNames.All.Select((name, type) => new GrtType((ushort)type, GrtLayout.JobBytes, name))],
        Engines =
        [
            new(GrtEngines.Graphics, "GRAPHICS"), new(GrtEngines.Compute, "COMPUTE"), new(GrtEngines.Copy, "COPY"),
            new(GrtEngines.VideoDecode, "VIDEO_DEC"), new(GrtEngines.VideoEncode, "VIDEO_ENC"), new(GrtEngines.Other, "OTHER"),
        ],
    };

    /// <summary>The GPU driver, for example <c>i915</c>; at most 32 bytes.</summary>
    public string Driver { get; init; } = "";

    /// <summary>The GPU's model; at most 64 bytes.</summary>
    public string Gpu { get; init; } = "";

    /// <summary>Which number is which event; names of at most 20 bytes.</summary>
    public IReadOnlyList<GrtType> Types { get; init; } = [];

    /// <summary>The engines' names, at most 20 bytes.</summary>
    public IReadOnlyList<GrtEngine> Engines { get; init; } = [];

    /// <summary>The rings' names, at most 32 bytes.</summary>
    public IReadOnlyList<GrtRing> Rings { get; init; } = [];

    /// <summary>Bytes of a record's header.</summary>
    public ushort HeaderBytes { get; init; } = GrtLayout.HeaderBytes;

    /// <summary>Bytes of a record about a job; newer versions append.</summary>
    public ushort JobBytes { get; init; } = GrtLayout.JobBytes;

    /// <summary>Bytes of the record, header and filling included.</summary>
    /// <exception cref="InvalidOperationException">The tables do not fit one record.</exception>
    public int RecordBytes
    {
        get
        {
            var bytes = GrtLayout.MetadataBytes + (Types.Count * TypeBytes) + (Engines.Count * EngineBytes) + (Rings.Count * RingBytes);
            bytes = (bytes + GrtLayout.Alignment - 1) / GrtLayout.Alignment * GrtLayout.Alignment;
            return bytes <= GrtLayout.MaxRecordBytes
                ? bytes
                : throw new InvalidOperationException($"METADATA of {Types.Count} types, {Engines.Count} engines and {Rings.Count} rings needs {bytes} bytes, more than a record's {GrtLayout.MaxRecordBytes}");
        }
    }

    /// <summary>The name of a ring, null when METADATA has none.</summary>
    /// <param name="ringId">Its number.</param>
    public string? RingName(uint ringId) => Rings.FirstOrDefault(r => r.RingId == ringId) is { Name.Length: > 0 } ring ? ring.Name : null;

    /// <summary>Reads a METADATA record.</summary>
    /// <param name="record">The whole record, header included.</param>
    /// <param name="metadata">What it says.</param>
    /// <param name="problem">What is wrong with it, when the answer is false.</param>
    /// <returns>False when its tables do not fit it or its header is of another size than this format's.</returns>
    public static bool TryRead(ReadOnlySpan<byte> record, out GrtMetadata metadata, out string problem)
    {
        metadata = Default;
        problem = "";
        if (record.Length < GrtLayout.MetadataBytes)
        {
            problem = $"METADATA has {record.Length} bytes and needs {GrtLayout.MetadataBytes}";
            return false;
        }

        var types = BinaryPrimitives.ReadUInt16LittleEndian(record[32..]);
        var engines = BinaryPrimitives.ReadUInt16LittleEndian(record[34..]);
        var rings = BinaryPrimitives.ReadUInt16LittleEndian(record[36..]);
        var needed = GrtLayout.MetadataBytes + (types * TypeBytes) + (engines * EngineBytes) + (rings * RingBytes);
        if (needed > record.Length)
        {
            problem = $"METADATA of {types} types, {engines} engines and {rings} rings needs {needed} bytes and has {record.Length}";
            return false;
        }

        var headerBytes = BinaryPrimitives.ReadUInt16LittleEndian(record[136..]);
        if (headerBytes != GrtLayout.HeaderBytes)
        {
            problem = $"METADATA says that headers have {headerBytes} bytes; in version {GrtLayout.Major} they have {GrtLayout.HeaderBytes}";
            return false;
        }

        var typeTable = new GrtType[types];
        var table = record[GrtLayout.MetadataBytes..];
        for (var i = 0; i < types; i++, table = table[TypeBytes..])
        {
            typeTable[i] = new GrtType(
                BinaryPrimitives.ReadUInt16LittleEndian(table), BinaryPrimitives.ReadUInt16LittleEndian(table[2..]), GrtText.Read(table.Slice(4, TableNameBytes)));
        }

        var engineTable = new GrtEngine[engines];
        for (var i = 0; i < engines; i++, table = table[EngineBytes..])
        {
            engineTable[i] = new GrtEngine((GrtEngines)BinaryPrimitives.ReadUInt16LittleEndian(table), GrtText.Read(table.Slice(4, TableNameBytes)));
        }

        var ringTable = new GrtRing[rings];
        for (var i = 0; i < rings; i++, table = table[RingBytes..])
        {
            ringTable[i] = new GrtRing(
                BinaryPrimitives.ReadUInt32LittleEndian(table), (GrtEngines)BinaryPrimitives.ReadUInt16LittleEndian(table[4..]), GrtText.Read(table.Slice(8, RingNameBytes)));
        }

        metadata = new GrtMetadata
        {
            Driver = GrtText.Read(record.Slice(DriverOffset, DriverBytes)),
            Gpu = GrtText.Read(record.Slice(GpuOffset, GpuBytes)),
            HeaderBytes = headerBytes,
            JobBytes = BinaryPrimitives.ReadUInt16LittleEndian(record[138..]),
            Types = typeTable,
            Engines = engineTable,
            Rings = ringTable,
        };
        return true;
    }

    internal void Write(Span<byte> record)
    {
        record[GrtLayout.HeaderBytes..].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(record[32..], (ushort)Types.Count);
        BinaryPrimitives.WriteUInt16LittleEndian(record[34..], (ushort)Engines.Count);
        BinaryPrimitives.WriteUInt16LittleEndian(record[36..], (ushort)Rings.Count);
        GrtText.Write(record.Slice(DriverOffset, DriverBytes), Driver);
        GrtText.Write(record.Slice(GpuOffset, GpuBytes), Gpu);
        BinaryPrimitives.WriteUInt16LittleEndian(record[136..], HeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(record[138..], JobBytes);
        var table = record[GrtLayout.MetadataBytes..];
        foreach (var type in Types)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(table, type.Type);
            BinaryPrimitives.WriteUInt16LittleEndian(table[2..], type.Size);
            GrtText.Write(table.Slice(4, TableNameBytes), type.Name);
            table = table[TypeBytes..];
        }

        foreach (var engine in Engines)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(table, (ushort)engine.Class);
            GrtText.Write(table.Slice(4, TableNameBytes), engine.Name);
            table = table[EngineBytes..];
        }

        foreach (var ring in Rings)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(table, ring.RingId);
            BinaryPrimitives.WriteUInt16LittleEndian(table[4..], (ushort)ring.Class);
            GrtText.Write(table.Slice(8, RingNameBytes), ring.Name);
            table = table[RingBytes..];
        }
    }
}

/// <summary>An event's number in a stream.</summary>
/// <param name="Type">The number in the records' headers.</param>
/// <param name="Size">Bytes of such a record; newer versions append, so a record may be longer.</param>
/// <param name="Name">The event's name, for example <c>SUBMIT</c>.</param>
public readonly record struct GrtType(ushort Type, ushort Size, string Name);

/// <summary>An engine of the GPU.</summary>
/// <param name="Class">Its bit in <c>engine_class</c>.</param>
/// <param name="Name">What the driver calls it.</param>
public readonly record struct GrtEngine(GrtEngines Class, string Name);

/// <summary>A ring of the GPU.</summary>
/// <param name="RingId">Its number.</param>
/// <param name="Class">The engine it feeds.</param>
/// <param name="Name">What the driver calls it.</param>
public readonly record struct GrtRing(uint RingId, GrtEngines Class, string Name);
