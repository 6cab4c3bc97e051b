namespace LabTrace.Devices;

/// <summary>Where capabilities are tried: one target, and one throw-away trace instance for all probes that need one.</summary>
internal sealed class ProbeBench(ITarget target) : IAsyncDisposable
{
    private const int BufferKib = 64;

    // Settings of the instance go with it, so they are not taken back one by one: that would be most of the probing's time.
    private readonly TargetChanges _settings = TargetChanges.InMemory(target);
    private readonly TargetChanges _changes = TargetChanges.InMemory(target);
    private Task<Tracefs>? _tracefs;
    private Task<TraceInstance>? _instance;

    public ITarget Target => target;

    /// <summary>The target's tracefs; mounted for the time of the probing if need be.</summary>
    public Task<Tracefs> TracefsAsync(CancellationToken cancellationToken) =>
        _tracefs ??= Tracefs.OpenAsync(_changes, cancellationToken);

    /// <summary>A trace instance that nobody else uses, its recording off, for changes that end with it.</summary>
    public async Task<TraceInstance> InstanceAsync(CancellationToken cancellationToken) =>
        (await TracefsAsync(cancellationToken)).With(_settings).Borrow((await UndoneInstanceAsync(cancellationToken)).Name);

    /// <summary>The same instance, for changes beyond it, which are taken back one by one.</summary>
    public Task<TraceInstance> UndoneInstanceAsync(CancellationToken cancellationToken) => _instance ??= MakeInstanceAsync(cancellationToken);

    public async Task<string> ReadAsync(string path, CancellationToken cancellationToken) => await target.ReadTextAsync(path, cancellationToken);

    /// <summary>Runs a program that is to end with zero.</summary>
    public async Task<CommandResult> RunAsync(Command command, CancellationToken cancellationToken) =>
        (await _changes.RunAsync(command, cancellationToken)).EnsureSuccess();

    public ValueTask DisposeAsync() => _changes.DisposeAsync();

    private async Task<TraceInstance> MakeInstanceAsync(CancellationToken cancellationToken)
    {
        var instance = await (await TracefsAsync(cancellationToken)).CreateInstanceAsync("doctor", cancellationToken);

        // Small: nothing long is recorded, and the kernel sets memory aside for every cpu.
        await target.WriteTextAsync(instance.Path + "/buffer_size_kb", $"{BufferKib}", cancellationToken);
        return instance;
    }
}
