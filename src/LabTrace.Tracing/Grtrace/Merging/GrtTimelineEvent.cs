namespace LabTrace.Tracing;

/// <summary>One event of a merged timeline. The object is used again for the next: keep what you need of it, not it.</summary>
public sealed class GrtTimelineEvent
{
    /// <summary>Whether the GPU's stream tells it, or a cpu.</summary>
    public bool IsGpu { get; internal set; }

    /// <summary>When, nanoseconds of the cpu events' clock.</summary>
    public ulong Time { get; internal set; }

    /// <summary>What, in capitals.</summary>
    public string Event { get; internal set; } = "";

    /// <summary>What a GPU event says.</summary>
    public GrtEventKind Kind { get; internal set; }

    /// <summary>What a GPU event says of its job.</summary>
    public GrtJob Job { get; internal set; }

    /// <summary>The process: that of the cpu event, or the one that submitted the GPU event's job; -1 when nobody knows.</summary>
    public int Pid { get; internal set; } = -1;

    /// <summary>The thread, likewise.</summary>
    public int Tid { get; internal set; } = -1;

    /// <summary>The thread's name; empty when nobody knows.</summary>
    public string Comm { get; internal set; } = "";

    /// <summary>How the job's process was found.</summary>
    public GrtAttribution Attribution { get; internal set; }

    /// <summary>The fields of a cpu event as written.</summary>
    public ReadOnlyMemory<byte> Fields { get; internal set; }

    /// <summary>How long after the event that belongs before it, by the event: an ioctl from entry to exit; SUBMIT after the ioctl's entry; START after
    /// SUBMIT; END after START; COMPLETE after END. Null where there is none.</summary>
    public long? SinceNs { get; internal set; }
}

/// <summary>How the process of a job was found.</summary>
public enum GrtAttribution
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>The record says the thread, and an annotation its name.</summary>
    Recorded,

    /// <summary>One thread alone was in an ioctl when the job was submitted.</summary>
    InIoctl,

    /// <summary>Several were, and the context's earlier jobs tell which.</summary>
    ByContext,

    /// <summary>Several were, and the one that entered last is taken.</summary>
    LastEntered,

    /// <summary>None was, and the one that left last, at most a millisecond before, is taken.</summary>
    AfterIoctl,
}

/// <summary>Takes a timeline's events.</summary>
public interface IGrtTimelineSink
{
    /// <summary>Takes an event; valid during the call.</summary>
    void Write(GrtTimelineEvent item);

    /// <summary>Nothing more will come.</summary>
    void Complete();
}
