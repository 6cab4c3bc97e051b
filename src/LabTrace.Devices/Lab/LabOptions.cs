namespace LabTrace.Devices;

/// <summary>What a run says when it opens a place.</summary>
/// <param name="Place">The place.</param>
/// <param name="OpenTarget">Makes the place's target; supplied by the composition root, which alone knows all kinds.</param>
/// <param name="OutputDirectory">Where the run leaves its captures.</param>
public sealed record LabOptions(
    PlaceDescription Place,
    Func<PlaceDescription, CancellationToken, ValueTask<ITarget>> OpenTarget,
    string OutputDirectory)
{
    /// <summary>Where locks and journals are kept.</summary>
    public string StateDirectory { get; init; } = Devices.StateDirectory.Default;

    /// <summary>How long to wait while another run uses the place.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Told, for people, whom the run waits for; may be null.</summary>
    public Action<string>? Progress { get; init; }

    /// <summary>Cancelled by Ctrl-C.</summary>
    public CancellationToken Interrupt { get; init; }

    /// <summary>The runner's clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
