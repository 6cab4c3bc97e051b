namespace LabTrace.Devices;

/// <summary>
/// Everything LabTrace can find out about a place. Lists that a kernel shows are not believed: each thing is tried, for a
/// kernel may list a tracer and refuse it.
/// </summary>
public static class CapabilityCatalog
{
    // Groups are tried side by side, each in an instance of its own: nearly all of the time the kernel waits for its other cpus.
    private static readonly IReadOnlyList<IReadOnlyList<CapabilityProbe>> Groups =
        [MachineProbes.All, TracingProbes.All, ProbeEventProbes.All, ClockProbes.All];

    /// <summary>All probes, each after those it builds on.</summary>
    public static IReadOnlyList<CapabilityProbe> All { get; } = Groups.SelectMany(g => g).ToArray();

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

    /// <summary>Tries all of them in throw-away trace instances, and takes back whatever that changed.</summary>
    /// <returns>One finding per probe, in the order of <see cref="All"/>.</returns>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public static Task<IReadOnlyList<Capability>> TryAllAsync(ITarget target, CancellationToken cancellationToken)
    {
        return TryGroupsAsync(TryAsync);

        async Task<IReadOnlyList<Capability>> TryAsync(IReadOnlyList<CapabilityProbe> group)
        {
            await using var changes = TargetChanges.InMemory(target);
            return await TryGroupAsync(group, changes, cancellationToken);
        }
    }

    /// <summary>Tries all of them in throw-away trace instances; what that changes is taken back with the other changes, also after a kill.</summary>
    /// <returns>One finding per probe, in the order of <see cref="All"/>.</returns>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public static Task<IReadOnlyList<Capability>> TryAllAsync(TargetChanges changes, CancellationToken cancellationToken) =>
        TryGroupsAsync(group => TryGroupAsync(group, changes, cancellationToken));

    private static async Task<IReadOnlyList<Capability>> TryGroupsAsync(
        Func<IReadOnlyList<CapabilityProbe>, Task<IReadOnlyList<Capability>>> tryGroup) =>
        (await Task.WhenAll(Groups.Select(tryGroup))).SelectMany(found => found).ToArray();

    private static async Task<IReadOnlyList<Capability>> TryGroupAsync(
        IReadOnlyList<CapabilityProbe> group, TargetChanges changes, CancellationToken cancellationToken)
    {
        var bench = new ProbeBench(changes);
        var found = new List<Capability>(group.Count);
        foreach (var probe in group)
        {
            found.Add(await probe.TryAsync(bench, cancellationToken));
        }

        return found;
    }
}
