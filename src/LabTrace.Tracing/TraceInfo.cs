namespace LabTrace.Tracing;

/// <summary>What a capture says about itself.</summary>
/// <remarks>A container with a header (trace.dat) says it before the first event. Text tells some of it as it is read: <see cref="TraceReader.Info"/> is
/// complete when <see cref="TraceReader.Read()"/> returned false.</remarks>
public sealed record TraceInfo
{
    /// <summary>The kind of capture, <see cref="ITraceFormat.Name"/>.</summary>
    public required string FormatName { get; init; }

    /// <summary>The cpus that the capture covers, also those without events, ascending.</summary>
    public IReadOnlyList<int> Cpus { get; init; } = [];

    /// <summary>The trace clock of the first buffer, for example <c>local</c>, <c>mono</c>, <c>x86-tsc</c>; <c>tsc2nsec</c> when ticks were converted.</summary>
    public string ClockName { get; init; } = "local";

    /// <summary>False when times are ticks of the clocks <c>counter</c>, <c>uptime</c> or <c>x86-tsc</c>: they order events but measure no time.</summary>
    public bool IsClockInNanoseconds { get; init; } = true;

    /// <summary>The ring buffers: the top one, whose name is empty, then instances. Text captures have one.</summary>
    public IReadOnlyList<TraceBuffer> Buffers { get; init; } = [];

    /// <summary>What the recorder noted beside the events, by the option's name in small letters: <c>uname</c>, <c>version</c>, <c>traceid</c>, <c>hook</c>…</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Options { get; init; } = [];

    /// <summary>What does not stop reading but should be known: labels that do not fit, options nobody knows, corrections that were refused.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The recording's own number, by which a guest's and a host's file find each other; null when it has none.</summary>
    public ulong? TraceId { get; init; }

    /// <summary>Guests that were recorded together with this host.</summary>
    public IReadOnlyList<TraceGuest> Guests { get; init; } = [];

    /// <summary>The correction that was applied to this guest's times; null when the capture has none or it makes no sense.</summary>
    public TimeShift? TimeShift { get; init; }

    /// <summary>What explains the records of a binary capture: page layout, formats, names, symbols, counters; without pages. Null for text.</summary>
    public RawRecording? Explanation { get; init; }
}

/// <summary>One ring buffer of a recording.</summary>
/// <param name="Name">The instance's name; empty for the top buffer.</param>
/// <param name="ClockName">Its trace clock as the capture labels it.</param>
/// <param name="SubBufferSize">Bytes of a sub-buffer; 0 for text.</param>
/// <param name="Cpus">The cpus it has pages of, ascending.</param>
public sealed record TraceBuffer(string Name, string ClockName, int SubBufferSize, IReadOnlyList<int> Cpus);
