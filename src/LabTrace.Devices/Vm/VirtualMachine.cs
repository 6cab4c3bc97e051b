using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using LabTrace.Devices.Wire;

namespace LabTrace.Devices.Vm;

/// <summary>One QEMU, from its start to its end: its console, its monitor and the link to the agent inside.</summary>
internal sealed class VirtualMachine : IAsyncDisposable
{
    private static readonly TimeSpan PulseInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PulseLimit = TimeSpan.FromMinutes(3);

    // A machine whose kernel has said that it is dying and that still answers, is not.
    private static readonly TimeSpan AlarmLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan SavePoll = TimeSpan.FromMilliseconds(20);

    private readonly string _name;
    private readonly TimeProvider _time;
    private readonly LocalProcess _qemu;
    private readonly string _sockets;
    private readonly IReadOnlyList<PciLink> _cards;
    private readonly InterruptChannel _interrupts;
    private readonly CancellationTokenSource _closing = new();
    private Task<CommandResult> _exit = null!;
    private Task _reading = Task.CompletedTask;
    private Task _pulse = Task.CompletedTask;
    private NetworkStream? _agent;
    private QmpClient? _monitor;
    private WireLink? _link;
    private string? _hung;

    private VirtualMachine(string name, TimeProvider time, LocalProcess qemu, string sockets, IReadOnlyList<PciLink> cards, InterruptChannel interrupts, SerialConsole console)
    {
        (_name, _time, _qemu, _sockets, _cards, _interrupts, Console) = (name, time, qemu, sockets, cards, interrupts, console);
    }

    /// <summary>What the machine says.</summary>
    public SerialConsole Console { get; }

    /// <summary>Why the machine no longer answers, or null while it does.</summary>
    public string? Down => _hung
        ?? _cards.Select(c => c.Failure).FirstOrDefault(f => f is not null)
        ?? (_exit.IsCompleted || _link is { IsLost: true } ? DescribeEnd() : null);

    /// <summary>Starts QEMU, and waits until the agent inside answers.</summary>
    /// <param name="name">The place's name.</param>
    /// <param name="settings">The machine.</param>
    /// <param name="image">What it is started from.</param>
    /// <param name="accelerator"><c>tcg</c> or <c>kvm</c>.</param>
    /// <param name="state">File of a booted machine to go on from, or null for a boot.</param>
    /// <param name="save">File to keep the booted machine in, or null.</param>
    /// <param name="cards">Cards in its slots; with any it is neither kept nor gone on from.</param>
    /// <param name="console">Takes what it says.</param>
    /// <param name="time">The runner's clock.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="TargetUnreachableException">It did not come up; the end of its console is in the message.</exception>
    public static async Task<VirtualMachine> StartAsync(
        string name, VmSettings settings, VmImage image, string accelerator, string? state, string? save, IReadOnlyList<IPciCard> cards, SerialConsole console, TimeProvider time, CancellationToken cancellationToken)
    {
        var sockets = Directory.CreateTempSubdirectory("labtrace-vm-").FullName;
        VirtualMachine? machine = null;
        List<PciLink> links = [];
        var channel = new InterruptChannel();
        try
        {
            using var agent = Listen(sockets, QemuCommand.AgentSocket);
            using var consoleSocket = Listen(sockets, QemuCommand.ConsoleSocket);
            using var monitor = Listen(sockets, QemuCommand.MonitorSocket);
            using var interrupts = Listen(sockets, QemuCommand.InterruptSocket);
            links = [.. cards.Select(c => new PciLink(c, channel))];
            var qemu = LocalProcess.StartConversation(name, QemuCommand.Of(settings, image, accelerator, sockets, state, [.. links.Select(l => l.FarEnd)]), time);
            machine = new VirtualMachine(name, time, qemu, sockets, links, channel, console);
            machine._exit = qemu.WaitAsync(CancellationToken.None);
            links.ForEach(l => l.CloseFarEnd());
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(settings.BootTimeout);
            try
            {
                await machine.ComeUpAsync(agent, consoleSocket, monitor, interrupts, isBoot: state is null, isCalled: settings.Door is null, save, limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TargetUnreachableException(
                    name, string.Create(CultureInfo.InvariantCulture, $"it did not come up within {settings.BootTimeout.TotalSeconds} s; its console ends with\n{console.Tail(12)}"), "raise `boot-timeout`, or see what it says: labtrace vm up");
            }

            return machine;
        }
        catch (Exception e)
        {
            if (machine is null)
            {
                foreach (var link in links)
                {
                    await link.DisposeAsync();
                }

                Directory.Delete(sockets, recursive: true);
                throw;
            }

            var down = e is IOException ? await machine.WhyLostAsync() : "";
            await machine.DisposeAsync();
            if (e is IOException)
            {
                throw new TargetUnreachableException(name, $"{(down.Length > 0 ? down : e.Message)}; its console ends with\n{console.Tail(12)}", "see what it says: labtrace vm up", e);
            }

            throw;
        }
    }

    /// <summary>Does something around a card between two of the machine's accesses to it.</summary>
    public void AtCard(int index, Action act) => _cards[index].Do(act);

    /// <summary>A target over the link; the machine is closed by its owner.</summary>
    public WireTarget ToTarget() => new(_name, TargetKind.Vm, _link!, _time);

    /// <summary>Ends a machine that does not answer.</summary>
    /// <param name="words">Why it is down from then on.</param>
    public async Task EndHungAsync(string words)
    {
        Console.Mark("ended, since it does not answer: " + words);
        _hung = words;
        await _qemu.StandardInput.DisposeAsync();
    }

    /// <summary>Waits until QEMU has ended, as it does when its kernel boots again.</summary>
    public async Task WaitForExitAsync(CancellationToken cancellationToken) => _ = await _exit.WaitAsync(cancellationToken);

    /// <summary>Ends the machine.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        if (_link is not null)
        {
            await _link.DisposeAsync();
        }

        // The end of its input is what the shell around QEMU waits for.
        await _qemu.StandardInput.DisposeAsync();
        _ = await Task.WhenAny(_exit, Task.Delay(EndGrace, _time, CancellationToken.None));
        await _qemu.DisposeAsync();
        await _pulse.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _reading.WaitAsync(EndGrace, _time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_monitor is not null)
        {
            await _monitor.DisposeAsync();
        }

        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }

