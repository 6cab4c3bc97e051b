using LabTrace.Devices;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Bindings;
using LabTrace.Steps;

namespace LabTrace.Mutation;

/// <summary>Runs a suite's features on machines with one defect each, in this process.</summary>
internal sealed class MutationRun(MutationSuite suite, string directory)
{
    private readonly FeatureSet _features = FeatureSet.Load(suite.Features);
    private readonly BindingRegistry _bindings = BindingRegistry.Build(typeof(TracingSteps).Assembly);
    private readonly Dictionary<string, IReadOnlyList<string>> _expects = new(StringComparer.Ordinal);

    /// <summary>Runs everything without a defect: nothing may fail then, and what is there must be there with a defect too.</summary>
    /// <returns>What failed, or null.</returns>
    public async Task<string?> FindFalseAlarmAsync(CancellationToken cancellationToken)
    {
        foreach (var place in suite.Places)
        {
            using var machines = place.Make(null);
            await using (var target = machines.Open())
            {
                _expects[place.Name] = [.. (await CapabilityCatalog.TryAllAsync(target, cancellationToken)).Where(c => c.Available).Select(c => c.Name)];
            }

            if (await FindAlarmAsync(place, machines, cancellationToken) is { } alarm)
            {
                return alarm;
            }
        }

        return null;
    }

    /// <summary>The first scenario that notices a defect, or null when none does.</summary>
    public async Task<string?> FindAlarmAsync(string defect, CancellationToken cancellationToken)
    {
        foreach (var place in suite.Places)
        {
            using var machines = place.Make(defect);
            if (await FindAlarmAsync(place, machines, cancellationToken) is { } alarm)
            {
                return alarm;
            }
        }

        return null;
    }

    private async Task<string?> FindAlarmAsync(MutationPlace place, MachineMaker machines, CancellationToken cancellationToken)
    {
        // A defect that makes a capability go must not pass for a lab that never had it.
        var description = new PlaceDescription(
            place.Name, TargetKind.Emulated, "", null, _expects.GetValueOrDefault(place.Name) ?? [], new Dictionary<string, string>(0));
        await using var lab = await Lab.OpenAsync(new LabOptions(description, (_, _) => ValueTask.FromResult(machines.Open()), directory), cancellationToken);
        var options = new RunOptions
        {
            FailFast = true,
            OutputDirectory = directory,
            ScenarioTimeout = TimeSpan.FromSeconds(20),
            ConfigureGlobal = container => container.RegisterInstanceAs(lab),
        };
        var summary = await new ScenarioRunner(_features, _bindings, options).RunAsync([], cancellationToken);
        return summary.Scenarios.FirstOrDefault(s => s.Verdict is Verdict.Failed or Verdict.Broken) is { } alarm
            ? $"{alarm.Pickle.Name} [{alarm.Step}] on {place.Name}: {alarm.Message?.Split('\n')[0]}"
            : summary.Problems.Count > 0 ? $"{summary.Problems[0].What}: {summary.Problems[0].Error.Message}"
            : summary.FeatureErrors.Count > 0 ? summary.FeatureErrors[0].ToString()
            : null;
    }
}
