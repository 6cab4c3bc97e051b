namespace LabTrace.Devices;

/// <summary>Where capabilities are tried: one target, and one throw-away trace instance for all probes that need one.</summary>
/// <param name="changes">Takes back what the probes change, when its owner says so.</param>
internal sealed class ProbeBench(TargetChanges changes)
{
    private const int BufferKib = 64;

    // Settings of the instance go with it, so they are not taken back one by one: that would be most of the probing's time.
    private readonly TargetChanges _settings = TargetChanges.InMemory(changes.Target);
    private Task<Tracefs>? _tracefs;
    private Task<TraceInstance>? _instance;

    public ITarget Target => changes.Target;

    /// <summary>The way to change the target; what a probe changes is taken back.</summary>
    public TargetChanges Changes => changes;

    /// <summary>The target's tracefs; mounted for the time of the probing if need be.</summary>
    public Task<Tracefs> TracefsAsync(CancellationToken cancellationToken) =>
        _tracefs ??= Tracefs.OpenAsync(changes, cancellationToken);

    /// <summary>A trace instance that nobody else uses, its recording off, for changes that end with it.</summary>
    public async Task<TraceInstance> InstanceAsync(CancellationToken cancellationToken) =>
        (await TracefsAsync(cancellationToken)).With(_settings).Borrow((await UndoneInstanceAsync(cancellationToken)).Name);

    /// <summary>The same instance, for changes beyond it, which are taken back one by one.</summary>
    public Task<TraceInstance> UndoneInstanceAsync(CancellationToken cancellationToken) => _instance ??= MakeInstanceAsync(cancellationToken);

    public async Task<string> ReadAsync(string path, CancellationToken cancellationToken) => await Target.ReadTextAsync(path, cancellationToken);

    /// <summary>Runs a program that is to end with zero.</summary>
    public async Task<CommandResult> RunAsync(Command command, CancellationToken cancellationToken) =>
        (await changes.RunAsync(command, cancellationToken)).EnsureSuccess();

    /// <summary>Sets an attribute of a Time Card, for the time of the probing.</summary>
    public Task SetAsync(TimeCards.TimeCard card, string attribute, string value, CancellationToken cancellationToken) =>
        card.SetAsync(changes, attribute, value, cancellationToken);

    private async Task<TraceInstance> MakeInstanceAsync(CancellationToken cancellationToken)
    {
        var instance = await (await TracefsAsync(cancellationToken)).CreateInstanceAsync("doctor", cancellationToken);

        // Small: nothing long is recorded, and the kernel sets memory aside for every cpu.
        await Target.WriteTextAsync(instance.Path + "/buffer_size_kb", $"{BufferKib}", cancellationToken);
        return instance;
    }
}
