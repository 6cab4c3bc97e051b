using System.Globalization;
using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.Kernel;
using LabTrace.Tracing;

namespace LabTrace.Emulation.Grtrace;

/// <summary><c>/sys/kernel/debug/grtrace</c>: the files of the core, and those that the enhancement modules add.</summary>
internal sealed class CoreFiles
{
    private const int ReadWrite = 0x180;
    private const int ReadOnly = 0x100;
    private const int WriteOnly = 0x80;
    private readonly Machine _machine;
    private readonly GrtraceCore _core;
    private readonly GpuAdapters _adapters;

    public CoreFiles(Machine machine, GrtraceCore core, GpuAdapters adapters, string version)
    {
        (_machine, _core, _adapters) = (machine, core, adapters);
        AddControl();
        AddSettings();
        AddViews(version);
        for (var cpu = 0; cpu < core.Cpus; cpu++)
        {
            _ = Directory.Add(string.Create(CultureInfo.InvariantCulture, $"{core.EventFileName}{cpu}"), new EventsFile(core, cpu));
        }

        _ = Directory.Add("trace_pipe", new EventsFile(core, cpu: null));
    }

    /// <summary>The directory.</summary>
    public AttributeDirectory Directory { get; } = new(0x1C0);

    /// <summary>The moment of a call from outside.</summary>
    private long NowNs => Math.Max(_machine.Time.NowNs, _machine.Scheduler.CpuOf(_machine.Caller).Clock);

    /// <summary>Adds grtrace_filter's files.</summary>
    public void Add(FilterModule filter)
    {
        Setting("filter_enabled", () => Flag(filter.IsEnabled), text => filter.IsEnabled = Flag(text));
        Setting("filter_pid", () => filter.PidText, filter.SetPids);
        Setting("filter_uid", () => Text(filter.Uid), filter.SetUid);
        Setting("filter_latency", () => Text(filter.LatencyMicroseconds), filter.SetLatency);
        Setting("filter_events", () => string.Create(CultureInfo.InvariantCulture, $"0x{filter.Events:x}"), filter.SetEvents);
        View("filter_stats", () => string.Concat(StatsText().Split('\n').Where(l => l.StartsWith("filtered_", StringComparison.Ordinal)).Select(l => l + "\n")));
    }

    /// <summary>Adds grtrace_sampling's files.</summary>
    public void Add(SamplingModule sampling)
    {
        Setting("sampling_mode", () => sampling.Mode, sampling.SetMode);
        Setting("sampling_rate", () => Text(sampling.Rate), sampling.SetRate);
        Setting("sampling_threshold", () => Text(sampling.ThresholdNs), sampling.SetThreshold);
        View("sampling_stats", sampling.Text);
    }

    /// <summary>Adds grtrace_aggregator's files.</summary>
    public void Add(AggregatorModule aggregator)
    {
        Setting("aggregator_enable", () => Flag(aggregator.IsEnabled), text => aggregator.IsEnabled = Flag(text));
        Setting("aggregator_window", () => Text(aggregator.WindowMilliseconds), aggregator.SetWindow);
        View("aggregator_stats", aggregator.Text);
    }

