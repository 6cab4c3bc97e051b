namespace LabTrace.Cli;

/// <summary>What the command's exit code says; documented in the README and stable.</summary>
internal enum ExitCode
{
    /// <summary>Everything that was selected passed or was skipped for a named reason.</summary>
    Passed = 0,

    /// <summary>A device is not as specified.</summary>
    Failed = 1,

    /// <summary>Wrong usage, configuration or feature files.</summary>
    Usage = 2,

    /// <summary>The lab or LabTrace broke: nothing is said of the device.</summary>
    Broken = 3,

    /// <summary>No scenario was selected.</summary>
    NothingSelected = 4,

    /// <summary>Ctrl-C.</summary>
    Interrupted = 130,
}
