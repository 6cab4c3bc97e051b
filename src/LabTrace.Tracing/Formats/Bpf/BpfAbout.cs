namespace LabTrace.Tracing;

/// <summary>Where a BPF capture came from; its first frame.</summary>
public sealed record BpfAbout
{
    /// <summary>The program, one of <see cref="BpfPrograms.Names"/>.</summary>
    public required string Program { get; init; }

    /// <summary>Who made the records: <c>kernel</c>, <c>emulated</c>, <c>raw dump</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>The kernel's release.</summary>
    public string Kernel { get; init; } = "";

    /// <summary>How it was attached, for people: <c>raw tracepoint (BTF): enter_btf, exit_btf</c>.</summary>
    public string Mechanism { get; init; } = "";

    /// <summary>What was asked for, for people.</summary>
    public string Filter { get; init; } = "";

    /// <summary>The traced functions; a record of function_latency has the index of its own.</summary>
    public IReadOnlyList<string> Functions { get; init; } = [];

    /// <summary>Names of the running kernel's drop reasons, by number.</summary>
    public IReadOnlyDictionary<int, string> Reasons { get; init; } = new Dictionary<int, string>(0);
}
