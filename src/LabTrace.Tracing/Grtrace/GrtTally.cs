namespace LabTrace.Tracing;

/// <summary>What reading a GRT stream found, and what it did not.</summary>
public sealed record GrtTally
{
    /// <summary>Events that were read.</summary>
    public long Events { get; init; }

    /// <summary>Records of types that METADATA does not name; they were skipped.</summary>
    public long UnknownEvents { get; init; }

    /// <summary>The first types of these, with how many there were.</summary>
    public IReadOnlyList<KeyValuePair<ushort, long>> UnknownTypes { get; init; } = [];

    /// <summary>Places where the stream is damaged, and events too short for what METADATA says.</summary>
    public long Malformed { get; init; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<MalformedSample> Samples { get; init; } = [];

    /// <summary>Bytes that belong to no record that could be read.</summary>
    public long BytesSkipped { get; init; }

    /// <summary>Event numbers that no event has: lost, or recorded in a cpu's file that was not read.</summary>
    public long MissingNumbers { get; init; }

    /// <summary>Lost events that LOST records tell of.</summary>
    public long DeclaredLost { get; init; }

    /// <summary>Lost events: those whose numbers are missing, and those that LOST records tell of and no gap shows.</summary>
    public long Lost { get; init; }

    /// <summary>What is known of them by cpu.</summary>
    public IReadOnlyList<LostOnCpu> LostByCpu { get; init; } = [];

    /// <summary>Events whose number another had before: the recorder is at fault.</summary>
    public long Repeated { get; init; }

    /// <summary>Events of which the time lies before that of an event of their own cpu: its clock stepped back.</summary>
    public long ClockSteps { get; init; }

    /// <summary>Events that came after a later one of another cpu was given, because the reader's window was too small.</summary>
    public long Late { get; init; }

    /// <summary>Sessions that started.</summary>
    public int Sessions { get; init; }

    /// <summary>Cpus that recorded.</summary>
    public IReadOnlyList<int> Cpus { get; init; } = [];

    /// <summary>What should be known besides.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
