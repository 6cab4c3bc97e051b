using System.Globalization;
using System.Text;

namespace LabTrace.Devices.Shell;

/// <summary>
/// A target that cannot run the agent, served by its own shell over one session: files, programs, streams and the kernel log. What a
/// shell has no words for, such as ioctl(2) and BPF, is not to be had here.
/// </summary>
/// <param name="name">The place's name.</param>
/// <param name="kind">How the target is reached.</param>
/// <param name="link">The session; closed with the target.</param>
/// <param name="why">Why the agent does not run there.</param>
/// <param name="time">The clock for waits.</param>
/// <param name="carrier">What carries the session, closed behind it; null when the caller closes it.</param>
internal sealed class ShellTarget(string name, TargetKind kind, ShellLink link, string why, TimeProvider time, IAsyncDisposable? carrier = null) : ITarget, ILinkTarget, ILockTarget, IKernelLogTarget
{
    private static readonly TimeSpan CallLimit = TimeSpan.FromMinutes(1);
    private readonly List<ShellProcess> _started = [];
    private readonly SemaphoreSlim _starting = new(1, 1);

    public string Name { get; } = name;

    public TargetKind Kind { get; } = kind;

    public TimeProvider Time { get; } = time;

    /// <summary>Why the agent does not run there.</summary>
    public string WithoutAgent { get; } = why;

    internal ShellLink Link { get; } = link;

    public async ValueTask<KernelIdentity> ReadKernelIdentityAsync(CancellationToken cancellationToken)
    {
        var lines = (await OneAsync("who", "read", "/proc/sys/kernel", cancellationToken)).Text.Split('\n');
        return new KernelIdentity(At(0), At(1), At(4), At(2), At(3), CountCpus(At(5)));

        string At(int index) => index < lines.Length && lines[index].Length > 0 ? lines[index] : "unknown";
    }

