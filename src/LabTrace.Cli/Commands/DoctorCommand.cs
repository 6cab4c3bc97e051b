using LabTrace.Cli.LabConfig;
using LabTrace.Devices;

namespace LabTrace.Cli.Commands;

/// <summary><c>labtrace doctor</c>: what a place can do, each capability found by trying it.</summary>
internal static class DoctorCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var place = CommandLineValues.Place();
        Command command = new("doctor", "Try everything scenarios may need at a place; say what is missing and what would supply it.");
        command.Options.Add(place);
        command.SetAction(async (parsed, cancellationToken) => (int)await ExamineAsync(parsed.GetRequiredValue(place), cancellationToken));
        return command;
    }

    // Trying changes the target for a moment; a doctor that is killed just then is undone by `labtrace restore`.
    private static TargetChanges Changes(PlaceDescription place, ITarget target, KernelIdentity kernel) => place.OutlivesRuns
        ? new TargetChanges(
            target,
            JournalDirectory.OfPlace(StateDirectory.Default, place.StateName, TimeProvider.System).Create(place.Name, "labtrace doctor", kernel.BootId),
            TimeProvider.System)
        : TargetChanges.InMemory(target);

    private static async Task<ExitCode> ExamineAsync(string name, CancellationToken cancellationToken)
    {
        var place = Places.Find(name);
        await using var target = await Composition.OpenTargetAsync(place, cancellationToken);
        var kernel = await target.ReadKernelIdentityAsync(cancellationToken);
        Console.WriteLine($"place {place.Name} ({place.Kind.ToString().ToLowerInvariant()}): Linux {kernel.Release} {kernel.Machine}, {kernel.CpuCount} cpus, host {kernel.HostName}");
        var lacking = new List<Capability>();
        await using var changes = Changes(place, target, kernel);
        foreach (var capability in await CapabilityCatalog.TryAllAsync(changes, cancellationToken))
        {
            Console.WriteLine($"  {(capability.Available ? "yes" : "no "),-4} {capability.Name,-24} {capability.Evidence}");
            if (!capability.Available)
            {
                Console.WriteLine($"       {"",-24} try: {capability.Remedy}");
                lacking.Add(capability);
            }
        }

        var unmet = place.Expects.Where(e => lacking.Any(c => c.Name == e)).ToList();
        if (unmet.Count == 0)
        {
            return ExitCode.Passed;
        }

        await Console.Error.WriteLineAsync($"labtrace: place '{place.Name}' is meant to have {string.Join(", ", unmet)}, and lacks it");
        return ExitCode.Broken;
    }
}