        foreach (var card in _cards)
        {
            await card.DisposeAsync();
        }

        await _interrupts.DisposeAsync();
        _closing.Dispose();
        Directory.Delete(_sockets, recursive: true);
    }

    private static Socket Listen(string directory, string name)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(directory, name)));
        socket.Listen(1);
        return socket;
    }

    private async Task ComeUpAsync(Socket agent, Socket console, Socket monitor, Socket interrupts, bool isBoot, bool isCalled, string? save, CancellationToken cancellationToken)
    {
        var ready = Console.SeenAsync(WireProtocol.AgentIsReady);
        if (_cards.Count > 0)
        {
            _interrupts.Connect(await AcceptAsync(interrupts, cancellationToken));
        }

        var consoleStream = await AcceptAsync(console, cancellationToken);
        _reading = Task.Run(() => Console.ReadAsync(consoleStream), CancellationToken.None);
        _monitor = await QmpClient.OpenAsync(await AcceptAsync(monitor, cancellationToken), cancellationToken);
        _agent = await AcceptAsync(agent, cancellationToken);
        if (isBoot)
        {
            await OrEndAsync(ready, cancellationToken);
            RefuseMissingModules();
            if (save is not null)
            {
                var warm = Console.SeenAsync(WireProtocol.AgentIsWarm);
                await _agent.WriteAsync((byte[])[.. WireProtocol.WarmUp, (byte)'\n'], cancellationToken);
                await OrEndAsync(warm, cancellationToken);
                await SaveAsync(save, cancellationToken);
            }
        }

        if (!isCalled)
        {
            return;
        }

        // The clock of a machine that goes on from a state is as old as the state.
        var now = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        await _agent.WriteAsync((byte[])[.. WireProtocol.Wake, .. Encoding.ASCII.GetBytes(now.ToString(CultureInfo.InvariantCulture)), (byte)'\n'], cancellationToken);
        _link = await WireLink.OpenAsync(_name, _agent, _agent, WhyLostAsync, cancellationToken);
        _pulse = Task.Run(FeelPulseAsync, CancellationToken.None);
    }

    private async Task<NetworkStream> AcceptAsync(Socket listener, CancellationToken cancellationToken)
    {
        var accepting = listener.AcceptAsync(cancellationToken).AsTask();
        await OrEndAsync(accepting, cancellationToken);
        return new NetworkStream(await accepting, ownsSocket: true);
    }

    // QEMU's end, and a panic, end what is waited for; a cpu that was stuck while the machine booted may have got loose.
    private async Task OrEndAsync(Task awaited, CancellationToken cancellationToken)
    {
        while (!awaited.IsCompleted)
        {
            var alarm = Console.Alarm;
            _ = await Task.WhenAny(awaited, _exit, alarm).WaitAsync(cancellationToken);
            if (awaited.IsCompleted)
            {
                break;
            }

            if (_exit.IsCompleted || (await alarm).IsPanic)
            {
                throw new EndOfStreamException(DescribeEnd());
            }

            Console.Settle(await alarm);
        }

        await awaited;
    }

    private void RefuseMissingModules()
    {
        var refused = Console.From(0).Select(l => l.Text).Where(t => t.Contains(GuestInit.ModuleRefused, StringComparison.Ordinal)).ToList();
        if (refused.Count > 0)
        {
            throw new LabConfigException(
                $"place '{_name}': {string.Join("; ", refused.Select(t => t[t.IndexOf(GuestInit.ModuleRefused, StringComparison.Ordinal)..]))}; the console says\n{Console.Tail(12)}",
                "see `load` of the place's file");
        }
    }

    private async Task SaveAsync(string file, CancellationToken cancellationToken)
    {
        var partial = $"{file}.{Environment.ProcessId}.{Guid.NewGuid():N}";
        try
        {
            _ = await _monitor!.ExecuteAsync("migrate", new JsonObject { ["uri"] = "exec:cat > " + CommandLine.Join([partial]) }, cancellationToken);
            while (true)
            {
                var status = (string?)(await _monitor.ExecuteAsync("query-migrate", null, cancellationToken))?["status"];
                if (status == "completed")
                {
                    break;
                }

                if (status is "failed" or "cancelled")
                {
                    throw new IOException("QEMU could not keep the machine's state: no room?");
                }

                await Task.Delay(SavePoll, _time, cancellationToken);
            }

            File.Move(partial, file, overwrite: true);
            _ = await _monitor.ExecuteAsync("cont", null, cancellationToken);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    // A machine that hangs says nothing at all, or that its kernel is stuck: then it is ended, and what waits for it is told.
    private async Task FeelPulseAsync()
    {
        try
        {
            while (!_link!.IsLost && _hung is null)
            {
                var alarm = Console.Alarm;
                _ = await Task.WhenAny(alarm, Task.Delay(PulseInterval, _time, _closing.Token));
                var isAlarmed = alarm.IsCompleted;
                var answer = _link.CallAsync(WireCall.Ping, null, null, toEnd: false, _closing.Token);
                if (!isAlarmed && !await AnswersAsync(Task.WhenAny(answer, alarm), PulseLimit))
                {
                    await EndHungAsync(string.Create(CultureInfo.InvariantCulture, $"it hangs: it has not answered for {PulseLimit.TotalSeconds} s"));
                }
                else if (!await AnswersAsync(answer, AlarmLimit))
                {
                    await EndHungAsync((Console.Unsettled ?? await alarm).Words);
                }
                else if (isAlarmed)
                {
                    // Words of a program, or a cpu that is loose again.
                    Console.Settle(await alarm);
                }
            }
        }
        catch (Exception e) when (e is LabException or OperationCanceledException)
        {
            // It is down, or closed.
        }

        async Task<bool> AnswersAsync(Task answer, TimeSpan limit)
        {
            try
            {
                await answer.WaitAsync(limit, _time, _closing.Token);
                return true;
            }
            catch (TimeoutException)
            {
                return false;
            }
        }
    }

    private async Task<string> WhyLostAsync()
    {
        if (_closing.IsCancellationRequested)
        {
            return "";
        }

        // QEMU has its last words out when it has ended.
        _ = await Task.WhenAny(_exit, Task.Delay(EndGrace, _time, CancellationToken.None));
        _ = await Task.WhenAny(_reading, Task.Delay(EndGrace, _time, CancellationToken.None));
        return Down ?? "";
    }

    private string DescribeEnd()
    {
        if (Console.Unsettled is { } alarm)
        {
            return alarm.Words;
        }

        if (!_exit.IsCompleted)
        {
            return "its agent has ended";
        }

        var complaint = string.Join("; ", _qemu.ErrorSoFar.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(3));
        return complaint.Length > 0 ? $"QEMU ended: {complaint}" : "QEMU ended: the machine was switched off or booted";
    }
}
