namespace LabTrace.Tracing;

/// <summary>Sizes and numbers of GRT stream version 1: little-endian records, each a multiple of 8 bytes, that start with a header of 32.</summary>
/// <remarks>Format: Grtrace/Grtrace.md.</remarks>
public static class GrtLayout
{
    /// <summary>The first field of STREAM_INFO's payload: <c>GRT1</c>.</summary>
    public const uint Magic = 0x31545247;

    /// <summary>The version that this reads and writes; a stream of another major version cannot be read.</summary>
    public const ushort Major = 1;

    /// <summary>The minor version that this writes; newer ones only append fields and kinds of records.</summary>
    public const ushort Minor = 0;

    /// <summary>Bytes of the header that every record starts with, and of the smallest record.</summary>
    public const int HeaderBytes = 32;

    /// <summary>Bytes of a record about a job.</summary>
    public const int JobBytes = 96;

    /// <summary>Bytes of STREAM_INFO.</summary>
    public const int StreamInfoBytes = 80;

    /// <summary>Bytes of METADATA before its tables.</summary>
    public const int MetadataBytes = 144;

    /// <summary>Bytes of LOST.</summary>
    public const int LostBytes = 48;

    /// <summary>Bytes of the largest record: the size field has 16 bits and counts whole groups of 8.</summary>
    public const int MaxRecordBytes = 65528;

    /// <summary>Records are placed at multiples of this from the start of their sub-buffer.</summary>
    public const int Alignment = 8;

    /// <summary>Bytes of an engine's name in a record about a job; a name of exactly so many has no NUL.</summary>
    public const int EngineNameBytes = 16;

    /// <summary>More cpus than any machine has; a higher number is a sign of damage.</summary>
    public const uint MaxCpus = 1 << 12;

    /// <summary>Record type of STREAM_INFO.</summary>
    public const ushort StreamInfoType = 0xFFF0;

    /// <summary>Record type of METADATA.</summary>
    public const ushort MetadataType = 0xFFF1;

    /// <summary>Record type of LOST.</summary>
    public const ushort LostType = 0xFFF2;

    /// <summary>Record type of PAD, which mapped buffers fill their ends with.</summary>
    public const ushort PadType = 0xFFFF;

    /// <summary>The first type of events that modules define themselves.</summary>
    public const ushort FirstCustomType = 0x80;

    /// <summary>The last type of events that modules define themselves.</summary>
    public const ushort LastCustomType = 0xEF;

    /// <summary>Types from here on are the stream's own: they take no sequence number.</summary>
    public const ushort FirstControlType = 0xFFF0;
}
