using LabTrace.Tracing.Queries;

namespace LabTrace.Tracing;

/// <summary>The jobs of one ring or context in numbers.</summary>
public sealed class GrtSummary
{
    private const int SplitBits = 4;

    private readonly GrtIntervals _queue = new(SplitBits);
    private readonly GrtIntervals _exec = new(SplitBits);
    private readonly GrtIntervals _wait = new(SplitBits);
    private readonly GrtIntervals _complete = new(SplitBits);

    /// <summary>Jobs.</summary>
    public long Jobs { get; private set; }

    /// <summary>Jobs whose COMPLETE tells an error.</summary>
    public long Failed { get; private set; }

    /// <summary>Jobs of which no COMPLETE came.</summary>
    public long Unfinished { get; private set; }

    /// <summary>From COMMIT to START.</summary>
    public GrtIntervals Queue => _queue;

    /// <summary>From START to END.</summary>
    public GrtIntervals Exec => _exec;

    /// <summary>Waits for fences.</summary>
    public GrtIntervals GpuWait => _wait;

    /// <summary>From END to COMPLETE.</summary>
    public GrtIntervals Complete => _complete;

    /// <summary>Adds a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="hasWaits">Whether waits are told at all.</param>
    public void Add(in GrtJobSpan job, bool hasWaits)
    {
        Jobs++;
        Failed += job is { Complete: > 0, Status: not 0 } ? 1 : 0;
        Unfinished += job.Complete == 0 ? 1 : 0;
        _queue.Add(job.QueueNs);
        _exec.Add(job.ExecNs);
        _wait.Add(hasWaits ? (long)job.Waited : null);
        _complete.Add(job.CompleteNs);
    }
}

/// <summary>Lengths of time of one kind in numbers.</summary>
public sealed class GrtIntervals
{
    private readonly LogHistogram _histogram;

    internal GrtIntervals(int splitBits) => _histogram = new LogHistogram(splitBits);

    /// <summary>How many are known.</summary>
    public long Count => _histogram.Total;

    /// <summary>Their sum, nanoseconds.</summary>
    public Int128 TotalNs { get; private set; }

    /// <summary>The shortest, nanoseconds.</summary>
    public long MinNs { get; private set; }

    /// <summary>The longest, nanoseconds.</summary>
    public long MaxNs { get; private set; }

    /// <summary>The mean, nanoseconds; null when none is known.</summary>
    public long? MeanNs => Count == 0 ? null : (long)(TotalNs / Count);

    /// <summary>A quantile, nanoseconds, at most a sixteenth too high; null when none is known.</summary>
    /// <param name="share">0 to 1.</param>
    public long? QuantileNs(double share)
    {
        if (Count == 0)
        {
            return null;
        }

        var rank = (long)Math.Ceiling(share * Count);
        long seen = 0;
        foreach (var bucket in _histogram.Buckets)
        {
            seen += bucket.Count;
            if (seen >= rank)
            {
                return (long)Int128.Min(bucket.Upper - 1, MaxNs);
            }
        }

        return MaxNs;
    }

    internal void Add(long? ns)
    {
        if (ns is { } value)
        {
            MinNs = Count == 0 ? value : Math.Min(MinNs, value);
            MaxNs = Count == 0 ? value : Math.Max(MaxNs, value);
            TotalNs += value;
            _histogram.Add(value);
        }
    }
}
