using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace LabTrace.Devices;

/// <summary>The machine LabTrace runs on, through its C library.</summary>
/// <remarks>
/// A call that the kernel holds up (a wedged driver) is left to itself when its token is cancelled: the kernel may still
/// finish it. Only a file that has just answered at once is asked on the caller's thread (<see cref="IsDirect"/>). A batch runs
/// on one thread from end to end.
/// </remarks>
/// <param name="name">The place's name, for messages.</param>
public sealed class LocalTarget(string name = "local") : ITarget, IBpfTarget, IDeviceTarget, ILinkTarget
{
    private readonly PromptFiles _promptReads = new();
    private readonly PromptFiles _promptWrites = new();

    /// <summary>
    /// Whether single reads and writes of files that answered within a millisecond the last time are made on the caller's thread, which saves most of their time. A
    /// driver that wedges between two of them holds the caller up; who serves others meanwhile says false.
    /// </summary>
    public bool IsDirect { get; init; } = true;

    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public TargetKind Kind => TargetKind.Local;

    /// <inheritdoc/>
    public TimeProvider Time => TimeProvider.System;

    /// <inheritdoc/>
    public ValueTask<KernelIdentity> ReadKernelIdentityAsync(CancellationToken cancellationToken) =>
        OffThread(ReadKernelIdentity, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        LocalFiles.CheckPath(path);
        return IsDirect && _promptReads.Contains(path)
            ? ReadNow(path, cancellationToken)
            : OffThread(
                () =>
                {
                    var start = Time.GetTimestamp();
                    Check(LocalFiles.Read(path, cancellationToken, out var content), "read", path);
                    _promptReads.Learn(path, Time.GetElapsedTime(start));
                    return content;
                },
                cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ReadOutcome>> ReadManyAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        foreach (var path in paths)
        {
            LocalFiles.CheckPath(path);
        }

        return OffThread<IReadOnlyList<ReadOutcome>>(
            () =>
            {
                var outcomes = new ReadOutcome[paths.Count];
                for (var i = 0; i < outcomes.Length; i++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var errno = LocalFiles.Read(paths[i], cancellationToken, out var content);
                    outcomes[i] = new ReadOutcome(paths[i], errno == Errno.None ? content : null, errno);
                }

                return outcomes;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(string path, ReadOnlyMemory<byte> content, WriteMode mode, CancellationToken cancellationToken)
    {
        LocalFiles.CheckPath(path);
        return IsDirect && mode != WriteMode.Create && _promptWrites.Contains(path)
            ? WriteNow(path, content.Span, mode, cancellationToken)
            : WriteOffThreadAsync(path, content, mode, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<WriteOutcome>> WriteManyAsync(IReadOnlyList<FileWrite> writes, CancellationToken cancellationToken)
    {
        foreach (var write in writes)
        {
            LocalFiles.CheckPath(write.Path);
        }

        return OffThread<IReadOnlyList<WriteOutcome>>(
            () =>
            {
                var outcomes = new List<WriteOutcome>(writes.Count);
                foreach (var write in writes)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var errno = LocalFiles.Write(write.Path, write.Content.Span, write.Mode, out var written);
                    errno = errno == Errno.None && written < write.Content.Length ? Errno.EIO : errno;
                    outcomes.Add(new WriteOutcome(write.Path, errno));
                    if (errno != Errno.None)
                    {
                        break;
                    }
                }

                return outcomes;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DirectoryEntry>> ListAsync(string path, CancellationToken cancellationToken)
    {
        LocalFiles.CheckPath(path);
        return OffThread<IReadOnlyList<DirectoryEntry>>(
            () =>
            {
                Check(LocalFiles.List(path, out var entries), "list", path);
                return entries;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<FileStatus?> StatAsync(string path, CancellationToken cancellationToken)
    {
        LocalFiles.CheckPath(path);
        return OffThread(
            () =>
            {
                var errno = LocalFiles.Stat(path, follow: true, out var status);
                if (errno is Errno.ENOENT or Errno.ENOTDIR)
                {
                    return null;
                }

                Check(errno, "stat", path);
                return status;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask CreateDirectoryAsync(string path, CancellationToken cancellationToken) =>
        CallAsync(LocalFiles.CreateDirectory, "mkdir", path, cancellationToken);

    /// <inheritdoc/>
    public ValueTask RemoveDirectoryAsync(string path, CancellationToken cancellationToken) =>
        CallAsync(LocalFiles.RemoveDirectory, "rmdir", path, cancellationToken);

    /// <inheritdoc/>
    public ValueTask RemoveFileAsync(string path, CancellationToken cancellationToken) =>
        CallAsync(LocalFiles.RemoveFile, "remove", path, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Stream> OpenReadAsync(string path, CancellationToken cancellationToken)
    {
        LocalFiles.CheckPath(path);
        return ToEnd<Stream>(
            () =>
            {
                var fd = LocalFiles.Open(path, Libc.ReadOnly | Libc.NonBlocking, out var errno);
                Check(errno, "open", path);
                return new PolledReadStream(Name, path, new SafeFileHandle(fd, ownsHandle: true), Time);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<ITargetProcess> StartAsync(Command command, CancellationToken cancellationToken)
    {
        var process = await ToEnd(() => LocalProcess.Start(Name, command, Time), cancellationToken);
        try
        {
            await process.Waiting.WaitAsync(cancellationToken);
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<IBpfSession> StartBpfAsync(BpfRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ToEnd<IBpfSession>(() => LocalBpfSession.Start(Name, request, ReadKernelIdentity().Release, Time), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IDeviceFile> OpenDeviceAsync(string path, bool canWrite, CancellationToken cancellationToken)
    {
        LocalFiles.CheckPath(path);
        return ToEnd<IDeviceFile>(() => LocalDeviceFile.Open(Name, path, canWrite), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<string> ReadLinkAsync(string path, CancellationToken cancellationToken)
    {
        LocalFiles.CheckPath(path);
        return OffThread(
            () =>
            {
                Check(LocalFiles.ReadLink(path, out var text), "readlink", path);
                return text;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ValueTask<byte[]> ReadNow(string path, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<byte[]>(cancellationToken);
        }

        try
        {
            var start = Time.GetTimestamp();
            var errno = LocalFiles.Read(path, cancellationToken, out var content);
            _promptReads.Keep(path, Time.GetElapsedTime(start));
            return errno == Errno.None ? ValueTask.FromResult(content) : ValueTask.FromException<byte[]>(Refused(errno, "read", path));
        }
        catch (OperationCanceledException)
        {
            return ValueTask.FromCanceled<byte[]>(cancellationToken);
        }
    }

    private ValueTask WriteNow(string path, ReadOnlySpan<byte> content, WriteMode mode, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        var start = Time.GetTimestamp();
        var errno = LocalFiles.Write(path, content, mode, out var written);
        _promptWrites.Keep(path, Time.GetElapsedTime(start));
        return errno != Errno.None ? ValueTask.FromException(Refused(errno, $"write {Preview(content)} to", path))
            : written < content.Length ? ValueTask.FromException(ShortWrite(Name, path, written, content.Length))
            : ValueTask.CompletedTask;
    }

    private async ValueTask WriteOffThreadAsync(string path, ReadOnlyMemory<byte> content, WriteMode mode, CancellationToken cancellationToken) =>
        _ = await OffThread(
            () =>
            {
                var start = Time.GetTimestamp();
                Check(LocalFiles.Write(path, content.Span, mode, out var written), $"write {Preview(content.Span)} to", path);
                _promptWrites.Learn(path, Time.GetElapsedTime(start));
                return written == content.Length ? 0 : throw ShortWrite(Name, path, written, content.Length);
            },
            cancellationToken);

    private async ValueTask CallAsync(Func<string, Errno> call, string operation, string path, CancellationToken cancellationToken)
    {
        LocalFiles.CheckPath(path);
        _ = await OffThread(
            () =>
            {
                Check(call(path), operation, path);
                return 0;
            },
            cancellationToken);
    }

    // The kernel may hold up any call; a caller that gives up must not be held up with it.
    private static async ValueTask<T> OffThread<T>(Func<T> call, CancellationToken cancellationToken) =>
        await Task.Run(call, cancellationToken).WaitAsync(cancellationToken);

    // Not given up half-way: what was opened or started must not be lost.
    private static async ValueTask<T> ToEnd<T>(Func<T> call, CancellationToken cancellationToken) =>
        await Task.Run(call, cancellationToken);

    private static KernelIdentity ReadKernelIdentity()
    {
        const int fieldSize = 65;
        Span<byte> names = stackalloc byte[6 * fieldSize];
        _ = Libc.Uname(names);
        var bootId = LocalFiles.Read("/proc/sys/kernel/random/boot_id", out var content) == Errno.None
            ? Encoding.ASCII.GetString(content).Trim()
            : "unknown";
        return new KernelIdentity(
            Release: Field(names, 2),
            Version: Field(names, 3),
            Machine: Field(names, 4),
            HostName: Field(names, 1),
            bootId,
            CpuCount: (int)Libc.SystemConfiguration(Libc.ProcessorsOnline));

        static string Field(ReadOnlySpan<byte> names, int index)
        {
            var field = names.Slice(index * fieldSize, fieldSize);
            return Encoding.UTF8.GetString(field[..field.IndexOf((byte)0)]);
        }
    }

    private void Check(Errno errno, string operation, string path)
    {
        if (errno != Errno.None)
        {
            Throw(errno, operation, path);
        }
    }

    [DoesNotReturn]
    private void Throw(Errno errno, string operation, string path) =>
        throw Refused(errno, operation, path);

    private TargetIOException Refused(Errno errno, string operation, string path) =>
        new(Name, operation, path, errno, TargetIOException.HintFor(errno, path));

    /// <summary>The error of a write(2) of which the kernel took a part.</summary>
    internal static TargetIOException ShortWrite(string target, string path, int written, int length) =>
        new(
            target,
            string.Create(CultureInfo.InvariantCulture, $"write {length} bytes (the kernel took {written}) to"),
            path,
            Errno.EIO,
            "write less at once; the file takes one value per write(2)");

    /// <summary>What is written, for messages.</summary>
    internal static string Preview(ReadOnlySpan<byte> content)
    {
        const int longest = 60;
        var text = Encoding.UTF8.GetString(content.Length > longest ? content[..longest] : content).TrimEnd('\n');
        return content.Length > longest || text.Any(char.IsControl) ? $"{content.Length} bytes" : $"'{text}'";
    }
}
