using System.CommandLine;
using LabTrace.Cli.LabConfig;
using LabTrace.Devices;

namespace LabTrace.Cli.Commands.GpuRings;

/// <summary>A place with grtrace, opened for one command. What a person sets here stays set: nothing is undone but what a command says.</summary>
internal sealed class GrtracePlace : IAsyncDisposable
{
    private GrtracePlace(ITarget target, TargetChanges changes, Grtrace grtrace) => (Target, Changes, Grtrace) = (target, changes, grtrace);

    /// <summary>The target.</summary>
    public ITarget Target { get; }

    /// <summary>The way to change it, without undoing.</summary>
    public TargetChanges Changes { get; }

    /// <summary>grtrace.</summary>
    public Grtrace Grtrace { get; }

    /// <summary>Modules to load before.</summary>
    public static Option<string[]> LoadOption() => new("--load")
    {
        Description = "a module to load first, with grtrace itself; it stays loaded",
        HelpName = "MODULE",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>Opens it.</summary>
    /// <exception cref="NotOnTargetException">grtrace is not there; says why and what to do.</exception>
    public static async Task<GrtracePlace> OpenAsync(string place, IReadOnlyList<string>? load, CancellationToken cancellationToken)
    {
        var target = await Composition.OpenTargetAsync(Places.Find(place), cancellationToken);
        try
        {
            // Never disposed: a person's settings stay.
            var changes = new TargetChanges(target, ChangeJournal.InMemory(), TimeProvider.System);
            if (load is { Count: > 0 })
            {
                var modules = new GrtraceModules(changes);
                foreach (var module in load.Prepend(GrtraceModules.Core).Distinct(StringComparer.Ordinal))
                {
                    _ = await modules.LoadAsync(module, [], cancellationToken);
                }
            }

            return new GrtracePlace(target, changes, await Grtrace.OpenAsync(changes, cancellationToken));
        }
        catch
        {
            await target.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets the target go.</summary>
    public ValueTask DisposeAsync() => Target.DisposeAsync();
}
