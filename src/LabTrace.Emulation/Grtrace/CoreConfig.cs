using System.Globalization;
using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Grtrace;

/// <summary>grtrace's <c>config</c>: keys and values, all of a write or nothing of it.</summary>
internal sealed class CoreConfig
{
    private const ulong MostPerSecond = 100_000_000;
    private const uint AllTypes = uint.MaxValue;
    private const ushort AllEngines = ushort.MaxValue;

    /// <summary>Ends of what was counted, for <c>reset_stats</c>.</summary>
    public Action ResetStats { get; init; } = () => { };

    public CoreLevel Level { get; private set; } = CoreLevel.Normal;

    /// <summary>Of each hundred events, so many pass.</summary>
    public int Sample { get; private set; } = 100;

    public RateLimiter Limiter { get; } = new();

    public ushort EngineMask { get; private set; } = AllEngines;

    /// <summary>The only ring that passes, or -1.</summary>
    public int RingId { get; private set; } = -1;

    public uint TypeMask { get; private set; } = AllTypes;

    public WatchList Watch { get; } = new();

    /// <summary>Events are dropped while the buffer is filled so far, in percent; 0 never.</summary>
    public int BackpressureThreshold { get; private set; }

    /// <summary>Whether the sampling falls when the buffer fills.</summary>
    public bool IsAdaptive { get; private set; }

    public string Profile { get; private set; } = "default";

    /// <summary>What the core's sampler takes of a hundred at a filling of the buffer.</summary>
    public int EffectiveSample(int fillPercent) =>
        IsAdaptive && fillPercent > 50 ? Math.Max(1, Sample * (100 - fillPercent) / 50) : Sample;

    /// <summary>One key and value a line.</summary>
    public string Text() => string.Create(
        CultureInfo.InvariantCulture,
        $"level={NameOf(Level)}\nsample={Sample}\nmax_events_per_sec={Limiter.PerSecond}\nfilter_engine_mask=0x{EngineMask:x}\nfilter_ring_id={RingId}\n"
        + $"filter_type_mask=0x{TypeMask:x}\nwatch_count={Watch.ContextCount}\nwatch_ring_count={Watch.RingCount}\nprofile={Profile}\n"
        + $"rate_limiter_mode={(int)Limiter.Mode}\nbackpressure_threshold={BackpressureThreshold}\nadaptive_sampling={(IsAdaptive ? 1 : 0)}\nwatch_allow_mode={(Watch.AllowsContexts ? 1 : 0)}\n");

    /// <summary>Takes <c>key=value</c> words separated by blanks.</summary>
    /// <exception cref="Refusal">EINVAL: a key is unknown or a value is not one of its; nothing was changed.</exception>
    public void Store(string text)
    {
        var words = text.Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
        List<Action> changes = [];
        foreach (var word in words)
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            changes.Add((equals > 0 ? Change(word[..equals], word[(equals + 1)..]) : null) ?? throw new Refusal(Errno.EINVAL));
        }

        if (changes.Count == 0)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        changes.ForEach(change => change());
    }

    /// <summary>Sets the level by its name or its number; numbers beyond the last mean the last.</summary>
    public static bool TryLevel(string text, out CoreLevel level)
    {
        level = text switch { "off" or "0" => CoreLevel.Off, "normal" or "1" => CoreLevel.Normal, _ => CoreLevel.Verbose };
        return text is "off" or "normal" or "verbose" or "0" or "1" or "2" or "3";
    }

    public static string NameOf(CoreLevel level) => level switch { CoreLevel.Off => "off", CoreLevel.Normal => "normal", _ => "verbose" };

    private Action? Change(string key, string value) => key switch
    {
        "level" => TryLevel(value, out var level) && !char.IsAsciiDigit(value[0]) ? () => Level = level : null,
        "sample" => Number(value, 100, n => Sample = (int)n),
        "max_events_per_sec" => Number(value, MostPerSecond, n => Limiter.Set((long)n, Limiter.Burst, Limiter.Mode)),
        "filter_engine_mask" => Number(value, AllEngines, n => EngineMask = (ushort)n),
        "filter_ring_id" => value == "-1" ? () => RingId = -1 : Number(value, int.MaxValue, n => RingId = (int)n),
        "filter_type_mask" => Number(value, AllTypes, n => TypeMask = (uint)n),
        "rate_limiter_mode" => Number(value, 1, n => Limiter.Set(Limiter.PerSecond, Limiter.Burst, (RateLimiterMode)n)),
        "backpressure_threshold" => Number(value, 100, n => BackpressureThreshold = (int)n),
        "adaptive_sampling" => Number(value, 1, n => IsAdaptive = n == 1),
        "watch_allow_mode" => Number(value, 1, n => Watch.AllowsContexts = n == 1),
        "watch_ctx_add" => Number(value, ulong.MaxValue, Watch.AddContext),
        "watch_ctx_clear" => Number(value, 1, _ => Watch.ClearContexts()),
        "reset_stats" => Number(value, 1, _ => ResetStats()),
        "profile" => ProfileChange(value),
        _ => null,
    };

    // The settings that the README recommends for each use.
    private Action? ProfileChange(string name)
    {
        (CoreLevel Level, int Sample, long PerSecond)? settings = name switch
        {
            "default" => (CoreLevel.Normal, 100, 0),
            "production" => (CoreLevel.Normal, 10, 1000),
            "debug" => (CoreLevel.Verbose, 100, 0),
            _ => null,
        };
        return settings is { } set ? () =>
        {
            (Level, Sample, Profile) = (set.Level, set.Sample, name);
            Limiter.Set(set.PerSecond, Limiter.Burst, Limiter.Mode);
        }
        : null;
    }

    private static Action? Number(string text, ulong most, Action<ulong> set) =>
        KernelNumber.TryParse(text, most, out var number) ? () => set(number) : null;
}
