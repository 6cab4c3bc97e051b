using LabTrace.Devices;
using Reqnroll;
using Reqnroll.BoDi;

namespace LabTrace.Steps;

/// <summary>The place as this scenario has it. Opened when the first step asks for it, so that a scenario that needs no target costs none.</summary>
public sealed class ScenarioPlace(IObjectContainer container, ScenarioContext scenario, FeatureContext feature)
{
    private LabScenario? opened;

    /// <summary>Cancelled by Ctrl-C and by the engine when a step takes too long.</summary>
    public CancellationToken Cancellation =>
        container.IsRegistered<CancellationTokenSource>() ? container.Resolve<CancellationTokenSource>().Token : Lab.Interrupt;

    public Lab Lab => container.Resolve<Lab>();

    /// <summary>Watches the kernel since the place was opened; null while it is not, and where the log cannot be read.</summary>
    public KernelWatch? KernelWatch { get; private set; }

    /// <summary>Why the kernel is not watched.</summary>
    public string NoKernelWatch { get; private set; } = "the place is not opened";

    public async Task<LabScenario> OpenAsync()
    {
        if (opened is not null)
        {
            return opened;
        }

        opened = await Lab.OpenScenarioAsync(scenario.ScenarioInfo.Title, feature.FeatureInfo.Title, Cancellation);
        try
        {
            KernelWatch = Lab.Place.WatchesKernel ? await opened.WatchKernelAsync(Cancellation) : null;
            NoKernelWatch = "its file says `kernel-log: off`";
        }
        catch (TargetIOException e)
        {
            // Not every user may read it; scenarios that need it say so with @needs:kmsg.
            NoKernelWatch = e.Message;
        }

        return opened;
    }

    /// <summary>Ends a throw-away machine that no longer answers.</summary>
    public Task EndIfDeafAsync() => opened?.EndIfDeafAsync() ?? Task.CompletedTask;

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
