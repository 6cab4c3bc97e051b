namespace LabTrace.Reports.Tap;

/// <summary>A dialect to write.</summary>
internal enum TapForm
{
    /// <summary>TAP version 13, the subset that every reader reads the same way.</summary>
    Tap13,

    /// <summary>TAP version 14: escapes in names, YAML behind every test.</summary>
    Tap14,

    /// <summary>KTAP version 1, the kernel's: subtests with a version line of their own, diagnostics before the result.</summary>
    Ktap1,
}
