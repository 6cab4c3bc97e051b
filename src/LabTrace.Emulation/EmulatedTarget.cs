using System.Text;
using LabTrace.Devices;
using LabTrace.Devices.TimeCards;
using LabTrace.Emulation.Bpf;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.Kernel;
using LabTrace.Emulation.TimeCards;

namespace LabTrace.Emulation;

/// <summary>
/// A Linux machine in memory: files with kernel semantics, programs, a scheduler and tracefs, in virtual time. The same options
/// give the same machine and, when the same is done with it, the same traces to the last byte.
/// </summary>
/// <remarks>
/// Nothing sleeps for real: time passes while someone waits for the target. Targets share nothing; any number may run side by
/// side. What is not emulated is refused by name, never passed over.
/// </remarks>
public sealed class EmulatedTarget : ITarget, IKernelLogTarget, IDeviceTarget, ILinkTarget, ITimeCardBench, IBpfTarget
{
    private const int OpenAt = 257;
    private const int WriteCall = 1;
    private const int CloseCall = 3;
    private readonly EmulationOptions _options;
    private readonly Machine _machine;
    private readonly List<EmulatedProcess> _processes = [];

    /// <summary>Makes a machine that has just been set up, with nobody tracing.</summary>
    public EmulatedTarget(EmulationOptions? options = null)
    {
        _options = options ?? new EmulationOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Cpus, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_options.Cpus, 64, nameof(options));
        _machine = new Machine(_options);
        foreach (var device in EmulatedDevices.All)
        {
            device.Attach(_machine);
        }
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public TargetKind Kind => TargetKind.Emulated;

    /// <inheritdoc/>
    public TimeProvider Time => _machine.Time;

    internal Machine Machine => _machine;

    /// <inheritdoc/>
    public ValueTask<KernelIdentity> ReadKernelIdentityAsync(CancellationToken cancellationToken)
    {
        Check(cancellationToken);
        return ValueTask.FromResult(new KernelIdentity(
            KernelIdentityTexts.Release, KernelIdentityTexts.Version, KernelIdentityTexts.Machine, Name, SystemFiles.BootId(_options.Seed), _options.Cpus));
    }

    /// <inheritdoc/>
    public ValueTask<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        CheckPath(path);
        Check(cancellationToken);
        return ValueTask.FromResult(_machine.Call(() => Refused("read", path, () => ReadWhole(path))));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ReadOutcome>> ReadManyAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(paths);
        foreach (var path in paths)
        {
            CheckPath(path);
        }

