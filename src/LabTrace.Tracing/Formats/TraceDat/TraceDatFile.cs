namespace LabTrace.Tracing;

/// <summary>What a trace.dat file says before its pages.</summary>
internal sealed class TraceDatFile
{
    public required string Name { get; init; }

    public required ReadOnlyMemory<byte> Bytes { get; init; }

    public bool IsBigEndian { get; set; }

    public int Version { get; set; }

    public string Compression { get; set; } = "none";

    public int PageSize { get; set; }

    public SubBufferLayout Layout { get; set; } = SubBufferLayout.Linux64;

    public string HeaderEvent { get; set; } = RawRecording.DefaultHeaderEvent;

    public List<EventFormat> Formats { get; } = [];

    public SymbolTable? Symbols { get; set; }

    public PrintkFormats? PrintkFormats { get; set; }

    public CommTable Comms { get; set; } = new();

    public string Clock { get; set; } = "local";

    public List<TraceDatBuffer> Buffers { get; } = [];

    public List<CpuStats> Stats { get; } = [];

    public long OffsetNs { get; set; }

    public (uint Mult, int Shift)? TscToNs { get; set; }

    /// <summary>What is known but was not applied or not read; told in the tally.</summary>
    public List<string> Missing { get; } = [];

    /// <summary>Text of a latency recording, which has no pages.</summary>
    public ReadOnlyMemory<byte> LatencyText { get; set; }
}

/// <summary>One ring buffer of the file: the top one has no name, instances have theirs.</summary>
internal sealed record TraceDatBuffer(string Name, string Clock, int PageSize, bool IsCompressed, IReadOnlyList<TraceDatCpu> Cpus);

/// <summary>Where a cpu's pages are.</summary>
internal readonly record struct TraceDatCpu(int Cpu, ulong Offset, ulong Size);
