namespace LabTrace.Tracing;

/// <summary>A binary recording in memory: what <c>trace_pipe_raw</c> gave, and what is needed to understand it.</summary>
public sealed record RawRecording
{
    /// <summary>How the recording kernel lays out its pages, from <c>events/header_page</c>.</summary>
    public required SubBufferLayout Layout { get; init; }

    /// <summary>The formats of all events that can occur, the system <c>ftrace</c> (markers, stacks) included.</summary>
    public required EventFormats Formats { get; init; }

    /// <summary>Each cpu's pages.</summary>
    public required IReadOnlyList<RawCpu> Cpus { get; init; }

    /// <summary>The chosen trace clock.</summary>
    public string ClockName { get; init; } = "local";

    /// <summary>Thread names, from <c>saved_cmdlines</c>.</summary>
    public CommTable Comms { get; init; } = new();

    /// <summary>Processes of threads, from <c>saved_tgids</c>; null when the option <c>record-tgid</c> was off.</summary>
    public TgidTable? Tgids { get; init; }

    /// <summary>Kernel symbols, from <c>/proc/kallsyms</c>; null leaves addresses as numbers.</summary>
    public SymbolTable? Symbols { get; init; }

    /// <summary>Texts that records refer to by address, from <c>printk_formats</c>.</summary>
    public PrintkFormats? PrintkFormats { get; init; }

    /// <summary>Each cpu's counters, from <c>per_cpu/cpuN/stats</c>; they tell overruns that no page shows.</summary>
    public IReadOnlyList<CpuStats> Stats { get; init; } = [];

    /// <summary>The text of <c>events/header_event</c>, stored in trace.dat for other tools.</summary>
    public string HeaderEvent { get; init; } = DefaultHeaderEvent;

    internal const string DefaultHeaderEvent =
        "# compressed entry header\n\ttype_len    :    5 bits\n\ttime_delta  :   27 bits\n\tarray       :   32 bits\n\n" +
        "\tpadding     : type == 29\n\ttime_extend : type == 30\n\ttime_stamp : type == 31\n\tdata max type_len  == 28\n";

    /// <summary>Decodes the pages. Broken records are counted in the trace's tally; the rest of their page is given up.</summary>
    public Trace ToTrace() => PageTraceReader.Of(this).ReadToEnd();
}

/// <summary>The sub-buffers one cpu recorded.</summary>
/// <param name="Cpu">The cpu, zero-based.</param>
/// <param name="Pages">Whole sub-buffers one after the other, as read from <c>per_cpu/cpuN/trace_pipe_raw</c>.</param>
public readonly record struct RawCpu(int Cpu, ReadOnlyMemory<byte> Pages);
