namespace LabTrace.Devices;

/// <summary>A place as lab configuration describes it: a target and what is known of it.</summary>
/// <param name="Name">The name it is chosen by.</param>
/// <param name="Kind">How its target is reached.</param>
/// <param name="Description">One line for people.</param>
/// <param name="SourceFile">The file that describes it, or null for a built-in place.</param>
/// <param name="Expects">Capabilities that CI must find there: one that is missing is a failure, not a skip.</param>
/// <param name="Settings">What else its kind needs, by key; secrets as references (<see cref="SecretReference"/>).</param>
public sealed record PlaceDescription(
    string Name,
    TargetKind Kind,
    string Description,
    string? SourceFile,
    IReadOnlyList<string> Expects,
    IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>Titles of kernel reports that are known at this place and fail no scenario; <see cref="Tracing.Glob"/> patterns.</summary>
    public IReadOnlyList<string> AllowedKernelReports { get; init; } = [];

    /// <summary>Where a known issue that a scenario is tagged with can be read, with <c>{key}</c> for its key; null for no links.</summary>
    public string? IssueUrl { get; init; }

    /// <summary>Whether the kernel is watched while scenarios run.</summary>
    public bool WatchesKernel { get; init; } = true;

    /// <summary>What no report of a run at the place may show, each as <see cref="SecretPattern"/> reads it.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>All scenarios of a run use one target.</summary>
    public bool IsShared => Kind != TargetKind.Emulated;

    /// <summary>The place's own state outlives a run, so that it is locked while in use and its changes are journalled on disk.</summary>
    public bool OutlivesRuns => Kind is TargetKind.Local or TargetKind.Ssh;

    /// <summary>Under which name the place is locked and its changes are journalled: places of one machine share it.</summary>
    public string StateName => Kind == TargetKind.Local ? "local" : Name;
}
