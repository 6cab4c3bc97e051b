using System.Text;

namespace LabTrace.Tracing;

/// <summary>Counts while a capture is read.</summary>
internal sealed class TallyBuilder
{
    private readonly List<MalformedSample> _samples = [];
    private readonly SortedDictionary<int, (long Marked, bool IsExact, long Stats)> _lost = [];
    private readonly List<string> _missing = [];

    public long Malformed { get; private set; }

    public long Skipped { get; set; }

    public void AddMalformed(long offset, string reason, ReadOnlySpan<byte> excerpt, bool isText)
    {
        Malformed++;
        if (_samples.Count < ReadTally.MaxSamples)
        {
            var cut = excerpt[..Math.Min(excerpt.Length, isText ? 120 : 32)];
            _samples.Add(new MalformedSample(offset, reason, isText ? Encoding.UTF8.GetString(cut) : Convert.ToHexStringLower(cut)));
        }
    }

    /// <summary>Takes note of a gap marked in the stream; -1 is a gap of unknown size.</summary>
    public void AddLost(int cpu, long count)
    {
        var (marked, isExact, stats) = _lost.GetValueOrDefault(cpu, (0, true, 0));
        _lost[cpu] = (marked + Math.Max(count, 0), isExact && count >= 0, stats);
    }

    /// <summary>Takes note of the ring buffer's own statistics: overruns count the same losses as the marks, drops do not.</summary>
    public void AddStats(CpuStats stats)
    {
        var (marked, isExact, known) = _lost.GetValueOrDefault(stats.Cpu, (0, true, 0));
        _lost[stats.Cpu] = (Math.Max(marked, stats.Overrun), true, known + stats.CommitOverrun + stats.Dropped);
    }

    /// <summary>Raises what is known of a cpu's losses to a total that a header tells.</summary>
    public void AddTotal(long overrun)
    {
        var marked = _lost.Values.Sum(l => l.Marked);
        if (overrun > marked)
        {
            AddLost(-1, overrun - marked);
        }
    }

    public void AddMissing(string what) => _missing.Add(what);

    public ReadTally ToTally(long events) => new()
    {
        Events = events,
        Malformed = Malformed,
        Samples = _samples,
        Skipped = Skipped,
        Lost = [.. _lost.Where(l => l.Value.Marked + l.Value.Stats > 0 || !l.Value.IsExact)
            .Select(l => new LostOnCpu(l.Key, l.Value.Marked + l.Value.Stats, l.Value.IsExact))],
        Missing = _missing,
    };
}
