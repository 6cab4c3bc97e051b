using System.Text;

namespace LabTrace.Tracing;

/// <summary>Counts while a capture is read.</summary>
internal sealed class TallyBuilder
{
    private readonly List<MalformedSample> _samples = [];
    private readonly SortedDictionary<(int Cpu, int Buffer), Loss> _lost = [];
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
    public void AddLost(int cpu, long count, int buffer = 0)
    {
        var loss = Of(cpu, buffer);
        loss.Marked += Math.Max(count, 0);
        loss.HasUnknown |= count < 0;
    }

    /// <summary>Takes note of the ring buffer's own statistics: overruns count the same losses as the marks, drops do not.</summary>
    public void AddStats(CpuStats stats, int buffer = 0)
    {
        var loss = Of(stats.Cpu, buffer);
        loss.HasStats = true;
        loss.Overrun += stats.Overrun;
        loss.Dropped += stats.CommitOverrun + stats.Dropped;
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
        Samples = [.. _samples],
        Skipped = Skipped,
        Lost = [.. _lost.Where(l => l.Value.Total > 0 || !l.Value.IsExact).GroupBy(l => l.Key.Cpu)
            .Select(g => new LostOnCpu(g.Key, g.Sum(l => l.Value.Total), g.All(l => l.Value.IsExact)))],
        Missing = [.. _missing],
    };

    private Loss Of(int cpu, int buffer)
    {
        if (!_lost.TryGetValue((cpu, buffer), out var loss))
        {
            _lost[(cpu, buffer)] = loss = new Loss();
        }

        return loss;
    }

    /// <summary>What is known of one cpu's losses in one ring buffer.</summary>
    private sealed class Loss
    {
        public long Marked { get; set; }

        public bool HasUnknown { get; set; }

        public bool HasStats { get; set; }

        public long Overrun { get; set; }

        public long Dropped { get; set; }

        /// <summary>A gap of unknown size is told by the statistics, unless they say nothing beyond the gaps whose size is known.</summary>
        public bool IsExact => !HasUnknown || (HasStats && Overrun > Marked);

        public long Total => Math.Max(Marked, Overrun) + Dropped;
    }
}
