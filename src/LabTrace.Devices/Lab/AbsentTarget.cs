namespace LabTrace.Devices;

/// <summary>Stands where a place's target would be that cannot be had here; whoever asks it something is told why.</summary>
internal sealed class AbsentTarget(PlaceDescription place, PlaceNotAvailableException why) : ITarget
{
    public string Name => place.Name;

    public TargetKind Kind => place.Kind;

    public TimeProvider Time => TimeProvider.System;

    public ValueTask<KernelIdentity> ReadKernelIdentityAsync(CancellationToken cancellationToken) => throw Again();

    public ValueTask<byte[]> ReadAsync(string path, CancellationToken cancellationToken) => throw Again();

    public ValueTask<IReadOnlyList<ReadOutcome>> ReadManyAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken) => throw Again();

    public ValueTask WriteAsync(string path, ReadOnlyMemory<byte> content, WriteMode mode, CancellationToken cancellationToken) => throw Again();

    public ValueTask<IReadOnlyList<WriteOutcome>> WriteManyAsync(IReadOnlyList<FileWrite> writes, CancellationToken cancellationToken) => throw Again();

    public ValueTask<IReadOnlyList<DirectoryEntry>> ListAsync(string path, CancellationToken cancellationToken) => throw Again();

    public ValueTask<FileStatus?> StatAsync(string path, CancellationToken cancellationToken) => throw Again();

    public ValueTask CreateDirectoryAsync(string path, CancellationToken cancellationToken) => throw Again();

    public ValueTask RemoveDirectoryAsync(string path, CancellationToken cancellationToken) => throw Again();

    public ValueTask RemoveFileAsync(string path, CancellationToken cancellationToken) => throw Again();

    public ValueTask<Stream> OpenReadAsync(string path, CancellationToken cancellationToken) => throw Again();

    public ValueTask<ITargetProcess> StartAsync(Command command, CancellationToken cancellationToken) => throw Again();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private PlaceNotAvailableException Again() => why.Again();
}
