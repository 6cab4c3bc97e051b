namespace LabTrace.Reports.ReportPortal.Model;

/// <summary>An item that was started, or will be when there is something to tell of it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Parent">The item it is in, or null for a root item.</param>
/// <param name="Lane">What is sent before it.</param>
/// <param name="Start">When it started: microseconds since 1970.</param>
internal sealed record OpenItem(Guid Id, Guid? Parent, Guid Lane, long Start)
{
    /// <summary>Its start was written.</summary>
    public bool IsStarted { get; set; }

    /// <summary>How many logs it has.</summary>
    public int Logs { get; set; }

    /// <summary>How its start is written, when that waits.</summary>
    public Action<OpenItem>? StartLate { get; init; }
}

/// <summary>A feature.</summary>
/// <param name="Item">Its item.</param>
/// <param name="Planned">How many scenarios of it were announced.</param>
internal sealed record OpenFeature(OpenItem Item, int Planned)
{
    /// <summary>How many of them have ended.</summary>
    public int Ended { get; set; }
}

/// <summary>An attempt at a scenario.</summary>
/// <param name="Item">Its item.</param>
/// <param name="Feature">The feature it is in.</param>
internal sealed record OpenAttempt(OpenItem Item, OpenFeature Feature)
{
    /// <summary>Its steps and hooks that run, by test step id.</summary>
    public Dictionary<string, OpenItem> Steps { get; } = new(StringComparer.Ordinal);
}
