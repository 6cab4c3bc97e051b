using System.Globalization;
using System.Text;
using LabTrace.Tracing;

namespace LabTrace.Devices;

/// <summary>Reads one ring buffer of a target: its counters, its text, its pages and what explains them, in few round trips.</summary>
internal sealed class InstanceReader(ITarget target, string tracefs, string instance)
{
    private const int MaxCpus = 8192;
    private const int MaxCommTries = 5;

    // %ps, %pS and their kin name kernel functions; kallsyms is megabytes, so it is read only for events that use them. A
    // marker's format does too, but what stands there is always the function that writes markers.
    private static readonly string[] SymbolSpecifiers = ["%ps", "%pS", "%pf", "%pF", "%pB", "%pR"];
    private static readonly string[] SymbolEvents = ["function", "kernel_stack", "funcgraph_entry", "funcgraph_exit"];

    private IReadOnlyList<int>? _cpus;
    private bool? _isBigEndian;

    /// <summary>The cpus that have a buffer; their directories stay when a cpu goes offline.</summary>
    public async ValueTask<IReadOnlyList<int>> CpusAsync(CancellationToken cancellationToken)
    {
        if (_cpus is null)
        {
            var cpus = new List<int>();
            foreach (var entry in await target.ListAsync(instance + "/per_cpu", cancellationToken))
            {
                if (entry.Name.StartsWith("cpu", StringComparison.Ordinal)
                    && int.TryParse(entry.Name.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out var cpu)
                    && cpus.Count < MaxCpus)
                {
                    cpus.Add(cpu);
                }
            }

            cpus.Sort();
            _cpus = cpus;
        }

        return _cpus;
    }

    public async ValueTask<BufferStats> ReadStatsAsync(CancellationToken cancellationToken)
    {
        var cpus = await CpusAsync(cancellationToken);
        var outcomes = await target.ReadManyAsync(cpus.Select(StatsPath).ToArray(), cancellationToken);
        return Stats(cpus, outcomes);
    }

    /// <summary>Reads counters, text, and the thread names the text was printed with.</summary>
    public async ValueTask<(BufferStats Stats, byte[] Text, CommTable Comms)> ReadTextWithCommsAsync(CancellationToken cancellationToken)
    {
        var cpus = await CpusAsync(cancellationToken);
        string[] paths = [.. cpus.Select(StatsPath), tracefs + "/saved_cmdlines", instance + "/trace", tracefs + "/saved_cmdlines"];
        for (var tries = 1; ; tries++)
        {
            var outcomes = await target.ReadManyAsync(paths, cancellationToken);
            var (before, text, after) = (outcomes[^3].Content ?? [], Required(outcomes[^2]), outcomes[^1].Content ?? []);

            // One table serves the whole kernel: while others trace, a name can change between a look at the text and one at the table.
            if (tries == MaxCommTries || before.AsSpan().SequenceEqual(after))
            {
                return (Stats(cpus, outcomes), text, CommTable.Parse(after));
            }
        }
    }

    public ValueTask<byte[]> ReadTextAsync(CancellationToken cancellationToken) => target.ReadAsync(instance + "/trace", cancellationToken);

    /// <summary>Takes every page out of the buffer. Tracing must be off, or the reading has no end to speak of.</summary>
    /// <param name="known">Events whose formats are wanted in any case: those enabled so far.</param>
    /// <param name="comms">Thread names read before, or null to read them now.</param>
    /// <param name="cancellationToken">Ends the reading; pages read by then are lost.</param>
    public async Task<RawRecording> ReadRawAsync(IReadOnlyCollection<EventName> known, CommTable? comms, CancellationToken cancellationToken)
    {
        var cpus = await CpusAsync(cancellationToken);
        string[] paths =
        [
            tracefs + "/events/header_page", tracefs + "/events/header_event", tracefs + "/saved_cmdlines", tracefs + "/printk_formats",
            instance + "/trace_clock", instance + "/buffer_subbuf_size_kb", instance + "/trace_options",
            instance + "/set_event",
            .. cpus.Select(StatsPath), .. cpus.Select(RawPath),
        ];
        var outcomes = await target.ReadManyAsync(paths, cancellationToken);
        var raw = outcomes.Skip(paths.Length - cpus.Count).ToArray();
        var layout = Layout(Required(outcomes[0]), outcomes[5], await IsBigEndianAsync(cancellationToken));
        var recorded = new List<RawCpu>(cpus.Count);
        for (var i = 0; i < cpus.Count; i++)
        {
            recorded.Add(new RawCpu(cpus[i], Required(raw[i])));
        }

        var types = TypesIn(recorded, layout);
        var enabled = EventCatalog.Parse(Text(outcomes[7]));
        var formats = await new FormatReader(target, tracefs, layout).ReadAsync([.. known, .. enabled], types, cancellationToken);
        var options = Text(outcomes[6]).Split('\n');
        return new RawRecording
        {
            Layout = layout,
            HeaderEvent = Text(outcomes[1]),
            Formats = formats,
            Cpus = recorded,
            ClockName = TraceClocks.Parse(Text(outcomes[4])).Current,
            Comms = comms ?? CommTable.Parse(outcomes[2].Content ?? []),
            Tgids = options.Contains("record-tgid", StringComparer.Ordinal) ? await ReadTgidsAsync(cancellationToken) : null,
            PrintkFormats = PrintkFormats.Parse(Text(outcomes[3])),
            Symbols = await ReadSymbolsAsync(formats, types, cancellationToken),
            Stats = Stats(cpus, outcomes.Skip(8).Take(cpus.Count).ToArray()).Cpus.Select(c => c.ToCpuStats()).ToArray(),
        };
    }

