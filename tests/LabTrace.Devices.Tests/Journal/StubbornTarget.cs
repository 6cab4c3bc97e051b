namespace LabTrace.Devices.Tests.Journal;

/// <summary>A target whose directories are busy for a while, and that tells of each change before it makes it.</summary>
internal sealed class StubbornTarget(ITarget inner) : ITarget
{
    public int BusyRemovals { get; set; }

    public Action BeforeChange { get; set; } = static () => { };

    public string Name => inner.Name;

    public TargetKind Kind => inner.Kind;

    public TimeProvider Time => inner.Time;

    public ValueTask<KernelIdentity> ReadKernelIdentityAsync(CancellationToken cancellationToken) =>
        inner.ReadKernelIdentityAsync(cancellationToken);

    public ValueTask<byte[]> ReadAsync(string path, CancellationToken cancellationToken) => inner.ReadAsync(path, cancellationToken);

    public ValueTask<IReadOnlyList<ReadOutcome>> ReadManyAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken) =>
        inner.ReadManyAsync(paths, cancellationToken);

    public ValueTask WriteAsync(string path, ReadOnlyMemory<byte> content, WriteMode mode, CancellationToken cancellationToken) =>
        inner.WriteAsync(path, content, mode, cancellationToken);

    public ValueTask<IReadOnlyList<WriteOutcome>> WriteManyAsync(IReadOnlyList<FileWrite> writes, CancellationToken cancellationToken) =>
        inner.WriteManyAsync(writes, cancellationToken);

    public ValueTask<IReadOnlyList<DirectoryEntry>> ListAsync(string path, CancellationToken cancellationToken) =>
        inner.ListAsync(path, cancellationToken);

    public ValueTask<FileStatus?> StatAsync(string path, CancellationToken cancellationToken) => inner.StatAsync(path, cancellationToken);

    public ValueTask CreateDirectoryAsync(string path, CancellationToken cancellationToken)
    {
        BeforeChange();
        return inner.CreateDirectoryAsync(path, cancellationToken);
    }

    public ValueTask RemoveDirectoryAsync(string path, CancellationToken cancellationToken) =>
        BusyRemovals-- > 0
            ? throw new TargetIOException(Name, "rmdir", path, Errno.EBUSY)
            : inner.RemoveDirectoryAsync(path, cancellationToken);

    public ValueTask RemoveFileAsync(string path, CancellationToken cancellationToken) => inner.RemoveFileAsync(path, cancellationToken);

    public ValueTask<Stream> OpenReadAsync(string path, CancellationToken cancellationToken) => inner.OpenReadAsync(path, cancellationToken);

    public ValueTask<ITargetProcess> StartAsync(Command command, CancellationToken cancellationToken) =>
        inner.StartAsync(command, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
