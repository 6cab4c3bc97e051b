using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LabTrace.Tracing;

/// <summary>Puts the events of each job together, in memory that grows with the jobs in flight.</summary>
/// <remarks>A job ends with COMPLETE, or when its number comes again (adapters that never tell COMPLETE; 32-bit numbers that wrapped), or when more jobs
/// are in flight than the table takes: then those that are longest there are given as they are.</remarks>
public sealed class GrtJobTable
{
    /// <summary>More jobs than any GPU has in flight.</summary>
    public const int MaxInFlight = 1 << 20;

    private const int FirstCapacity = 1 << 8;
    private const int MaxEngines = 1 << 10;

    private readonly GrtJobSink _sink;
    private readonly List<string> _engines = [""];
    private readonly List<(ulong Low, ulong High)> _engineBytes = [default];
    private GrtJobSpan[] _slots = new GrtJobSpan[FirstCapacity];
    private int _mask = FirstCapacity - 1;
    private int _sweep;

    /// <summary>Makes an empty table.</summary>
    /// <param name="sink">Who takes jobs that have ended.</param>
    public GrtJobTable(GrtJobSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        _sink = sink;
    }

    /// <summary>How many jobs are in flight.</summary>
    public int Count { get; private set; }

    /// <summary>Jobs that had to be given before their end, because more than <see cref="MaxInFlight"/> were in flight.</summary>
    public long Displaced { get; private set; }

    /// <summary>Whether any wait for a fence was told: where none ever is, nobody knows how long jobs waited.</summary>
    public bool HasWaits { get; private set; }

    /// <summary>The name of an engine.</summary>
    /// <param name="index"><see cref="GrtJobSpan.Engine"/>.</param>
    public string EngineName(int index) => _engines[index];

    /// <summary>Takes an event; those that are not about a job are passed over.</summary>
    public void Add(GrtEventKind kind, in GrtRecordView record)
    {
        if (kind > GrtEventKind.SyncWaitExit || kind is GrtEventKind.Irq or GrtEventKind.CtxSwitch)
        {
            return;
        }

        var (ctx, seqno, ring, time) = (record.CtxId, record.Seqno, record.RingId, record.Timestamp);
        var at = Find(ctx, seqno, ring);
        ref var job = ref _slots[at];
        if (job.IsUsed && Begins(kind, job))
        {
            // Its number comes again: that is another job.
            _sink(job);
            Clear(ref job, ctx, seqno, ring);
        }
        else if (!job.IsUsed)
        {
            if (Count >= _slots.Length / 2)
            {
                at = Grow(ctx, seqno, ring);
                job = ref _slots[at];
            }

            Clear(ref job, ctx, seqno, ring);
            job.Engine = EngineOf(record);
            Count++;
        }

        job.Flags |= record.Flags;
        if (job.Pid == 0)
        {
            job.Pid = record.Pid;
        }

        switch (kind)
        {
            case GrtEventKind.Submit:
                job.Submit = time;
                break;
            case GrtEventKind.Commit:
                job.Commit = time;
                break;
            case GrtEventKind.Start:
                job.Start = time;
                break;
            case GrtEventKind.End:
                job.End = time;
                break;
            case GrtEventKind.SyncWaitEnter:
                HasWaits = true;
                job.WaitSince = time;
                break;
            case GrtEventKind.SyncWaitExit:
                HasWaits = true;
                if (job.WaitSince != 0)
                {
                    job.Waited += time - job.WaitSince;
                    job.Waits++;
                    job.WaitSince = 0;
                }

                break;
            default:
                job.Complete = time;
                job.Status = record.Status;
                _sink(job);
                Remove(at);
                break;
        }
    }

    /// <summary>Gives all jobs that are in flight, in order of their first event.</summary>
    public void Complete()
    {
        var left = new List<GrtJobSpan>(Count);
        foreach (var job in _slots)
        {
            if (job.IsUsed)
            {
                left.Add(job);
            }
        }

        left.Sort((a, b) => a.First.CompareTo(b.First));
        foreach (var job in left)
        {
            _sink(job);
        }

        Array.Clear(_slots);
        Count = 0;
    }

