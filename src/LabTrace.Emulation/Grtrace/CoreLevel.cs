namespace LabTrace.Emulation.Grtrace;

/// <summary>How much is recorded.</summary>
internal enum CoreLevel
{
    /// <summary>Nothing.</summary>
    Off,

    /// <summary>The stages of jobs, and errors.</summary>
    Normal,

    /// <summary>All.</summary>
    Verbose,
}
