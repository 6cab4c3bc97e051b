namespace LabTrace.Devices;

/// <summary>
/// Everything LabTrace can find out about a place. Lists that a kernel shows are not believed: each thing is tried, for a
/// kernel may list a tracer and refuse it.
/// </summary>
public static class CapabilityCatalog
{
    /// <summary>All probes, each after those it builds on.</summary>
    public static IReadOnlyList<CapabilityProbe> All { get; } =
        [.. MachineProbes.All, .. TracingProbes.All, .. ProbeEventProbes.All, .. ClockProbes.All, .. GrtraceProbes.All, .. BpfProbes.All, .. TimeCards.TimeCardProbes.All];

    /// <summary>Names of all capabilities, for messages and completion.</summary>
    public static IReadOnlyList<string> Names { get; } = All.Select(p => p.Name).ToArray();

    /// <summary>Finds a probe by its name.</summary>
    /// <returns>The probe, or null when there is none of that name.</returns>
    public static CapabilityProbe? Find(string name) => All.FirstOrDefault(p => p.Name == name);

    /// <summary>Finds a probe by its name.</summary>
    /// <exception cref="LabConfigException">There is none of that name; the message names the nearest.</exception>
    public static CapabilityProbe Get(string name) =>
        Find(name) ?? throw new LabConfigException(
            $"no capability is called '{name}'{NearestNames.Clause(name, Names)}", "list them with `labtrace doctor`");

    /// <summary>Tries one capability.</summary>
    /// <exception cref="LabConfigException">There is none of that name; the message names the nearest.</exception>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public static Task<Capability> TryAsync(ITarget target, string name, CancellationToken cancellationToken) =>
        Get(name).TryAsync(target, cancellationToken);

    /// <summary>Tries all of them in one throw-away trace instance, and takes back whatever that changed.</summary>
    /// <returns>One finding per probe, in the order of <see cref="All"/>.</returns>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public static async Task<IReadOnlyList<Capability>> TryAllAsync(ITarget target, CancellationToken cancellationToken)
    {
        await using var changes = TargetChanges.InMemory(target);
        return await TryAllAsync(changes, cancellationToken);
    }

    /// <summary>Tries all of them in one throw-away trace instance; what that changes is taken back with the other changes, also after a kill.</summary>
    /// <returns>One finding per probe, in the order of <see cref="All"/>.</returns>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    /// <remarks>One after the other: nearly all of the time the kernel waits for its cpus under one lock, so side by side is no faster.</remarks>
    public static async Task<IReadOnlyList<Capability>> TryAllAsync(TargetChanges changes, CancellationToken cancellationToken)
    {
        var bench = new ProbeBench(changes);
        var found = new List<Capability>(All.Count);
        foreach (var probe in All)
        {
            found.Add(await probe.TryAsync(bench, cancellationToken));
        }

        return found;
    }
}