    /// <summary>Whether an event can only belong to a new job of the same number: the order SUBMIT and COMMIT have between them is nobody's.</summary>
    private static bool Begins(GrtEventKind kind, in GrtJobSpan job) => kind switch
    {
        GrtEventKind.Submit => job.Submit != 0 || job.Start != 0 || job.End != 0,
        GrtEventKind.Commit => job.Commit != 0 || job.Start != 0 || job.End != 0,
        GrtEventKind.Start => job.Start != 0 || job.End != 0,
        GrtEventKind.End => job.End != 0,
        _ => false,
    };

    private static void Clear(ref GrtJobSpan job, ulong ctx, ulong seqno, uint ring)
    {
        var engine = job.Engine;
        job = default;
        (job.CtxId, job.Seqno, job.RingId, job.IsUsed, job.Engine) = (ctx, seqno, ring, true, engine);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ulong ctx, ulong seqno, uint ring)
    {
        // Neighbouring numbers get neighbouring slots; contexts and rings are spread.
        var spread = ((ctx * 0x9E37_79B9_7F4A_7C15) + ((ulong)ring * 0xC2B2_AE3D_27D4_EB4F)) >> 32;
        return (uint)seqno + (uint)spread;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Find(ulong ctx, ulong seqno, uint ring)
    {
        var slots = _slots;
        var at = (int)Hash(ctx, seqno, ring) & _mask;
        while (true)
        {
            ref var slot = ref slots[at];
            if (!slot.IsUsed || (slot.Seqno == seqno && slot.CtxId == ctx && slot.RingId == ring))
            {
                return at;
            }

            at = (at + 1) & _mask;
        }
    }

    private void Remove(int hole)
    {
        Count--;
        var at = hole;
        while (true)
        {
            at = (at + 1) & _mask;
            ref var slot = ref _slots[at];
            if (!slot.IsUsed)
            {
                break;
            }

            var home = (int)Hash(slot.CtxId, slot.Seqno, slot.RingId) & _mask;
            if (((at - home) & _mask) >= ((at - hole) & _mask))
            {
                _slots[hole] = slot;
                hole = at;
            }
        }

        _slots[hole].IsUsed = false;
    }

    private int Grow(ulong ctx, ulong seqno, uint ring)
    {
        if (_slots.Length >= MaxInFlight * 2)
        {
            Displace();
            return Find(ctx, seqno, ring);
        }

        var old = _slots;
        _slots = new GrtJobSpan[old.Length * 2];
        _mask = _slots.Length - 1;
        foreach (var job in old)
        {
            if (job.IsUsed)
            {
                _slots[Find(job.CtxId, job.Seqno, job.RingId)] = job;
            }
        }

        return Find(ctx, seqno, ring);
    }

    /// <summary>Gives the jobs that are older than most, found by their times.</summary>
    private void Displace()
    {
        var times = new List<ulong>(Count / 64);
        for (var i = _sweep++ & 63; i < _slots.Length; i += 64)
        {
            if (_slots[i].IsUsed)
            {
                times.Add(_slots[i].First);
            }
        }

        times.Sort();
        var limit = times.Count == 0 ? ulong.MaxValue : times[times.Count / 4];
        var kept = new List<GrtJobSpan>(Count);
        foreach (var job in _slots)
        {
            if (job.IsUsed && job.First <= limit)
            {
                Displaced++;
                _sink(job);
            }
            else if (job.IsUsed)
            {
                kept.Add(job);
            }
        }

        Array.Clear(_slots);
        foreach (var job in kept)
        {
            _slots[Find(job.CtxId, job.Seqno, job.RingId)] = job;
        }

        Count = kept.Count;
    }

    private int EngineOf(in GrtRecordView record)
    {
        if (record.Bytes.Length < GrtLayout.JobBytes)
        {
            return 0;
        }

        var low = BinaryPrimitives.ReadUInt64LittleEndian(record.Bytes[32..]);
        var high = BinaryPrimitives.ReadUInt64LittleEndian(record.Bytes[40..]);
        var known = CollectionsMarshal.AsSpan(_engineBytes);
        for (var i = 0; i < known.Length; i++)
        {
            if (known[i].Low == low && known[i].High == high)
            {
                return i;
            }
        }

        if (_engines.Count == MaxEngines)
        {
            return 0;
        }

        _engineBytes.Add((low, high));
        _engines.Add(record.Job.Engine);
        return _engines.Count - 1;
    }
}
