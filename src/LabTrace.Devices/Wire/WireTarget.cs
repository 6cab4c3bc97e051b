namespace LabTrace.Devices.Wire;

/// <summary>A target at the other end of a wire, served there by the agent: every call of <see cref="ITarget"/> is one message each way.</summary>
/// <param name="name">The place's name.</param>
/// <param name="kind">How the target is reached.</param>
/// <param name="link">The wire; closed with the target.</param>
/// <param name="time">The clock for waits.</param>
/// <param name="carrier">What carries the wire, closed behind it; null when the caller closes it.</param>
internal sealed class WireTarget(string name, TargetKind kind, WireLink link, TimeProvider time, IAsyncDisposable? carrier = null) : ITarget, IBpfTarget, IDeviceTarget, ILinkTarget, ILockTarget
{
    /// <summary>How long the kernel may hold up a call on a file before it is told as ETIMEDOUT.</summary>
    internal static readonly TimeSpan CallLimit = TimeSpan.FromMinutes(1);

    public string Name { get; } = name;

    public TargetKind Kind { get; } = kind;

    public TimeProvider Time { get; } = time;

    internal WireLink Link { get; } = link;

    public async ValueTask<KernelIdentity> ReadKernelIdentityAsync(CancellationToken cancellationToken)
    {
        var reader = Result(await CallAsync(WireCall.KernelIdentity, null, cancellationToken));
        return new KernelIdentity(reader.Text(), reader.Text(), reader.Text(), reader.Text(), reader.Text(), reader.Int32());
    }

