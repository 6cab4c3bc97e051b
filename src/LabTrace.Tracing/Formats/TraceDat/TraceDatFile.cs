namespace LabTrace.Tracing;

/// <summary>What a trace.dat file says before its pages.</summary>
internal sealed class TraceDatFile
{
    public const string CutHint = "the capture was cut short: record again, or open it with ReadMode.Salvage";

    public required Capture Capture { get; init; }

    public required ReadMode Mode { get; init; }

    public string Name => Capture.Name;

    public bool IsBigEndian { get; set; }

    public int Version { get; set; }

    public string Compression { get; set; } = "none";

    public int PageSize { get; set; }

    public SubBufferLayout Layout { get; set; } = SubBufferLayout.Linux64;

    public string HeaderEvent { get; set; } = RawRecording.DefaultHeaderEvent;

    public List<FormatSource> Formats { get; } = [];

    public SymbolTable? Symbols { get; set; }

    public PrintkFormats? PrintkFormats { get; set; }

    public CommTable Comms { get; set; } = new();

    public string Clock { get; set; } = "local";

    public List<TraceDatBuffer> Buffers { get; } = [];

    /// <summary>Each cpu's counters, of the buffer of that name.</summary>
    public List<(string Buffer, CpuStats Stats)> Stats { get; } = [];

    /// <summary>The buffer that the next counters belong to.</summary>
    public string StatsBuffer { get; set; } = "";

    public int CpuCount { get; set; }

    public ulong? TraceId { get; set; }

    public List<TraceGuest> Guests { get; } = [];

    public TimeShift? TimeShift { get; set; }

    /// <summary>Where that correction stands: offset and bytes of the option's data.</summary>
    public (long Offset, long Size) TimeShiftAt { get; set; }

    public long OffsetNs { get; set; }

    public (uint Mult, int Shift)? TscToNs { get; set; }

    /// <summary>What the recorder noted beside the events.</summary>
    public List<KeyValuePair<string, string>> Notes { get; } = [];

    /// <summary>What is known but was not applied or not read; told in the tally.</summary>
    public List<string> Missing { get; } = [];

    /// <summary>What does not stop reading but should be known.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Text of a latency recording, which has no pages.</summary>
    public ReadOnlyMemory<byte> LatencyText { get; set; }
}

/// <summary>One ring buffer of the file: the top one has no name, instances have theirs.</summary>
internal sealed record TraceDatBuffer(string Name, string Clock, int PageSize, bool IsCompressed, IReadOnlyList<TraceDatCpu> Cpus);

/// <summary>Where a cpu's pages are.</summary>
internal readonly record struct TraceDatCpu(int Cpu, ulong Offset, ulong Size);
