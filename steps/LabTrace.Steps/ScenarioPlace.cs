using LabTrace.Devices;
using Reqnroll;
using Reqnroll.BoDi;

namespace LabTrace.Steps;

/// <summary>The place as this scenario has it. Opened when the first step asks for it, so that a scenario that needs no target costs none.</summary>
public sealed class ScenarioPlace(IObjectContainer container, ScenarioContext scenario)
{
    private LabScenario? opened;

    /// <summary>Cancelled by Ctrl-C and by the engine when a step takes too long.</summary>
    public CancellationToken Cancellation =>
        container.IsRegistered<CancellationTokenSource>() ? container.Resolve<CancellationTokenSource>().Token : Lab.Interrupt;

    public Lab Lab => container.Resolve<Lab>();

    public async Task<LabScenario> OpenAsync() =>
        opened ??= await Lab.OpenScenarioAsync(scenario.ScenarioInfo.Title, Cancellation);

    /// <summary>Undoes what the scenario changed; what could not be undone breaks the scenario.</summary>
    public async Task CloseAsync()
    {
        if (opened is null)
        {
            return;
        }

        var report = await opened.CloseAsync();
        if (!report.IsComplete)
        {
            throw new LabNotRestoredException(opened.Target.Name, report);
        }
    }
}