    public async ValueTask<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        LocalFiles.CheckPath(path);
        var content = (await OneAsync($"rd {ShellScript.Quote(path)}", "read", path, cancellationToken)).Content;
        return content.Length <= LocalFiles.LongestFile ? content : throw Refusal("read", path, Errno.EFBIG, null);
    }

    public async ValueTask<IReadOnlyList<ReadOutcome>> ReadManyAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        if (paths.Count == 0)
        {
            return [];
        }

        var script = new StringBuilder();
        foreach (var path in paths)
        {
            LocalFiles.CheckPath(path);
            _ = script.Append("rd ").Append(ShellScript.Quote(path)).Append("; ");
        }

        var frames = await CallAsync(script + "fin", default, cancellationToken);
        return [.. paths.Zip(frames, (path, frame) => frame.Kind == 'd'
            ? new ReadOutcome(path, frame.Content, Errno.None)
            : new ReadOutcome(path, null, ShellErrno.Find(frame.Text) ?? Errno.EIO))];
    }

    public async ValueTask WriteAsync(string path, ReadOnlyMemory<byte> content, WriteMode mode, CancellationToken cancellationToken)
    {
        LocalFiles.CheckPath(path);
        var (take, payload) = Take(content, "w");
        _ = Check((await CallAsync($"{take}{Write(path, content.Length, mode)}; fin", payload, cancellationToken))[0], $"write {LocalTarget.Preview(content.Span)} to", path);
    }

    public async ValueTask<IReadOnlyList<WriteOutcome>> WriteManyAsync(IReadOnlyList<FileWrite> writes, CancellationToken cancellationToken)
    {
        writes.ToList().ForEach(w => LocalFiles.CheckPath(w.Path));
        var outcomes = new List<WriteOutcome>(writes.Count);
        for (var first = 0; first < writes.Count;)
        {
            // As many in one request as have contents that fit into its line; a longer one goes by itself.
            var script = new StringBuilder();
            ReadOnlyMemory<byte> payload = default;
            var next = first;
            do
            {
                var write = writes[next++];
                (var take, payload) = Take(write.Content, "w");
                _ = script.Append(script.Length == 0 ? "" : " && ").Append("{ ").Append(take).Append(Write(write.Path, write.Content.Length, write.Mode)).Append("; }");
            }
            while (payload.IsEmpty && next < writes.Count && ShellScript.Format(writes[next].Content.Span) is not null);

            foreach (var frame in await CallAsync(script + "; fin", payload, cancellationToken))
            {
                var errno = frame.Kind == 'k' ? Errno.None : ShellErrno.Find(frame.Text) ?? Errno.EIO;
                outcomes.Add(new WriteOutcome(writes[first++].Path, errno));
                if (errno != Errno.None)
                {
                    return outcomes;
                }
            }
        }

        return outcomes;
    }

    public async ValueTask<IReadOnlyList<DirectoryEntry>> ListAsync(string path, CancellationToken cancellationToken)
    {
        LocalFiles.CheckPath(path);
        var entries = (await OneAsync($"li {ShellScript.Quote(path)}", "list", path, cancellationToken)).Text
            .Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Select(word => new DirectoryEntry(word[1..], word[0] switch
            {
                'd' => FileKind.Directory,
                'l' => FileKind.SymbolicLink,
                'f' => FileKind.File,
                _ => FileKind.Special,
            }))
            .ToList();
        entries.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return entries;
    }

    public async ValueTask<FileStatus?> StatAsync(string path, CancellationToken cancellationToken)
    {
        LocalFiles.CheckPath(path);
        var frame = (await CallAsync($"st {ShellScript.Quote(path)}; fin", default, cancellationToken))[0];
        return frame.Kind == 'e' && ShellErrno.Find(frame.Text) is Errno.ENOENT or Errno.ENOTDIR
            ? null
            : ReadStatus(Check(frame, "stat", path).Text);
    }

    public ValueTask CreateDirectoryAsync(string path, CancellationToken cancellationToken) => DoAsync("mk", "mkdir", path, cancellationToken);

    public ValueTask RemoveDirectoryAsync(string path, CancellationToken cancellationToken) => DoAsync("rmd", "rmdir", path, cancellationToken);

    public ValueTask RemoveFileAsync(string path, CancellationToken cancellationToken) => DoAsync("rmf", "remove", path, cancellationToken);

    public async ValueTask<string> ReadLinkAsync(string path, CancellationToken cancellationToken)
    {
        LocalFiles.CheckPath(path);
        var text = (await OneAsync($"lnk {ShellScript.Quote(path)}", "readlink", path, cancellationToken)).Text;
        return text.EndsWith('\n') ? text[..^1] : text;
    }

    public async ValueTask<Stream> OpenReadAsync(string path, CancellationToken cancellationToken)
    {
        LocalFiles.CheckPath(path);
        cancellationToken.ThrowIfCancellationRequested();
        ShellReadStream stream = null!;
        var id = Link.Register(frame => stream?.Take(frame));
        stream = new ShellReadStream(
            Link, $"{id}.sq", ahead: 0, frame => Refusal("read", path, ShellErrno.Find(frame.Text) ?? Errno.EIO, frame.Text), async () =>
            {
                _ = await CallAsync($"cl {id}; fin", default, CancellationToken.None);
                Link.Forget(id);
            });
        try
        {
            // Not given up half-way: what was opened must not be lost.
            _ = Check((await CallAsync($"op {id} {ShellScript.Quote(path)}", default, CancellationToken.None))[0], "open", path);
            return stream;
        }
        catch
        {
            Link.Forget(id);
            throw;
        }
    }

    public async ValueTask<ITargetProcess> StartAsync(Command command, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ProgramLookup.CheckWords(command);
        if (command.WorkingDirectory is { } wanted)
        {
            await CheckDirectoryAsync(wanted);
        }

        await _starting.WaitAsync(cancellationToken);
        try
        {
            await LetGoAsync();
            var process = new ShellProcess(this, Link, command, Time);
            var input = "/dev/null";
            try
            {
                if (!command.StandardInput.IsEmpty)
                {
                    input = $"\"$T/{process.Id}.in\"";
                    var (take, payload) = Take(command.StandardInput, $"{process.Id}.in");
                    _ = await CallAsync(take + "fin", payload, CancellationToken.None);
                }

                var directory = command.WorkingDirectory ?? "";
                var hold = command.HeldAtStart ? "read -r x <&8;" : "";
                var environment = string.Concat(command.Environment.Select(v => $"{v.Key}={ShellScript.Quote(v.Value)}; export {v.Key}; "));
                var search = command.Environment.TryGetValue("PATH", out var own) ? own : "";
                var request = $"E={ShellScript.Quote(environment)}; P={ShellScript.Quote(search)}; go {process.Id} {ShellScript.Quote(hold)} {ShellScript.Quote(directory)} {input} {ShellScript.Quote([command.Program, .. command.Arguments])}";
                var answer = await CallAsync(request, default, CancellationToken.None);
                if (answer.Count > 0)
                {
                    throw ProgramLookup.Refusal(Name, command.Program, ShellErrno.Find(answer[0].Text) ?? Errno.EIO, searched: "its own");
                }

                _started.Add(process);
                await process.StartedAsync();
                return process;
            }
            catch
            {
                process.Abandon();
                throw;
            }
        }
        finally
        {
            _ = _starting.Release();
        }
    }

    public async ValueTask<string?> TryLockAsync(string path, string holder, CancellationToken cancellationToken)
    {
        LocalFiles.CheckPath(path);
        var frame = (await CallAsync($"lk {ShellScript.Quote(path)} {ShellScript.Quote(holder)}", default, cancellationToken))[0];
        return frame.Kind switch
        {
            'k' => null,
            'n' => "",
            'd' => frame.Text.Length > 0 ? frame.Text : "another run",
            _ => Check(frame, "lock", path).Text,
        };
    }

    public IKernelLogSource OpenKernelLog() =>
        Link.ReadsWithoutWaiting ? new ShellKernelLog(this) : new KernelLogOverStream(this);

    public async ValueTask DisposeAsync()
    {
        await Link.DisposeAsync();
        if (carrier is not null)
        {
            await carrier.DisposeAsync();
        }

        _starting.Dispose();
    }

    internal async Task<(byte[] Text, string Complaint)> ReadKernelLogAsync(CancellationToken cancellationToken)
    {
        // What was read is gone from the file: a look is not given up half-way.
        var frames = await CallAsync("klog; fin", default, CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        return (frames[0].Content, frames[1].Text);
    }

    /// <summary>Sends a request that answers nothing.</summary>
    internal async Task AskAsync(string script, CancellationToken cancellationToken) =>
        _ = await CallAsync(script + "; fin", default, cancellationToken);

    // `%f %s` of stat(1), or a line of `ls -ln`.
    private static FileStatus ReadStatus(string text)
    {
        var words = text.Split(' ', 2);
        if (int.TryParse(words[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var mode)
            && words.Length == 2 && long.TryParse(words[1].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var size))
        {
            return new FileStatus(KindOf((mode >> 12) switch { 4 => 'd', 8 => '-', 10 => 'l', _ => 's' }), size, mode & 0xFFF);
        }

        // Type and permissions, links, owner, group, size; or for a device two numbers in its place.
        words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 5 || words[0].Length < 10)
        {
            throw new FormatException($"'{text.Trim()}' is no line of stat or ls");
        }

        var bits = 0;
        for (var i = 0; i < 9; i++)
        {
            var letter = words[0][i + 1];
            bits |= letter is '-' or 'S' or 'T' ? 0 : 0x100 >> i;
            bits |= letter is 's' or 'S' or 't' or 'T' ? 0x800 >> (i / 3) : 0;
        }

        return new FileStatus(KindOf(words[0][0]), long.TryParse(words[4], NumberStyles.None, CultureInfo.InvariantCulture, out size) ? size : 0, bits);
    }

    private static FileKind KindOf(char type) => type switch
    {
        'd' => FileKind.Directory,
        '-' => FileKind.File,
        'l' => FileKind.SymbolicLink,
        _ => FileKind.Special,
    };

    // 0-3,6 as sysfs lists cpus.
    private static int CountCpus(string text)
    {
        var count = 0;
        foreach (var range in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = range.Split('-').Select(e => int.TryParse(e, NumberStyles.None, CultureInfo.InvariantCulture, out var cpu) ? cpu : -1).ToArray();
            count += ends.Contains(-1) ? 0 : ends[^1] - ends[0] + 1;
        }

        return Math.Max(count, 1);
    }

    private static string Write(string path, int length, WriteMode mode) =>
        $"wr {ShellScript.Quote(path)} {(mode switch { WriteMode.Append => 'a', WriteMode.Create => 'c', _ => 't' })} {ShellScript.Number(length)}";

    // What brings bytes into a file of the shell's own: printf where they fit into the request, else the bytes behind it.
    private static (string Script, ReadOnlyMemory<byte> Payload) Take(ReadOnlyMemory<byte> content, string file) =>
        content.IsEmpty ? ("", default)
        : ShellScript.Format(content.Span) is { } format ? ($"printf '{format}' >\"$T/{file}\"; ", default)
        : ($"get {ShellScript.Number(content.Length)} \"$T/{file}\"; ", content);

    private async ValueTask DoAsync(string call, string operation, string path, CancellationToken cancellationToken)
    {
        LocalFiles.CheckPath(path);
        _ = await OneAsync($"{call} {ShellScript.Quote(path)}", operation, path, cancellationToken);
    }

    private async Task<ShellFrame> OneAsync(string script, string operation, string path, CancellationToken cancellationToken) =>
        Check((await CallAsync(script + "; fin", default, cancellationToken))[0], operation, path);

    private Task<IReadOnlyList<ShellFrame>> CallAsync(string script, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        Link.CallAsync(script, payload, CallLimit, cancellationToken);

    private ShellFrame Check(ShellFrame frame, string operation, string path) =>
        frame.Kind == 'e' ? throw Refusal(operation, path, ShellErrno.Find(frame.Text) ?? Errno.EIO, frame.Text) : frame;

    private TargetIOException Refusal(string operation, string path, Errno errno, string? complaint) =>
        new(Name, operation, path, errno, TargetIOException.HintFor(errno, path) ?? (complaint is not null && ShellErrno.Find(complaint) is null ? $"its shell says: {complaint.Trim()}" : null));

    private async ValueTask CheckDirectoryAsync(string directory)
    {
        var status = await StatAsync(directory, CancellationToken.None);
        if (status is not { Kind: FileKind.Directory })
        {
            throw ProgramLookup.DirectoryRefusal(Name, directory, status is null ? Errno.ENOENT : Errno.ENOTDIR);
        }
    }

    // Programs are levels of the shell's own nesting; it goes back up when the innermost has ended.
    private async Task LetGoAsync()
    {
        while (_started.Count > 0 && _started[^1].HasEnded)
        {
            _started.RemoveAt(_started.Count - 1);
            await Link.TellAsync("pop");
        }
    }

    /// <summary>Where dd cannot read without waiting: a stream, opened when it is first asked.</summary>
    private sealed class KernelLogOverStream(ShellTarget target) : IKernelLogSource
    {
        private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);
        private KmsgSource? _source;

        public async ValueTask<KernelLogBatch> ReadAsync(CancellationToken cancellationToken) => await (await OpenAsync(cancellationToken)).ReadAsync(cancellationToken);

        public async ValueTask<ulong> ReadTaintAsync(CancellationToken cancellationToken) => await (await OpenAsync(cancellationToken)).ReadTaintAsync(cancellationToken);

        public ValueTask DisposeAsync() => _source?.DisposeAsync() ?? ValueTask.CompletedTask;

        private async ValueTask<KmsgSource> OpenAsync(CancellationToken cancellationToken) =>
            _source ??= new KmsgSource(target, await target.OpenReadAsync("/dev/kmsg", cancellationToken), Patience);
    }
}
