using System.Globalization;
using System.Reflection;
using LabTrace.Devices;
using LabTrace.Devices.Recordings;
using LabTrace.Devices.Vm;
using LabTrace.Emulation;
using LabTrace.Steps;

namespace LabTrace.Cli;

/// <summary>Where the parts meet: which target a kind of place has, and which steps there are.</summary>
internal static class Composition
{
    private const string TimeCardsKey = "time-cards";

    // What a command that never ends does can be tried without a lab.
    private static readonly HashSet<string> HangingPrograms = new(StringComparer.Ordinal) { "labtrace-hang" };

    /// <summary>LabTrace's own vocabulary.</summary>
    public static Assembly Steps => typeof(TracingSteps).Assembly;

    /// <summary>Makes a place's target.</summary>
    /// <exception cref="LabConfigException">Targets of this kind cannot be made here.</exception>
    public static ValueTask<ITarget> OpenTargetAsync(PlaceDescription place, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return place.Kind switch
        {
            TargetKind.Emulated => ValueTask.FromResult<ITarget>(new EmulatedTarget(new EmulationOptions
            {
                Name = place.Name,
                Cpus = Setting(place, "cpus", 2),
                Seed = Setting(place, "seed", 1),
                TimeCards = TimeCards(place),
                Replay = place.Settings.TryGetValue(EvidenceLevels.ReplaySetting, out var recording) ? RecordedPlace.Read(recording) : null,
                Faults = new EmulationFaults
                {
                    HangingPrograms = HangingPrograms,
                    Unreachable = place.Settings.GetValueOrDefault("unreachable"),
                },
            })),
            TargetKind.Local => ValueTask.FromResult<ITarget>(new LocalTarget(place.Name)),
            TargetKind.Ssh => OpenSshAsync(place, cancellationToken),
            TargetKind.Vm => OpenVmAsync(place, cancellationToken),
            _ => throw new LabConfigException($"place '{place.Name}' is of kind '{place.Kind}', and this build has no target of that kind"),
        };
    }

    private static async ValueTask<ITarget> OpenSshAsync(PlaceDescription place, CancellationToken cancellationToken)
    {
        SshTarget.Check(place);
        return await SshTarget.OpenAsync(place, FindAgentAsync, Tell, TimeProvider.System, cancellationToken);
    }

    private static async ValueTask<ITarget> OpenVmAsync(PlaceDescription place, CancellationToken cancellationToken)
    {
        VmTarget.Require(place);
        return await VmTarget.OpenAsync(place, await AgentProgram.FindAsync(Tell, cancellationToken), Cards(place), Tell, TimeProvider.System, cancellationToken);
    }

    /// <summary>What makes the modelled cards in the slots of a place's virtual machine; null where it has none.</summary>
    /// <exception cref="LabConfigException">They are not written as cards are.</exception>
    public static Func<IReadOnlyList<IPciCard>>? Cards(PlaceDescription place)
    {
        if (!place.Settings.ContainsKey(TimeCardsKey))
        {
            return null;
        }

        var cards = TimeCards(place);
        return () => cards.ToPciCards(TimeProvider.System);
    }

    private static async Task<AgentFile?> FindAgentAsync(string runtime, CancellationToken cancellationToken) =>
        await AgentProgram.FindAsync(runtime, Tell, cancellationToken);

    private static void Tell(string message) => Console.Error.WriteLine($"labtrace: {message}");

    /// <summary>Loads assemblies of step definitions; none means LabTrace's own.</summary>
    /// <exception cref="UsageException">A file is no assembly.</exception>
    public static IReadOnlyList<Assembly> LoadSteps(IReadOnlyList<string> files, bool orOwn = true) =>
        files.Count == 0 && orOwn ? [Steps] : [.. files.Select(LoadAssembly)];

    private static Assembly LoadAssembly(string file)
    {
        try
        {
            return Assembly.LoadFrom(Path.GetFullPath(file));
        }
        catch (Exception e) when (e is IOException or BadImageFormatException)
        {
            throw new UsageException($"--steps {file}: {e.Message}");
        }
    }

    // A place that says nothing of Time Cards has one of each board, so that their features run without a lab.
    private static EmulatedTimeCards TimeCards(PlaceDescription place)
    {
        try
        {
            return EmulatedTimeCards.Parse(
                place.Settings.GetValueOrDefault(TimeCardsKey, place.Settings.ContainsKey(EvidenceLevels.ReplaySetting) ? "none" : "facebook, art, adva"), place.Settings.GetValueOrDefault("ptp-ocp", "mainline-6.12"));
        }
        catch (FormatException e)
        {
            throw new LabConfigException($"place '{place.Name}': {e.Message}", "see docs/time-card.md for how cards are written", e);
        }
    }

    private static int Setting(PlaceDescription place, string key, int usual) =>
        place.Settings.TryGetValue(key, out var text) ? int.Parse(SecretReference.Expand(text), CultureInfo.InvariantCulture) : usual;
}