    /// <summary>Takes away the files of a module that is unloaded.</summary>
    public void Remove(string prefix)
    {
        foreach (var name in Directory.Names().Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).ToList())
        {
            Directory.Remove(name);
        }
    }

    private static string Flag(bool isOn) => isOn ? "1" : "0";

    private static bool Flag(string text) => text switch { "1" => true, "0" => false, _ => throw new Refusal(Errno.EINVAL) };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string EngineName(GrtEngines engine) => GrtMetadata.Default.Engines.FirstOrDefault(e => e.Class == engine).Name ?? "OTHER";

    private void AddControl()
    {
        Put("control", WriteOnly, show: null, text => Switch(text switch { "start" => true, "stop" => false, _ => throw new Refusal(Errno.EINVAL) }));
        foreach (var name in (string[])["enable", "enabled"])
        {
            Setting(name, () => Flag(_core.IsEnabled), text => Switch(Flag(text)));
        }

        Put("emit", WriteOnly, show: null, text =>
        {
            var caller = _machine.Caller;
            _core.Offer(EmitCommand.Parse(text, (uint)caller.Pid, (uint)caller.Uid, caller.Cpu, NowNs));
        }, isTrimmed: false);
    }

    private void AddSettings()
    {
        var config = _core.Config;
        var limiter = config.Limiter;
        Put("config", ReadWrite, config.Text, config.Store, isTrimmed: false);
        Setting("level", () => CoreConfig.NameOf(config.Level), SetLevel);
        Setting("sampling", () => Text(config.Sample), text => config.Store("sample=" + text));
        Setting("rate_limit", () => Text(limiter.PerSecond), text => config.Store("max_events_per_sec=" + text));
        Setting("rate_limit_mode", () => limiter.Mode == RateLimiterMode.Window ? "window" : "token_bucket", text => limiter.Set(
            limiter.PerSecond, limiter.Burst, text switch { "window" or "0" => RateLimiterMode.Window, "token_bucket" or "1" => RateLimiterMode.TokenBucket, _ => throw new Refusal(Errno.EINVAL) }));
        Setting("rate_limit_burst", () => Text(limiter.Burst), text => limiter.Set(
            limiter.PerSecond, KernelNumber.TryParse(text, int.MaxValue, out var burst) ? (long)burst : throw new Refusal(Errno.EINVAL), limiter.Mode));
        Setting("watchlist", () => config.Watch.RingText, config.Watch.SetRings);
        Setting("buffer_size", () => Text(_core.BufferBytes), _core.Resize);
    }

    private void AddViews(string version)
    {
        View("stats", StatsText);
        View("events_by_type", () => _core.Stats.ByTypeText());
        View("version", () => version + "\n");
        View("rings", () => "ring_id,name,engine\n" + string.Concat(Rings().Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.RingId},{r.Name},{EngineName(r.Class)}\n"))));
        View("ring_map", () => "ring_id,engine_class,name\n" + string.Concat(Rings().Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.RingId},0x{(int)r.Class:x},{r.Name}\n"))));
        View("latency_hist", _core.LatencyMicroseconds.Text);
        View("result_hist", _core.Results.Text);
        View("sec_stats", _core.Seconds.Text);
        View("pc_cseq", () => "cpu,cseq\n" + string.Concat(Enumerable.Range(0, _core.Cpus).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c},{_core.NextCseq(c)}\n"))));
        View("pc_stats", () => "cpu,fill%,overruns\n" + string.Concat(Enumerable.Range(0, _core.Cpus).Select(c => string.Create(
            CultureInfo.InvariantCulture, $"{c},{_core.Relay(c).FillPercent},{_core.Relay(c).Overruns}\n"))));
    }

    private IEnumerable<GrtRing> Rings()
    {
        var known = _adapters.Rings().ToDictionary(r => r.RingId);
        foreach (var (ring, engine) in _core.SeenRings)
        {
            _ = known.TryAdd(ring, new GrtRing(ring, engine, GpuAdapters.UnknownRing));
        }

        return known.Values.OrderBy(r => r.RingId);
    }

    private string StatsText() => _core.Stats.Text(_core.IsEnabled, _core.Overruns, _core.SubBuffersConsumed);

    private void SetLevel(string text)
    {
        if (!CoreConfig.TryLevel(text, out var level))
        {
            Refusal.Throw(Errno.EINVAL);
        }

        if (text == "3")
        {
            _machine.Log.Print(4, "grtrace: level 3 is not known, using verbose (2)");
        }

        _core.Config.Store("level=" + CoreConfig.NameOf(level));
    }

    private void Switch(bool on)
    {
        if (on)
        {
            _core.Start(NowNs);
        }
        else
        {
            _core.Stop();
        }
    }

    private void View(string name, Func<string> show) => Put(name, ReadOnly, show, store: null);

    private void Setting(string name, Func<string> show, Action<string> store) => Put(name, ReadWrite, () => show() + "\n", store);

    private void Put(string name, int mode, Func<string>? show, Action<string>? store, bool isTrimmed = true)
    {
        _ = Directory.Add(name, new AttributeFile(mode)
        {
            Show = show is null ? null : () =>
            {
                _core.Faults.Check(name);
                return show();
            },
            Store = store is null ? null : text =>
            {
                _core.Faults.Check(name);
                store(isTrimmed ? text.Trim() : text);
            },
        });
    }
}
