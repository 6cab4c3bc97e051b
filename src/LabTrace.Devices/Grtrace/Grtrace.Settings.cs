using System.Globalization;
using LabTrace.Tracing;

namespace LabTrace.Devices;

/// <content>Settings; each is undone.</content>
public sealed partial class Grtrace
{
    private const long NsPerUs = 1000;
    private const long NsPerMs = 1_000_000;
    private bool _ownsWatchedContexts;

    // What config shows and does not take.
    private static readonly string[] ReadOnlyKeys = ["watch_count", "watch_ring_count", "profile"];

    /// <summary>The core's settings by key.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReadConfigAsync(CancellationToken cancellationToken)
    {
        var config = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in (await Target.ReadTextAsync(Find(GrtraceFile.Config), cancellationToken)).Split('\n').Select(l => l.Split('=', 2)))
        {
            if (pair.Length == 2)
            {
                config[pair[0].Trim()] = pair[1].Trim();
            }
        }

        return config;
    }

    /// <summary>Sets keys of the core, all or none: <c>sample=50 level=verbose</c>.</summary>
    /// <exception cref="TargetIOException">EINVAL: a key is unknown or a value is none of its; nothing was changed.</exception>
    /// <exception cref="NotOnTargetException">Somebody's list of watched contexts stands there; it cannot be read, so it could not be restored.</exception>
    public async Task ConfigureAsync(string keysAndValues, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keysAndValues);
        var found = await ReadConfigAsync(cancellationToken);
        var restore = string.Join(' ', found.Where(p => !ReadOnlyKeys.Contains(p.Key, StringComparer.Ordinal)).Select(p => $"{p.Key}={p.Value}"));
        if (keysAndValues.Contains("watch_ctx", StringComparison.Ordinal))
        {
            if (!_ownsWatchedContexts && found.GetValueOrDefault("watch_count") is { } count && count != "0")
            {
                throw new NotOnTargetException(
                    $"grtrace of target '{Target.Name}' watches {count} contexts that it does not name, so they could not be restored", "clear them when nobody needs them: echo watch_ctx_clear=1 > config");
            }

            _ownsWatchedContexts = true;
        }

        // The list of contexts was empty, or is not touched: an own one is to go.
        await Changes.SetAttributeAsync(Find(GrtraceFile.Config), keysAndValues, found.GetValueOrDefault("watch_count") is null or "0" ? restore + " watch_ctx_clear=1" : restore, cancellationToken);
    }

    /// <summary>Sets how much is recorded.</summary>
    /// <param name="level"><c>off</c>, <c>normal</c> or <c>verbose</c>.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    public Task SetLevelAsync(string level, CancellationToken cancellationToken) => SetAsync("level", level, GrtraceFile.Level, cancellationToken);

    /// <summary>Sets the core's sampling.</summary>
    /// <param name="percent">0 to 100.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    public Task SetSampleAsync(int percent, CancellationToken cancellationToken) => SetAsync("sample", Text(percent), GrtraceFile.Sample, cancellationToken);

    /// <summary>Limits the events of each second by windows.</summary>
    /// <param name="eventsPerSecond">0 for no limit.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    public async Task LimitByWindowAsync(long eventsPerSecond, CancellationToken cancellationToken)
    {
        await SetAsync("rate_limiter_mode", "0", GrtraceFile.RateLimitMode, cancellationToken);
        await SetAsync("max_events_per_sec", Text(eventsPerSecond), GrtraceFile.RateLimit, cancellationToken);
    }

    /// <summary>Limits events by a bucket of tokens.</summary>
    /// <param name="eventsPerSecond">Tokens that come back in a second.</param>
    /// <param name="burst">Tokens that the bucket holds.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    public async Task LimitByTokensAsync(long eventsPerSecond, long burst, CancellationToken cancellationToken)
    {
        await SetAsync("rate_limiter_mode", "1", GrtraceFile.RateLimitMode, cancellationToken);
        await SetFileAsync(GrtraceFile.RateLimitBurst, Text(burst), cancellationToken);
        await SetAsync("max_events_per_sec", Text(eventsPerSecond), GrtraceFile.RateLimit, cancellationToken);
    }

    /// <summary>Watches rings: <c>0,1</c> only these, <c>!2</c> all but this, nothing for all.</summary>
    public Task WatchRingsAsync(string list, CancellationToken cancellationToken) => SetFileAsync(GrtraceFile.WatchList, list, cancellationToken);

    /// <summary>Watches contexts.</summary>
    /// <param name="contexts">GPU contexts.</param>
    /// <param name="allow">Only these pass, or all but these.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    public Task WatchContextsAsync(IEnumerable<ulong> contexts, bool allow, CancellationToken cancellationToken) => ConfigureAsync(
        $"watch_allow_mode={(allow ? 1 : 0)} watch_ctx_clear=1" + string.Concat(contexts.Select(c => string.Create(CultureInfo.InvariantCulture, $" watch_ctx_add={c}"))), cancellationToken);

    /// <summary>Sets the size of each cpu's buffer; what is unread in it is lost.</summary>
    /// <param name="bytes">A size that the module takes: EINVAL else; EBUSY while tracing is on.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    public Task SetBufferSizeAsync(long bytes, CancellationToken cancellationToken) => SetFileAsync(GrtraceFile.BufferSize, Text(bytes), cancellationToken);

    /// <summary>Lets only kinds of events pass, by name; the module's numbers are looked up.</summary>
    /// <param name="kinds">The kinds that pass.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    public Task FilterKindsAsync(IEnumerable<GrtEventKind> kinds, CancellationToken cancellationToken) =>
        SetFileAsync(GrtraceFile.FilterEvents, string.Create(CultureInfo.InvariantCulture, $"0x{MaskOf(kinds):x}"), cancellationToken);

    /// <summary>Lets only events pass that come later than a time after their job's first event.</summary>
    /// <param name="latency">Whole microseconds; the rest is cut. Zero lets all pass.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    public Task FilterByLatencyAsync(Duration latency, CancellationToken cancellationToken) =>
        SetFileAsync(GrtraceFile.FilterLatency, Text(latency.Nanoseconds / NsPerUs), cancellationToken);

    /// <summary>Lets only a user's events pass.</summary>
    /// <param name="uid">The user, or -1 for all.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    public Task FilterByUserAsync(long uid, CancellationToken cancellationToken) => SetFileAsync(GrtraceFile.FilterUid, Text(uid), cancellationToken);

    /// <summary>Lets only processes' events pass: <c>1234,5678</c> only these, <c>!1234</c> all but this, nothing for all.</summary>
    public Task FilterByProcessAsync(string pids, CancellationToken cancellationToken) => SetFileAsync(GrtraceFile.FilterPid, pids, cancellationToken);

    /// <summary>Switches the filters of the filter module.</summary>
    public Task SwitchFilterAsync(bool on, CancellationToken cancellationToken) => SetFileAsync(GrtraceFile.FilterEnabled, on ? "1" : "0", cancellationToken);

    /// <summary>Lets the sampling module take a fixed share of each ring's events.</summary>
    /// <param name="percent">0 to 100.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    public async Task SampleStaticallyAsync(int percent, CancellationToken cancellationToken)
    {
        await SetFileAsync(GrtraceFile.SamplingMode, "static", cancellationToken);
        await SetFileAsync(GrtraceFile.SamplingRate, Text(percent), cancellationToken);
    }

    /// <summary>Lets the sampling module take less when more comes.</summary>
    public Task SampleAdaptivelyAsync(CancellationToken cancellationToken) => SetFileAsync(GrtraceFile.SamplingMode, "adaptive", cancellationToken);

    /// <summary>Lets the sampling module take only events that come later than a time after their job's first event.</summary>
    /// <param name="threshold">Nanoseconds.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    public async Task SampleSlowAsync(Duration threshold, CancellationToken cancellationToken)
    {
        await SetFileAsync(GrtraceFile.SamplingMode, "threshold", cancellationToken);
        await SetFileAsync(GrtraceFile.SamplingThreshold, Text(threshold.Nanoseconds), cancellationToken);
    }

    /// <summary>Lets the aggregator sum what the rings do in windows of time.</summary>
    /// <param name="window">100 to 60000 ms, whole milliseconds; EINVAL else.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    public async Task AggregateAsync(Duration window, CancellationToken cancellationToken)
    {
        await SetFileAsync(GrtraceFile.AggregatorWindow, Text(window.Nanoseconds / NsPerMs), cancellationToken);
        await SetFileAsync(GrtraceFile.AggregatorEnable, "1", cancellationToken);
    }

    /// <summary>The mask of kinds by the numbers that METADATA gives them, or those of the developer guide.</summary>
    public uint MaskOf(IEnumerable<GrtEventKind> kinds)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        return kinds.Aggregate(0u, (mask, kind) => mask | 1u << BitOf(kind));
    }

    /// <summary>What METADATA of this grtrace's stream said; the authority for numbers of events.</summary>
    public GrtMetadata? Metadata { get; set; }

    /// <summary>Sets a file to a value; the value before is restored.</summary>
    /// <exception cref="TargetIOException">The module refused: EINVAL, EBUSY…</exception>
    /// <exception cref="NotOnTargetException">There is no such file; names the module that brings it.</exception>
    public Task SetFileAsync(GrtraceFile file, string value, CancellationToken cancellationToken) =>
        Changes.SetAttributeAsync(Find(file), value, restoreValue: null, cancellationToken);

    /// <summary>Reads a file's value.</summary>
    /// <exception cref="NotOnTargetException">There is no such file; names the module that brings it.</exception>
    public async Task<string> ReadFileAsync(GrtraceFile file, CancellationToken cancellationToken) => (await Target.ReadTextAsync(Find(file), cancellationToken)).Trim();

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private int BitOf(GrtEventKind kind)
    {
        const int customBit = 31;
        if (kind is GrtEventKind.Custom)
        {
            return customBit;
        }

        var name = GrtEventNames.Of(kind);
        return Metadata?.Types.FirstOrDefault(t => t.Name == name) is { Name: not null } type ? type.Type : (int)kind;
    }

    // A key of config where there is one, else the file that older versions have for it.
    private async Task SetAsync(string key, string value, GrtraceFile alias, CancellationToken cancellationToken)
    {
        if (TryFind(GrtraceFile.Config) is not null && (await ReadConfigAsync(cancellationToken)).ContainsKey(key))
        {
            await ConfigureAsync($"{key}={value}", cancellationToken);
        }
        else
        {
            await SetFileAsync(alias, value, cancellationToken);
        }
    }
}
