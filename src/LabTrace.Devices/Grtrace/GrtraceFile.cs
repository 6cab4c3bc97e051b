namespace LabTrace.Devices;

/// <summary>One of grtrace's files, with the names that its versions and documents give it, the usual one first.</summary>
/// <remarks>grtrace's README and what its author published name the same things differently; which name is there is found out by looking.</remarks>
public sealed record GrtraceFile
{
    private GrtraceFile(string what, string? module, params string[] names) => (What, Module, Names) = (what, module, names);

    /// <summary>Starts and stops tracing.</summary>
    public static GrtraceFile Control { get; } = new("control", "grtrace", "control", "enable", "enabled");

    /// <summary>Keys and values of the core.</summary>
    public static GrtraceFile Config { get; } = new("config", "grtrace", "config");

    /// <summary>How much is recorded.</summary>
    public static GrtraceFile Level { get; } = new("level", "grtrace", "level");

    /// <summary>The core's sampling, percent.</summary>
    public static GrtraceFile Sample { get; } = new("sampling of the core", "grtrace", "sampling", "sample");

    /// <summary>Events a second.</summary>
    public static GrtraceFile RateLimit { get; } = new("rate limit", "grtrace", "rate_limit");

    /// <summary>Which rate limiter.</summary>
    public static GrtraceFile RateLimitMode { get; } = new("rate limiter", "grtrace", "rate_limit_mode");

    /// <summary>Tokens of the bucket.</summary>
    public static GrtraceFile RateLimitBurst { get; } = new("burst of the rate limiter", "grtrace", "rate_limit_burst");

    /// <summary>Rings that are watched.</summary>
    public static GrtraceFile WatchList { get; } = new("watch list", "grtrace", "watchlist");

    /// <summary>Bytes of each cpu's buffer.</summary>
    public static GrtraceFile BufferSize { get; } = new("buffer size", "grtrace", "buffer_size");

    /// <summary>Injects events.</summary>
    public static GrtraceFile Emit { get; } = new("emit", "grtrace", "emit");

    /// <summary>What became of the events.</summary>
    public static GrtraceFile Stats { get; } = new("statistics", "grtrace", "stats", "filter_stats");

    /// <summary>Written events by kind.</summary>
    public static GrtraceFile EventsByType { get; } = new("events by type", "grtrace", "events_by_type");

    /// <summary>The rings.</summary>
    public static GrtraceFile Rings { get; } = new("rings", "grtrace", "rings", "ring_map");

    /// <summary>The module's version.</summary>
    public static GrtraceFile Version { get; } = new("version", "grtrace", "version");

    /// <summary>Switches the filters.</summary>
    public static GrtraceFile FilterEnabled { get; } = new("filter switch", "grtrace_filter", "filter_enabled", "filter_enable");

    /// <summary>Processes that pass.</summary>
    public static GrtraceFile FilterPid { get; } = new("filter by process", "grtrace_filter", "filter_pid");

    /// <summary>The user that passes.</summary>
    public static GrtraceFile FilterUid { get; } = new("filter by user", "grtrace_filter", "filter_uid");

    /// <summary>The latency from which events pass, µs.</summary>
    public static GrtraceFile FilterLatency { get; } = new("filter by latency", "grtrace_filter", "filter_latency");

    /// <summary>Kinds of events that pass.</summary>
    public static GrtraceFile FilterEvents { get; } = new("filter by kind", "grtrace_filter", "filter_events");

    /// <summary>How the sampler chooses.</summary>
    public static GrtraceFile SamplingMode { get; } = new("sampling mode", "grtrace_sampling", "sampling_mode", "sampler_mode");

    /// <summary>The sampler's share, percent.</summary>
    public static GrtraceFile SamplingRate { get; } = new("sampling rate", "grtrace_sampling", "sampling_rate", "sampler_rate");

    /// <summary>The sampler's threshold, ns.</summary>
    public static GrtraceFile SamplingThreshold { get; } = new("sampling threshold", "grtrace_sampling", "sampling_threshold", "sampler_threshold");

    /// <summary>What the sampler took.</summary>
    public static GrtraceFile SamplingStats { get; } = new("sampling statistics", "grtrace_sampling", "sampling_stats", "sampler_stats");

    /// <summary>Switches the aggregator.</summary>
    public static GrtraceFile AggregatorEnable { get; } = new("aggregator switch", "grtrace_aggregator", "aggregator_enable", "aggregator_enabled");

    /// <summary>The aggregator's window, ms.</summary>
    public static GrtraceFile AggregatorWindow { get; } = new("aggregation window", "grtrace_aggregator", "aggregator_window");

    /// <summary>What the rings did in a window.</summary>
    public static GrtraceFile AggregatorStats { get; } = new("aggregator statistics", "grtrace_aggregator", "aggregator_stats");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<GrtraceFile> All { get; } =
    [
        Control, Config, Level, Sample, RateLimit, RateLimitMode, RateLimitBurst, WatchList, BufferSize, Emit, Stats, EventsByType, Rings, Version,
        FilterEnabled, FilterPid, FilterUid, FilterLatency, FilterEvents, SamplingMode, SamplingRate, SamplingThreshold, SamplingStats,
        AggregatorEnable, AggregatorWindow, AggregatorStats,
    ];

    /// <summary>Prefixes of the relay files, in the order in which they are looked for; a cpu's number follows.</summary>
    public static IReadOnlyList<string> EventPrefixes { get; } = ["events", "trace", "buffer"];

    /// <summary>Relay files of all cpus in one, where there are none for each.</summary>
    public static IReadOnlyList<string> EventPipes { get; } = ["trace_pipe", "events"];

    /// <summary>What it is, for messages.</summary>
    public string What { get; }

    /// <summary>The module that brings it.</summary>
    public string? Module { get; }

    /// <summary>Its names, in the order in which they are looked for.</summary>
    public IReadOnlyList<string> Names { get; }
}
