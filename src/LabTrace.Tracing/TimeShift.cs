namespace LabTrace.Tracing;

/// <summary>How far a guest's clock was from its host's while it recorded, for each virtual cpu: samples, and what lies between them.</summary>
/// <remarks>Option TIME_SHIFT of trace.dat, Formats/TraceDat/TraceDat.md.</remarks>
public sealed class TimeShift
{
    /// <summary>How long a recorder may let a clock go unmeasured, at least: a minute in nanoseconds, some 20 s of a counter's ticks.</summary>
    private const long LeastHop = 60_000_000_000;

    private readonly ClockSample[][] _cpus;

    internal TimeShift(ulong peerTraceId, bool interpolates, IReadOnlyList<IEnumerable<ClockSample>> cpus)
    {
        PeerTraceId = peerTraceId;
        Interpolates = interpolates;
        _cpus = [.. cpus.Select(samples => samples.OrderBy(s => s.Time).DistinctBy(s => s.Time).ToArray())];
    }

    /// <summary>The host's recording: its option <c>traceid</c>.</summary>
    public ulong PeerTraceId { get; }

    /// <summary>Whether the offset is interpolated between two samples; otherwise the older one holds until the next.</summary>
    public bool Interpolates { get; }

    /// <summary>The samples of each virtual cpu, by time, no time twice. A cpu without samples is not corrected.</summary>
    public IReadOnlyList<IReadOnlyList<ClockSample>> Cpus => _cpus;

    /// <summary>Whether some sample tells another speed than the host's.</summary>
    internal bool IsScaled => _cpus.Any(c => c.Any(s => s.Scaling != 1 || s.FractionBits != 0));

    /// <summary>Why these samples cannot have been taken while a recording was made; null when they can.</summary>
    /// <param name="first">The recording's first stamp, on the guest's clock.</param>
    /// <param name="last">Its last one.</param>
    /// <returns>One of the samples' times lies farther from the recording, and from every sample between, than the recording is long, and than a minute.</returns>
    internal string? FaultBeside(ulong first, ulong last)
    {
        var hop = Int128.Max(LeastHop, (Int128)last - first);
        for (var cpu = 0; cpu < _cpus.Length; cpu++)
        {
            var (from, to) = ((Int128)first, (Int128)last);
            var before = _cpus[cpu].Reverse().SkipWhile(s => s.Time > to);
            foreach (var sample in _cpus[cpu].Where(s => s.Time > to).Concat(before))
            {
                if (sample.Time - to > hop || from - sample.Time > hop)
                {
                    return $"a sample of cpu {cpu} was taken at {sample.Time}, far from the recording, which is from {first} to {last}";
                }

                (from, to) = (Int128.Min(from, sample.Time), Int128.Max(to, sample.Time));
            }
        }

        return null;
    }

    /// <summary>A guest's stamp on the host's clock.</summary>
    /// <param name="cpu">The virtual cpu; beyond the sampled ones nothing is corrected.</param>
    /// <param name="stamp">The guest's stamp.</param>
    /// <returns>The host's. Outside the samples' time the nearest sample holds: two noisy ones make no slope that can be trusted for long.</returns>
    public ulong ToHost(int cpu, ulong stamp)
    {
        if ((uint)cpu >= (uint)_cpus.Length || _cpus[cpu].Length == 0)
        {
            return stamp;
        }

        var samples = _cpus[cpu];
        var at = Before(samples, (long)stamp);
        ref readonly var sample = ref samples[Math.Max(at, 0)];
        var offset = (Int128)sample.Offset;
        if (Interpolates && at >= 0 && at + 1 < samples.Length)
        {
            // As trace-cmd does it, C division with half the divisor added, but without its overflow at 64 bits.
            ref readonly var next = ref samples[at + 1];
            var span = (Int128)next.Time - sample.Time;
            offset += ((((Int128)stamp - sample.Time) * ((Int128)next.Offset - sample.Offset)) + (span / 2)) / span;
        }

        // The virtualised counter is host × ratio >> fraction − offset; this is the way back.
        var host = (Int128)stamp + offset;
        return sample is { Scaling: 1, FractionBits: 0 } ? (ulong)host : (ulong)(((UInt128)host << sample.FractionBits) / (ulong)sample.Scaling);
    }

    /// <summary>The last sample not behind a time; -1 when all are.</summary>
    private static int Before(ClockSample[] samples, long time)
    {
        var (low, high) = (0, samples.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = samples[middle].Time <= time ? (middle + 1, high) : (low, middle);
        }

        return low - 1;
    }
}

/// <summary>One measurement of a guest's clock against its host's.</summary>
/// <param name="Time">When, ticks of the guest's clock.</param>
/// <param name="Offset">What to add to the guest's stamps.</param>
/// <param name="Scaling">The virtualised counter's speed in units of 2^-<paramref name="FractionBits"/>; 1 and 0 when it runs like the host's.</param>
/// <param name="FractionBits">Bits behind the binary point of <paramref name="Scaling"/>, 0 to 63.</param>
public readonly record struct ClockSample(long Time, long Offset, long Scaling, int FractionBits);

/// <summary>A guest that was recorded together with the host; its events are in a file of their own.</summary>
/// <param name="Name">The guest's name.</param>
/// <param name="TraceId">Its recording: the option <c>traceid</c> of its file.</param>
/// <param name="Threads">The host's thread of each virtual cpu, -1 where it is not known.</param>
public sealed record TraceGuest(string Name, ulong TraceId, IReadOnlyList<KeyValuePair<int, int>> Threads);
