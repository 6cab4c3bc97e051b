namespace LabTrace.Tracing;

/// <summary>What the events of one job tell together; times are nanoseconds of the stream's clock, 0 when the event did not come.</summary>
public struct GrtJobSpan
{
    /// <summary>The GPU context.</summary>
    public ulong CtxId { get; internal set; }

    /// <summary>The job's number in its context and ring.</summary>
    public ulong Seqno { get; internal set; }

    /// <summary>The ring.</summary>
    public uint RingId { get; internal set; }

    /// <summary>The thread on whose behalf, by the first event that tells it; 0 when none does.</summary>
    public uint Pid { get; internal set; }

    /// <summary>When it was submitted.</summary>
    public ulong Submit { get; internal set; }

    /// <summary>When it was given to the hardware.</summary>
    public ulong Commit { get; internal set; }

    /// <summary>When it began to run.</summary>
    public ulong Start { get; internal set; }

    /// <summary>When it ran to its end.</summary>
    public ulong End { get; internal set; }

    /// <summary>When it was found to have ended.</summary>
    public ulong Complete { get; internal set; }

    /// <summary>How long it waited for fences, nanoseconds.</summary>
    public ulong Waited { get; internal set; }

    /// <summary>Waits that ended.</summary>
    public int Waits { get; internal set; }

    /// <summary>0 or a negative errno; meaningful with <see cref="Complete"/>.</summary>
    public int Status { get; internal set; }

    /// <summary>Index of the engine's name in <see cref="GrtJobTable.EngineName"/>.</summary>
    public int Engine { get; internal set; }

    /// <summary>The flags of all its events together.</summary>
    public GrtJobFlags Flags { get; internal set; }

    internal ulong WaitSince { get; set; }

    internal bool IsUsed { get; set; }

    /// <summary>From COMMIT to START; from SUBMIT where the adapter never tells COMMIT (<see cref="IsQueueFromSubmit"/>). Null when an event did not come.</summary>
    public readonly long? QueueNs => Between(Commit != 0 ? Commit : Submit, Start);

    /// <summary>Whether <see cref="QueueNs"/> counts from SUBMIT.</summary>
    public readonly bool IsQueueFromSubmit => Commit == 0 && Submit != 0 && Start != 0;

    /// <summary>From START to END.</summary>
    public readonly long? ExecNs => Between(Start, End);

    /// <summary>From END to COMPLETE.</summary>
    public readonly long? CompleteNs => Between(End, Complete);

    /// <summary>From its first event to its last.</summary>
    public readonly long? TotalNs => Between(First, Last);

    /// <summary>When its first event came.</summary>
    public readonly ulong First => Submit != 0 ? Submit : Commit != 0 ? Commit : Start != 0 ? Start : End != 0 ? End : Complete != 0 ? Complete : WaitSince;

    /// <summary>When its last event came.</summary>
    public readonly ulong Last => Math.Max(Math.Max(Math.Max(Submit, Commit), Math.Max(Start, End)), Complete);

    private static long? Between(ulong from, ulong to) => from == 0 || to == 0 ? null : unchecked((long)(to - from));
}

/// <summary>Takes a job when nothing more of it is to come.</summary>
/// <param name="job">The job.</param>
public delegate void GrtJobSink(in GrtJobSpan job);
