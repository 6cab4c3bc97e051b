using LabTrace.Devices;
using LabTrace.Devices.Recordings;

namespace LabTrace.Emulation;

/// <summary>How an emulated target is made. Two of the same options behave the same to the last byte.</summary>
public sealed record EmulationOptions
{
    /// <summary>The name by which messages speak of the target.</summary>
    public string Name { get; init; } = "emulated";

    /// <summary>Where chance comes from: latencies, the order of background work.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>CPUs, 1 to 64.</summary>
    public int Cpus { get; init; } = 2;

    /// <summary>How long the machine has been running when the target is made.</summary>
    public TimeSpan Uptime { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>Its OCP Time Cards and their driver.</summary>
    public EmulatedTimeCards TimeCards { get; init; } = EmulatedTimeCards.None;

    /// <summary>A recording whose files the machine shows, or null.</summary>
    public RecordedPlace? Replay { get; init; }

    /// <summary>What is to go wrong.</summary>
    public EmulationFaults Faults { get; init; } = new();
}

/// <summary>Things that a scenario wants to go wrong.</summary>
public sealed record EmulationFaults
{
    /// <summary>Why the target does not answer, or null when it does.</summary>
    public string? Unreachable { get; init; }

    /// <summary>Writes that are refused, by absolute path.</summary>
    public IReadOnlyDictionary<string, Errno> RefusedWrites { get; init; } = new Dictionary<string, Errno>(0);

    /// <summary>Programs that never end and do not care for SIGINT, by name.</summary>
    public IReadOnlySet<string> HangingPrograms { get; init; } = new HashSet<string>(0);

    /// <summary>Events that each cpu's trace buffer loses before the first it keeps.</summary>
    public int LostEvents { get; init; }
}