        Check(cancellationToken);
        return ValueTask.FromResult<IReadOnlyList<ReadOutcome>>(_machine.Call(() => paths.Select(ReadOne).ToArray()));
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(string path, ReadOnlyMemory<byte> content, WriteMode mode, CancellationToken cancellationToken)
    {
        CheckPath(path);
        Check(cancellationToken);
        var preview = Preview(content.Span);
        var taken = Refused($"write {preview} to", path, () => _machine.CallAsAgent(cpu => Write(cpu, path, content, mode)));
        if (taken < content.Length)
        {
            throw new TargetIOException(Name, $"write {preview} to", path, Errno.EIO, $"the file took {taken} of {content.Length} bytes: write less at once");
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<WriteOutcome>> WriteManyAsync(IReadOnlyList<FileWrite> writes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(writes);
        foreach (var write in writes)
        {
            CheckPath(write.Path);
        }

        Check(cancellationToken);
        var outcomes = new List<WriteOutcome>(writes.Count);
        foreach (var write in writes)
        {
            var errno = WriteOne(write);
            outcomes.Add(new WriteOutcome(write.Path, errno));
            if (errno != Errno.None)
            {
                break;
            }
        }

        return ValueTask.FromResult<IReadOnlyList<WriteOutcome>>(outcomes);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DirectoryEntry>> ListAsync(string path, CancellationToken cancellationToken)
    {
        CheckPath(path);
        Check(cancellationToken);
        return ValueTask.FromResult<IReadOnlyList<DirectoryEntry>>(_machine.Call(() => Refused("list", path, () =>
            _machine.Tree.Walk(path) is DirectoryNode directory
                ? directory.Names().Select(n => new DirectoryEntry(n, directory.Find(n)!.Kind)).ToArray()
                : throw new Refusal(Errno.ENOTDIR))));
    }

    /// <inheritdoc/>
    public ValueTask<FileStatus?> StatAsync(string path, CancellationToken cancellationToken)
    {
        CheckPath(path);
        Check(cancellationToken);
        return ValueTask.FromResult(_machine.Call(() => Refused("stat", path, () =>
            _machine.Tree.Find(path) is { } node ? new FileStatus(node.Kind, node.Size, node.Mode) : null)));
    }

    /// <inheritdoc/>
    public ValueTask CreateDirectoryAsync(string path, CancellationToken cancellationToken) =>
        Do("mkdir", path, () => _machine.Tree.MakeDirectory(path), cancellationToken);

    /// <inheritdoc/>
    public ValueTask RemoveDirectoryAsync(string path, CancellationToken cancellationToken) =>
        Do("rmdir", path, () => _machine.Tree.RemoveDirectory(path), cancellationToken);

    /// <inheritdoc/>
    public ValueTask RemoveFileAsync(string path, CancellationToken cancellationToken) =>
        Do("remove", path, () => _machine.Tree.RemoveFile(path), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Stream> OpenReadAsync(string path, CancellationToken cancellationToken)
    {
        CheckPath(path);
        Check(cancellationToken);
        var file = _machine.Call(() => Refused("open", path, () => _machine.Tree.Open(path, OpenFlags.Read)));
        return ValueTask.FromResult<Stream>(new EmulatedReadStream(
            _machine,
            () => file.IsReadable,
            buffer => Refused("read", path, () => file.Read(buffer.Span)),
            () => _machine.Call(() =>
            {
                file.Dispose();
                return 0;
            }),
            isDriving: false));
    }

    /// <inheritdoc/>
    public ValueTask<ITargetProcess> StartAsync(Command command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        Check(cancellationToken);
        var process = Refused("start", command.Program, () => EmulatedProcess.Start(_machine, command));
        lock (_processes)
        {
            _ = _processes.RemoveAll(p => p.HasEnded);
            _processes.Add(process);
        }

        return ValueTask.FromResult<ITargetProcess>(process);
    }

    /// <inheritdoc/>
    public ValueTask<IBpfSession> StartBpfAsync(BpfRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        Check(cancellationToken);
        request.Check();
        return ValueTask.FromResult<IBpfSession>(_machine.Call(() =>
        {
            var session = new EmulatedBpfSession(_machine, request);
            _machine.Bpf.Add(session);
            return session;
        }));
    }

    /// <inheritdoc/>
    public IKernelLogSource OpenKernelLog() => new EmulatedKernelLogSource(_machine);

    /// <inheritdoc/>
    public ValueTask<IDeviceFile> OpenDeviceAsync(string path, bool canWrite, CancellationToken cancellationToken)
    {
        CheckPath(path);
        Check(cancellationToken);
        var file = _machine.Call(() => Refused("open", path, () => _machine.Tree.Walk(path) switch
        {
            CharacterDevice device => device.OpenDevice(canWrite),
            DirectoryNode => throw new Refusal(Errno.EISDIR),
            _ => throw new Refusal(Errno.ENOTTY, "it takes no ioctl of the emulation"),
        }));
        return ValueTask.FromResult<IDeviceFile>(new EmulatedDeviceFile(Name, _machine, path, file));
    }

    /// <inheritdoc/>
    public ValueTask<string> ReadLinkAsync(string path, CancellationToken cancellationToken)
    {
        CheckPath(path);
        Check(cancellationToken);
        return ValueTask.FromResult(_machine.Call(() => Refused("readlink", path, () => _machine.Tree.FindLink(path) switch
        {
            LinkNode link => link.Target,
            null => throw new Refusal(Errno.ENOENT),
            _ => throw new Refusal(Errno.EINVAL),
        })));
    }

    /// <inheritdoc/>
    public bool HasBench => _machine.PtpOcp is { HasCards: true };

    /// <inheritdoc/>
    public ValueTask SetAntennaAsync(string card, bool isConnected, CancellationToken cancellationToken) => AtSlotAsync(card, slot =>
    {
        if (isConnected)
        {
            slot.Bus.Card.ConnectAntenna();
        }
        else
        {
            slot.Bus.Card.DisconnectAntenna();
        }
    }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask SetCableAsync(string card, int from, int to, bool isLaid, CancellationToken cancellationToken) =>
        AtSlotAsync(card, slot => slot.Bus.Card.Lay(from, to, isLaid), cancellationToken);

    /// <inheritdoc/>
    public ValueTask AnnounceLeapSecondAsync(string card, TimeSpan after, int sign, CancellationToken cancellationToken) =>
        AtSlotAsync(card, slot => slot.Bus.Card.Gnss.Announce(slot.Bus.Card.Now + (after.Ticks * TimeSpan.NanosecondsPerTick), sign), cancellationToken);

    /// <inheritdoc/>
    public ValueTask BreakAsync(string card, TimeCardFault fault, CancellationToken cancellationToken) =>
        AtSlotAsync(card, slot => slot.Bus.Card.Break(fault), cancellationToken);

    /// <inheritdoc/>
    public ValueTask PullOutAsync(string card, CancellationToken cancellationToken) => AtSlotAsync(card, _machine.PtpOcp!.PullOut, cancellationToken);

    /// <summary>Ends what still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        EmulatedProcess[] left;
        lock (_processes)
        {
            left = [.. _processes];
            _processes.Clear();
        }

        foreach (var process in left)
        {
            await process.DisposeAsync();
        }

        _machine.Stop();
    }

    private static void CheckPath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!path.StartsWith('/'))
        {
            throw new ArgumentException($"'{path}' is not an absolute path of the target", nameof(path));
        }
    }

    private ValueTask AtSlotAsync(string card, Action<TimeCards.Driver.CardSlot> act, CancellationToken cancellationToken)
    {
        Check(cancellationToken);
        _ = _machine.Call(() => Refused("find the card", card, () =>
        {
            var slot = _machine.PtpOcp?.Find(card) ?? throw new Refusal(Errno.ENODEV);
            slot.Device!.CatchUp();
            act(slot);
            return 0;
        }));
        return ValueTask.CompletedTask;
    }

    private static string Preview(ReadOnlySpan<byte> content)
    {
        const int most = 60;
        var text = Encoding.UTF8.GetString(content[..Math.Min(content.Length, most)]).TrimEnd('\n').Replace("\n", "\\n", StringComparison.Ordinal);
        return content.Length > most ? $"'{text}…'" : $"'{text}'";
    }

    private void Check(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_options.Faults.Unreachable is { } reason)
        {
            throw new TargetUnreachableException(Name, reason, "the scenario asked for this fault");
        }
    }

    private ValueTask Do(string operation, string path, Action action, CancellationToken cancellationToken)
    {
        CheckPath(path);
        Check(cancellationToken);
        _ = _machine.Call(() => Refused(operation, path, () =>
        {
            action();
            return 0;
        }));
        return ValueTask.CompletedTask;
    }

    private T Refused<T>(string operation, string path, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Refusal refusal)
        {
            throw new TargetIOException(Name, operation, path, refusal.Errno, refusal.Hint);
        }
    }

