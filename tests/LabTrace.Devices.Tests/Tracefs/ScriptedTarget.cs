using System.Text;

namespace LabTrace.Devices.Tests;

/// <summary>A target whose files are a dictionary and whose refusals are written down beforehand: for kernels this machine does not have.</summary>
internal sealed class ScriptedTarget : ITarget
{
    public const string TracefsPath = "/sys/kernel/tracing";

    private readonly Dictionary<string, byte[]> _files = [];
    private readonly HashSet<string> _directories = [];
    private readonly Dictionary<string, Errno> _refusals = [];

    public List<string> Writes { get; } = [];

    public List<string> Commands { get; } = [];

    public Func<Command, (int ExitCode, string Error)> Runs { get; set; } = _ => (0, "");

    public string Name => "bench-3";

    public TargetKind Kind => TargetKind.Emulated;

    public TimeProvider Time => TimeProvider.System;

    /// <summary>A kernel with a tracefs that has one event and no luxuries.</summary>
    public static ScriptedTarget WithTracefs() => new ScriptedTarget()
        .File("/proc/mounts", $"tracefs {TracefsPath} tracefs rw 0 0\n")
        .File($"{TracefsPath}/available_tracers", "nop\n")
        .File($"{TracefsPath}/available_events", "sched:sched_switch\n")
        .File($"{TracefsPath}/events/sched/sched_switch/enable", "0\n")
        .Directory(TracefsPath).Directory($"{TracefsPath}/instances");

    public ScriptedTarget File(string path, string text) => File(path, Encoding.UTF8.GetBytes(text));

    public ScriptedTarget File(string path, byte[] content)
    {
        _files[path] = content;
        return this;
    }

    public ScriptedTarget Directory(string path)
    {
        _ = _directories.Add(path);
        return this;
    }

    /// <summary>Any call that ends a path with this is refused.</summary>
    public ScriptedTarget Refuse(string pathEnd, Errno errno)
    {
        _refusals[pathEnd] = errno;
        return this;
    }

    public ScriptedTarget Allow(string pathEnd)
    {
        _ = _refusals.Remove(pathEnd);
        return this;
    }

    public ValueTask<KernelIdentity> ReadKernelIdentityAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(new KernelIdentity("6.1", "#1", "x86_64", Name, "boot", 1));

    public ValueTask<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        Check("read", path);
        return _files.TryGetValue(path, out var content)
            ? ValueTask.FromResult(content)
            : throw new TargetIOException(Name, "read", path, Errno.ENOENT);
    }

    public async ValueTask<IReadOnlyList<ReadOutcome>> ReadManyAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var outcomes = new List<ReadOutcome>();
        foreach (var path in paths)
        {
            try
            {
                outcomes.Add(new ReadOutcome(path, await ReadAsync(path, cancellationToken), Errno.None));
            }
            catch (TargetIOException e)
            {
                outcomes.Add(new ReadOutcome(path, null, e.Errno));
            }
        }

        return outcomes;
    }

    public ValueTask WriteAsync(string path, ReadOnlyMemory<byte> content, WriteMode mode, CancellationToken cancellationToken)
    {
        Check("write", path);
        Writes.Add($"{path}: {Encoding.UTF8.GetString(content.Span).TrimEnd('\n')}");
        return ValueTask.CompletedTask;
    }

    public async ValueTask<IReadOnlyList<WriteOutcome>> WriteManyAsync(IReadOnlyList<FileWrite> writes, CancellationToken cancellationToken)
    {
        var outcomes = new List<WriteOutcome>();
        foreach (var write in writes)
        {
            try
            {
                await WriteAsync(write.Path, write.Content, write.Mode, cancellationToken);
                outcomes.Add(new WriteOutcome(write.Path, Errno.None));
            }
            catch (TargetIOException e)
            {
                outcomes.Add(new WriteOutcome(write.Path, e.Errno));
                break;
            }
        }

        return outcomes;
    }

    public ValueTask<IReadOnlyList<DirectoryEntry>> ListAsync(string path, CancellationToken cancellationToken)
    {
        Check("list", path);
        return ValueTask.FromResult<IReadOnlyList<DirectoryEntry>>([]);
    }

    public ValueTask<FileStatus?> StatAsync(string path, CancellationToken cancellationToken)
    {
        Check("stat", path);
        FileStatus? status = _files.TryGetValue(path, out var content) ? new FileStatus(FileKind.File, content.Length, 0x1A4)
            : _directories.Contains(path) ? new FileStatus(FileKind.Directory, 0, 0x1ED)
            : null;
        return ValueTask.FromResult(status);
    }

    public ValueTask CreateDirectoryAsync(string path, CancellationToken cancellationToken)
    {
        Check("mkdir", path);
        _ = _directories.Add(path);
        return ValueTask.CompletedTask;
    }

    public ValueTask RemoveDirectoryAsync(string path, CancellationToken cancellationToken)
    {
        Check("rmdir", path);
        _ = _directories.Remove(path);
        return ValueTask.CompletedTask;
    }

    public ValueTask RemoveFileAsync(string path, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<Stream> OpenReadAsync(string path, CancellationToken cancellationToken)
    {
        Check("open", path);
        return _files.TryGetValue(path, out var content)
            ? ValueTask.FromResult<Stream>(new MemoryStream(content))
            : throw new TargetIOException(Name, "open", path, Errno.ENOENT);
    }

    public ValueTask<ITargetProcess> StartAsync(Command command, CancellationToken cancellationToken)
    {
        Commands.Add(command.ToString());
        var (exitCode, error) = Runs(command);
        return ValueTask.FromResult<ITargetProcess>(new EndedProcess(new CommandResult(
            Name, command, exitCode, [], Encoding.UTF8.GetBytes(error), 0, TimedOut: false, TimeSpan.Zero)));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Check(string operation, string path)
    {
        foreach (var (end, errno) in _refusals)
        {
            if (path.EndsWith(end, StringComparison.Ordinal))
            {
                throw new TargetIOException(Name, operation, path, errno);
            }
        }
    }

    private sealed class EndedProcess(CommandResult result) : ITargetProcess
    {
        public int Pid => 4711;

        public Stream StandardOutput => Stream.Null;

        public ValueTask ReleaseAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask SignalAsync(TargetSignal signal, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public Task<CommandResult> WaitAsync(CancellationToken cancellationToken) => Task.FromResult(result);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
