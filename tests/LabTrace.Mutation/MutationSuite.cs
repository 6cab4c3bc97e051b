using LabTrace.Devices;
using LabTrace.Emulation;

namespace LabTrace.Mutation;

/// <summary>Features, the emulated machines they run on, and the defects that one of them must notice.</summary>
/// <param name="Name">The name it is chosen by.</param>
/// <param name="Features">Paths of the features, from the repository's root.</param>
/// <param name="Places">Machines, in the order in which a defect is looked for.</param>
/// <param name="Defects">Defects by name.</param>
internal sealed record MutationSuite(string Name, IReadOnlyList<string> Features, IReadOnlyList<MutationPlace> Places, IReadOnlyList<string> Defects)
{
    /// <summary>All suites.</summary>
    public static IReadOnlyList<MutationSuite> All { get; } = [Grtrace(), TimeCard()];

    private static MutationSuite Grtrace() => new(
        "grtrace",
        ["features/grtrace"],
        [
            new("emulated", defect =>
            {
                if (defect is null)
                {
                    return new MachineMaker(() => new EmulatedTarget());
                }

                var machine = MutatedMachine.Make(GrtraceDefects.All.First(d => d.Name == defect));
                return new MachineMaker(machine.Open, machine.Dispose);
            }),
        ],
        [.. GrtraceDefects.All.Select(d => d.Name)]);

    // The emulated card and its driver have their defects built in, one of which is switched on.
    private static MutationSuite TimeCard() => new(
        "timecard",
        ["features/timecard"],
        [
            Cards("mainline-6.12", "facebook, art, adva"),
            Cards("mainline-6.1", "celestica, facebook/0.18"),
            Cards("out-of-tree", "facebook, art"),
            Cards("mainline-7.3", "adva-x1, facebook"),
        ],
        EmulatedTimeCards.Defects);

    private static MutationPlace Cards(string dialect, string cards) => new($"ptp_ocp {dialect} with {cards}", defect => new MachineMaker(
        () => new EmulatedTarget(new EmulationOptions { TimeCards = EmulatedTimeCards.Parse(cards, dialect, defect) })));
}

/// <summary>An emulated machine.</summary>
/// <param name="Name">What it is, for people.</param>
/// <param name="Make">Prepares machines with a defect, or with none, for a run.</param>
internal sealed record MutationPlace(string Name, Func<string?, MachineMaker> Make);

/// <summary>Makes the machines of one run.</summary>
/// <param name="open">Makes one.</param>
/// <param name="close">Called once, behind the last.</param>
internal sealed class MachineMaker(Func<ITarget> open, Action? close = null) : IDisposable
{
    /// <summary>Makes one.</summary>
    public ITarget Open() => open();

    /// <inheritdoc/>
    public void Dispose() => close?.Invoke();
}
