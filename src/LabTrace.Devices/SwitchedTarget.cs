namespace LabTrace.Devices;

/// <summary>A target behind a link that is made anew when its machine boots: callers keep the one target they have.</summary>
/// <param name="name">The place's name.</param>
/// <param name="kind">How the target is reached.</param>
/// <param name="time">The clock for waits.</param>
internal abstract class SwitchedTarget(string name, TargetKind kind, TimeProvider time) : IBootableTarget, IKernelLogTarget, IBpfTarget, IDeviceTarget, ILinkTarget
{
    private ITarget? _current;

    public string Name { get; } = name;

    public TargetKind Kind { get; } = kind;

    public TimeProvider Time { get; } = time;

    public abstract string? Down { get; }

    public abstract bool IsDisposable { get; }

    /// <summary>Counts the links there have been.</summary>
    internal int Generation { get; private set; }

    /// <summary>The target behind the link that is in use.</summary>
    internal ITarget Current => _current ?? throw new TargetUnreachableException(Name, Down ?? "it is booting");

    public abstract Task RebootAsync(TimeSpan limit, CancellationToken cancellationToken);

    public abstract Task RenewAsync(CancellationToken cancellationToken);

    public virtual bool WantsFresh(string feature) => false;

    public virtual void Spend()
    {
    }

    public virtual Task EndAsync(string why) => Task.CompletedTask;

    public virtual IKernelLogSource OpenKernelLog() => new SwitchedKernelLog(this);

    /// <summary>What a machine that no longer answers has said since a moment of its own time; none where nobody hears it.</summary>
    internal virtual IReadOnlyList<KernelLogRecord> LastWords(ulong afterMicroseconds) => [];

    public ValueTask<KernelIdentity> ReadKernelIdentityAsync(CancellationToken cancellationToken) => Current.ReadKernelIdentityAsync(cancellationToken);

    public ValueTask<byte[]> ReadAsync(string path, CancellationToken cancellationToken) => Current.ReadAsync(path, cancellationToken);

    public ValueTask<IReadOnlyList<ReadOutcome>> ReadManyAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken) =>
        Current.ReadManyAsync(paths, cancellationToken);

    public ValueTask WriteAsync(string path, ReadOnlyMemory<byte> content, WriteMode mode, CancellationToken cancellationToken) =>
        Current.WriteAsync(path, content, mode, cancellationToken);

    public ValueTask<IReadOnlyList<WriteOutcome>> WriteManyAsync(IReadOnlyList<FileWrite> writes, CancellationToken cancellationToken) =>
        Current.WriteManyAsync(writes, cancellationToken);

    public ValueTask<IReadOnlyList<DirectoryEntry>> ListAsync(string path, CancellationToken cancellationToken) => Current.ListAsync(path, cancellationToken);

    public ValueTask<FileStatus?> StatAsync(string path, CancellationToken cancellationToken) => Current.StatAsync(path, cancellationToken);

    public ValueTask CreateDirectoryAsync(string path, CancellationToken cancellationToken) => Current.CreateDirectoryAsync(path, cancellationToken);

    public ValueTask RemoveDirectoryAsync(string path, CancellationToken cancellationToken) => Current.RemoveDirectoryAsync(path, cancellationToken);

    public ValueTask RemoveFileAsync(string path, CancellationToken cancellationToken) => Current.RemoveFileAsync(path, cancellationToken);

    public ValueTask<Stream> OpenReadAsync(string path, CancellationToken cancellationToken) => Current.OpenReadAsync(path, cancellationToken);

    public ValueTask<ITargetProcess> StartAsync(Command command, CancellationToken cancellationToken) => Current.StartAsync(command, cancellationToken);

    public ValueTask<IBpfSession> StartBpfAsync(BpfRequest request, CancellationToken cancellationToken) =>
        Current is IBpfTarget target ? target.StartBpfAsync(request, cancellationToken) : throw NeedsAgent("running BPF programs");

    public ValueTask<IDeviceFile> OpenDeviceAsync(string path, bool canWrite, CancellationToken cancellationToken) =>
        Current is IDeviceTarget target ? target.OpenDeviceAsync(path, canWrite, cancellationToken) : throw NeedsAgent($"opening the device {path}");

    public ValueTask<string> ReadLinkAsync(string path, CancellationToken cancellationToken) =>
        Current is ILinkTarget target ? target.ReadLinkAsync(path, cancellationToken) : throw NeedsAgent("reading a symbolic link");

    public async ValueTask DisposeAsync()
    {
        await CloseCurrentAsync();
        await DisposeMachineAsync();
    }

    /// <summary>Lets the machine go, behind its link.</summary>
    protected abstract ValueTask DisposeMachineAsync();

    /// <summary>Goes on behind another link.</summary>
    protected void Switch(ITarget target)
    {
        _current = target;
        Generation++;
    }

    /// <summary>Closes the link that is in use.</summary>
    protected async ValueTask CloseCurrentAsync()
    {
        if (Interlocked.Exchange(ref _current, null) is { } target)
        {
            await target.DisposeAsync();
        }
    }

    private NotOnTargetException NeedsAgent(string what) => new(
        $"{what} on target '{Name}' needs the agent, which does not run there{(_current is Shell.ShellTarget { WithoutAgent: { } why } ? $": {why}" : "")}", "use a bench that can run the agent");
}
