namespace LabTrace.Tracing;

/// <summary>A piece of a stream in memory, kept while somebody reads records in it.</summary>
internal sealed class GrtBlock(byte[] bytes, bool isReusable)
{
    /// <summary>Bytes of a block; more than the largest record.</summary>
    public const int Size = 1 << 18;

    public byte[] Bytes { get; } = bytes;

    public bool IsReusable { get; } = isReusable;

    /// <summary>How many runs and sources hold it.</summary>
    public int Users { get; set; }
}

/// <summary>Records of one cpu that follow each other in a block.</summary>
internal readonly record struct GrtRun(GrtBlock Block, int Start, int End, int Events, int Round);