    private ReadOutcome ReadOne(string path)
    {
        try
        {
            return new ReadOutcome(path, ReadWhole(path), Errno.None);
        }
        catch (Refusal refusal)
        {
            return new ReadOutcome(path, null, refusal.Errno);
        }
    }

    private byte[] ReadWhole(string path)
    {
        using var file = _machine.Tree.Open(path, OpenFlags.Read);
        var content = new MemoryStream();
        var buffer = new byte[65536];
        while ((file.IsReadable || !file.IsReadWaiting) && file.Read(buffer) is > 0 and var count)
        {
            content.Write(buffer, 0, count);
        }

        return content.ToArray();
    }

    private Errno WriteOne(FileWrite write)
    {
        try
        {
            return _machine.CallAsAgent(cpu => Write(cpu, write.Path, write.Content, write.Mode)) < write.Content.Length ? Errno.EIO : Errno.None;
        }
        catch (Refusal refusal)
        {
            return refusal.Errno;
        }
    }

    /// <summary>open, write, close, as the agent's process does them.</summary>
    private int Write(Cpu cpu, string path, ReadOnlyMemory<byte> content, WriteMode mode)
    {
        var flags = OpenFlags.Write | (mode == WriteMode.Append ? OpenFlags.Append : OpenFlags.Truncate);
        _machine.Tracer.Writer = cpu;
        using var file = Told(OpenAt, () => (Open(path, flags, mode == WriteMode.Create), 7), 0xffffff9c, 0x7f3a10004b80, 0x241, 0x180);
        try
        {
            return Told(WriteCall, () => file.Write(content.Span) is var taken ? (taken, (long)taken) : default, 7, 0x7f3a10004c00, content.Length);
        }
        finally
        {
            _ = Told(CloseCall, () => (0, 0), 7);
        }
    }

    private OpenFile Open(string path, OpenFlags flags, bool create)
    {
        if (_options.Faults.RefusedWrites.TryGetValue(path, out var fault))
        {
            Refusal.Throw(fault);
        }

        return _machine.Tree.Open(path, flags, create);
    }

    private T Told<T>(int number, Func<(T Value, long Result)> call, params ReadOnlySpan<long> arguments)
    {
        _machine.TellSyscallEnter(_machine.Agent, number, arguments);
        try
        {
            var (value, result) = call();
            _machine.TellSyscallExit(_machine.Agent, result);
            return value;
        }
        catch (Refusal refusal)
        {
            _machine.TellSyscallExit(_machine.Agent, -(long)refusal.Errno);
            throw;
        }
    }
}
