namespace LabTrace.Tracing;

/// <summary>What is special about a record of a job; <c>flags</c> of <c>grt_job</c>.</summary>
[Flags]
public enum GrtJobFlags : ushort
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The driver's <c>seqno</c> has 32 bits and may wrap.</summary>
    Seqno32 = 1,

    /// <summary>The adapter does not know the <c>seqno</c>.</summary>
    SeqnoAbsent = 2,

    /// <summary>The context switch was a preemption.</summary>
    Preempt = 4,

    /// <summary>The event was chosen by a sampler: others like it were left out.</summary>
    Sampled = 8,

    /// <summary>The event came through debugfs <c>emit</c>, not from a driver.</summary>
    Emitted = 16,
}

/// <summary>Engines of a GPU, a bit each; <c>engine_class</c>.</summary>
[Flags]
public enum GrtEngines : ushort
{
    /// <summary>None is told.</summary>
    None = 0,

    /// <summary>Drawing.</summary>
    Graphics = 1,

    /// <summary>Computing.</summary>
    Compute = 2,

    /// <summary>Copying.</summary>
    Copy = 4,

    /// <summary>Decoding video.</summary>
    VideoDecode = 8,

    /// <summary>Encoding video.</summary>
    VideoEncode = 16,

    /// <summary>Anything else.</summary>
    Other = 1 << 15,
}

/// <summary>What a stream may hold; <c>feature_bits</c> of STREAM_INFO.</summary>
[Flags]
public enum GrtFeatures : ulong
{
    /// <summary>Nothing beyond events.</summary>
    None = 0,

    /// <summary>Records of unknown types can be skipped by their size.</summary>
    SizeSkip = 1,

    /// <summary>The rate limiter can be a token bucket.</summary>
    TokenBucket = 2,

    /// <summary>Contexts and rings can be watched or left out.</summary>
    WatchList = 4,

    /// <summary>There are statistics for each second.</summary>
    SecondStats = 8,

    /// <summary>Losses are told by LOST records.</summary>
    LostRecords = 16,

    /// <summary>Records of jobs carry <c>pid</c> and <c>uid</c>.</summary>
    Tasks = 32,
}

/// <summary>The clock of a stream's times; <c>clock_src</c> of STREAM_INFO, numbered as clockid_t.</summary>
public enum GrtClock
{
    /// <summary>The stream does not say.</summary>
    Unknown = 0,

    /// <summary>CLOCK_MONOTONIC.</summary>
    Monotonic = 1,

    /// <summary>CLOCK_BOOTTIME.</summary>
    BootTime = 7,
}