    public async ValueTask<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        LocalFiles.CheckPath(path);
        return Result(await CallAsync(WireCall.Read, message => message.Text(path), cancellationToken)).Bytes() ?? [];
    }

    public async ValueTask<IReadOnlyList<ReadOutcome>> ReadManyAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        CheckPaths(paths);
        var reader = Result(await CallAsync(WireCall.ReadMany, message => Paths(message, paths), cancellationToken));
        var outcomes = new ReadOutcome[paths.Count];
        for (var i = 0; i < outcomes.Length; i++)
        {
            var errno = reader.Refusal();
            outcomes[i] = new ReadOutcome(paths[i], reader.Bytes(), errno);
        }

        return outcomes;
    }

    public async ValueTask WriteAsync(string path, ReadOnlyMemory<byte> content, WriteMode mode, CancellationToken cancellationToken)
    {
        LocalFiles.CheckPath(path);
        _ = await CallAsync(WireCall.Write, message => Write(message, path, content, mode), cancellationToken);
    }

    public async ValueTask<IReadOnlyList<WriteOutcome>> WriteManyAsync(IReadOnlyList<FileWrite> writes, CancellationToken cancellationToken)
    {
        CheckPaths([.. writes.Select(w => w.Path)]);
        var reader = Result(await CallAsync(
            WireCall.WriteMany,
            message =>
            {
                _ = message.Int32(writes.Count);
                foreach (var write in writes)
                {
                    Write(message, write.Path, write.Content, write.Mode);
                }
            },
            cancellationToken));
        var outcomes = new WriteOutcome[reader.Count(4)];
        for (var i = 0; i < outcomes.Length; i++)
        {
            outcomes[i] = new WriteOutcome(writes[i].Path, reader.Refusal());
        }

        return outcomes;
    }

    public async ValueTask<IReadOnlyList<DirectoryEntry>> ListAsync(string path, CancellationToken cancellationToken)
    {
        var reader = Result(await CallOnPathAsync(WireCall.List, path, cancellationToken));
        var entries = new DirectoryEntry[reader.Count(5)];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = new DirectoryEntry(reader.Text(), (FileKind)reader.Byte());
        }

        return entries;
    }

    public async ValueTask<FileStatus?> StatAsync(string path, CancellationToken cancellationToken)
    {
        var reader = Result(await CallOnPathAsync(WireCall.Stat, path, cancellationToken));
        return reader.Flag() ? new FileStatus((FileKind)reader.Byte(), reader.Int64(), reader.Int32()) : null;
    }

    public async ValueTask CreateDirectoryAsync(string path, CancellationToken cancellationToken) =>
        _ = await CallOnPathAsync(WireCall.CreateDirectory, path, cancellationToken);

    public async ValueTask RemoveDirectoryAsync(string path, CancellationToken cancellationToken) =>
        _ = await CallOnPathAsync(WireCall.RemoveDirectory, path, cancellationToken);

    public async ValueTask RemoveFileAsync(string path, CancellationToken cancellationToken) =>
        _ = await CallOnPathAsync(WireCall.RemoveFile, path, cancellationToken);

    public async ValueTask<Stream> OpenReadAsync(string path, CancellationToken cancellationToken)
    {
        LocalFiles.CheckPath(path);
        var reader = Result(await Link.CallAsync(WireCall.OpenRead, message => message.Text(path), CallLimit, toEnd: true, cancellationToken));
        return new WireReadStream(Link, reader.Int32(), readsAhead: reader.Flag());
    }

    public async ValueTask<ITargetProcess> StartAsync(Command command, CancellationToken cancellationToken)
    {
        var reader = Result(await Link.CallAsync(
            WireCall.Start, message => WireCommand.Write(message, command), CallLimit, toEnd: true, cancellationToken));
        return new WireProcess(Name, command, Link, reader.Int32(), reader.Int32());
    }

    public async ValueTask<IBpfSession> StartBpfAsync(BpfRequest request, CancellationToken cancellationToken)
    {
        request.Check();
        var reader = Result(await Link.CallAsync(WireCall.BpfStart, message => WireBpf.Write(message, request), CallLimit, toEnd: true, cancellationToken));
        var (handle, report) = WireBpf.ReadStarted(Name, request.Program, ref reader);
        return new WireBpfSession(Link, handle, report);
    }

    public async ValueTask<string?> TryLockAsync(string path, string holder, CancellationToken cancellationToken)
    {
        LocalFiles.CheckPath(path);
        return Result(await CallAsync(WireCall.Lock, message => message.Text(path).Text(holder), cancellationToken)).OptionalText();
    }

    public async ValueTask<IDeviceFile> OpenDeviceAsync(string path, bool canWrite, CancellationToken cancellationToken)
    {
        LocalFiles.CheckPath(path);
        var reader = Result(await Link.CallAsync(
            WireCall.DeviceOpen, message => message.Text(path).Flag(canWrite), CallLimit, toEnd: true, cancellationToken));
        return new WireDeviceFile(Link, reader.Int32(), path);
    }

    public async ValueTask<string> ReadLinkAsync(string path, CancellationToken cancellationToken) =>
        Result(await CallOnPathAsync(WireCall.ReadLink, path, cancellationToken)).Text();

    public async ValueTask DisposeAsync()
    {
        await Link.DisposeAsync();
        if (carrier is not null)
        {
            await carrier.DisposeAsync();
        }
    }

    private static WireReader Result(byte[] body)
    {
        var reader = new WireReader(body);
        _ = reader.Byte();
        return reader;
    }

    private static void CheckPaths(IReadOnlyList<string> paths)
    {
        foreach (var path in paths)
        {
            LocalFiles.CheckPath(path);
        }
    }

    private static void Paths(WireWriter message, IReadOnlyList<string> paths)
    {
        _ = message.Int32(paths.Count);
        foreach (var path in paths)
        {
            _ = message.Text(path);
        }
    }

    private static void Write(WireWriter message, string path, ReadOnlyMemory<byte> content, WriteMode mode) =>
        message.Text(path).Byte((byte)mode).Bytes(content.Span);

    private Task<byte[]> CallOnPathAsync(WireCall call, string path, CancellationToken cancellationToken)
    {
        LocalFiles.CheckPath(path);
        return CallAsync(call, message => message.Text(path), cancellationToken);
    }

    private Task<byte[]> CallAsync(WireCall call, Action<WireWriter>? arguments, CancellationToken cancellationToken) =>
        Link.CallAsync(call, arguments, CallLimit, toEnd: false, cancellationToken);
}
