using LabTrace.Devices;
using LabTrace.Tracing;
using NUnit.Framework;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>What the grtrace steps of one scenario share: the tracer, its counters when the scenario began, what was injected and what was read.</summary>
public sealed partial class GrtraceBench(ScenarioPlace place, TracingBench tracing, IReqnrollOutputHelper output)
{
    private const string Debugfs = "/sys/kernel/debug";
    private Grtrace? grtrace;
    private GrtraceModules? modules;
    private GrtraceStats before = new(new Dictionary<string, long>());
    private GrtraceStats? kept;
    private readonly GrtraceCapture capture = new();
    private GrtTally? tally;
    private bool wasEnabled;

    /// <summary>Events that the scenario offered itself; a program's are not known.</summary>
    public long Offered { get; private set; }

    private CancellationToken Cancellation => place.Cancellation;

    private Grtrace Tracer => grtrace ?? throw new InvalidOperationException("no step has opened grtrace; use the step `Given grtrace is loaded` first");

    /// <summary>Loads the core, if it is not, and takes its counters as the beginning.</summary>
    public async Task LoadAsync(string parameters)
    {
        _ = await (await ModulesAsync()).LoadAsync(GrtraceModules.Core, parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries), Cancellation);
        await OpenAsync();
    }

    /// <summary>Opens grtrace as it is.</summary>
    public async Task OpenAsync()
    {
        grtrace = await Grtrace.OpenAsync((await place.OpenAsync()).Changes, Cancellation);
        before = await grtrace.ReadStatsAsync(Cancellation);
        wasEnabled = before.IsEnabled;
        await grtrace.CollectAsync(new GrtraceCapture(), Cancellation);
    }

    public async Task LoadModuleAsync(string module, string parameters)
    {
        _ = await (await ModulesAsync()).LoadAsync(module, parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries), Cancellation);
        if (grtrace is null)
        {
            await OpenAsync();
        }

        await Tracer.RefreshAsync(Cancellation);
    }

    public async Task LoadModulesAsync(string names) =>
        await (await ModulesAsync()).LoadAllAsync(names.Split((char[])[',', ' '], StringSplitOptions.RemoveEmptyEntries), Cancellation);

    public async Task InsertModuleAsync(string module) => _ = await (await ModulesAsync()).InsertAsync(module, [], Cancellation);

    public async Task UnloadModuleAsync(string module)
    {
        await (await ModulesAsync()).UnloadAsync(module, Cancellation);
        if (module == GrtraceModules.Core)
        {
            grtrace = null;
        }
        else if (grtrace is not null)
        {
            await grtrace.RefreshAsync(Cancellation);
        }
    }

    public async Task ModuleShouldBeLoadedAsync(string module, bool loaded)
    {
        if (await (await ModulesAsync()).IsLoadedAsync(module, Cancellation) != loaded)
        {
            var all = await (await ModulesAsync()).ReadLoadedAsync(Cancellation);
            Assert.Fail($"expected: the module {module} {(loaded ? "is loaded" : "is not loaded")}\n  found:    {(all.Count == 0 ? "no module of grtrace is" : string.Join(", ", all.Select(m => m.Name)) + " are")} loaded");
        }
    }

    public async Task ModuleShouldBeUsedByAsync(string module, string user)
    {
        var found = (await (await ModulesAsync()).ReadLoadedAsync(Cancellation)).FirstOrDefault(m => m.Name == module);
        if (found?.Users.Contains(user, StringComparer.Ordinal) != true)
        {
            Assert.Fail($"expected: {module} is used by {user}\n  found:    {(found is null ? "it is not loaded" : $"{found.References} references: {string.Join(", ", found.Users)}")}");
        }
    }

    /// <summary>Takes debugfs away for the scenario.</summary>
    public async Task UnmountDebugfsAsync() => await (await place.OpenAsync()).Changes.RunUndoableAsync(
        new Command("umount", Debugfs), new Command("mount", "-t", "debugfs", "debugfs", Debugfs), isVolatile: true, Cancellation);

    /// <summary>Asks for one of the emulated machine's faults.</summary>
    public async Task FaultAsync(string file, string value) =>
        await (await place.OpenAsync()).Target.WriteTextAsync($"{Debugfs}/labtrace/grtrace/{file}", value, Cancellation);

    /// <summary>Stops what the scenario started, before settings are restored that cannot be while it runs.</summary>
    public async Task StopAtEndAsync()
    {
        if (grtrace is { } running && !wasEnabled && (await place.OpenAsync()).Target is var target && await target.ExistsAsync(running.Path, Cancellation))
        {
            await running.StopAsync(CancellationToken.None);
        }
    }

    private async Task<GrtraceModules> ModulesAsync() => modules ??= new GrtraceModules((await place.OpenAsync()).Changes);
}