    public async ValueTask<int> ReadSubBufferSizeAsync(CancellationToken cancellationToken)
    {
        var outcomes = await target.ReadManyAsync([tracefs + "/events/header_page", instance + "/buffer_subbuf_size_kb"], cancellationToken);
        return Layout(Required(outcomes[0]), outcomes[1], isBigEndian: false).Size;
    }

    public string RawPath(int cpu) => $"{instance}/per_cpu/cpu{cpu}/trace_pipe_raw";

    private string StatsPath(int cpu) => $"{instance}/per_cpu/cpu{cpu}/stats";

    // Only when it is wanted: the kernel looks at every pid there could be, which are four million.
    private async ValueTask<TgidTable> ReadTgidsAsync(CancellationToken cancellationToken) =>
        TgidTable.Parse((await target.ReadManyAsync([tracefs + "/saved_tgids"], cancellationToken))[0].Content ?? []);

    private async ValueTask<SymbolTable?> ReadSymbolsAsync(EventFormats formats, HashSet<int> types, CancellationToken cancellationToken)
    {
        var needed = types.Any(type => formats.TryGet(type, out var format)
            && (format.Name.System == "ftrace"
                ? SymbolEvents.Contains(format.Name.Name, StringComparer.Ordinal)
                : SymbolSpecifiers.Any(s => format.PrintFormat.Contains(s, StringComparison.Ordinal))));
        if (!needed)
        {
            return null;
        }

        var outcome = (await target.ReadManyAsync(["/proc/kallsyms"], cancellationToken))[0];
        return outcome.Content is null ? null : SymbolTable.Parse(outcome.Content);
    }

    public async ValueTask<bool> IsBigEndianAsync(CancellationToken cancellationToken) =>
        _isBigEndian ??= (await target.ReadKernelIdentityAsync(cancellationToken)).Machine
            is "s390" or "s390x" or "ppc" or "ppc64" or "sparc" or "sparc64" or "mips" or "mips64" or "m68k" or "parisc" or "parisc64";

    // header_page tells the size of the top buffer's sub-buffers; an instance may have its own.
    private static SubBufferLayout Layout(byte[] headerPage, ReadOutcome subBufferSize, bool isBigEndian)
    {
        var layout = SubBufferLayout.Parse(Encoding.UTF8.GetString(headerPage), isBigEndian);
        return int.TryParse(Text(subBufferSize), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var kib)
            && kib is > 0 and <= 1024 && kib * 1024 != layout.Size
            ? layout.WithSize(kib * 1024)
            : layout;
    }

    private static HashSet<int> TypesIn(IReadOnlyList<RawCpu> cpus, SubBufferLayout layout)
    {
        var types = new HashSet<int>();
        foreach (var cpu in cpus)
        {
            for (var at = 0; at + layout.Size <= cpu.Pages.Length; at += layout.Size)
            {
                var reader = new SubBufferReader(cpu.Pages.Span.Slice(at, layout.Size), layout);
                while (reader.Read())
                {
                    var payload = reader.Payload;
                    if (payload.Length >= 2)
                    {
                        // common_type is the first field of every event there is.
                        _ = types.Add(layout.IsBigEndian ? (payload[0] << 8) | payload[1] : (payload[1] << 8) | payload[0]);
                    }
                }
            }
        }

        return types;
    }

    private BufferStats Stats(IReadOnlyList<int> cpus, IReadOnlyList<ReadOutcome> outcomes)
    {
        var stats = new List<CpuBufferStats>(cpus.Count);
        for (var i = 0; i < cpus.Count; i++)
        {
            stats.Add(CpuBufferStats.Parse(cpus[i], Encoding.UTF8.GetString(Required(outcomes[i]))));
        }

        return new BufferStats(stats);
    }

    private byte[] Required(ReadOutcome outcome) =>
        outcome.Content ?? throw new TargetIOException(target.Name, "read", outcome.Path, outcome.Errno);

    private static string Text(ReadOutcome outcome) => Encoding.UTF8.GetString(outcome.Content ?? []);
}
