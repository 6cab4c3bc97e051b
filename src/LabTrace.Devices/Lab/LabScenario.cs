namespace LabTrace.Devices;

/// <summary>A place as one scenario has it.</summary>
public sealed class LabScenario : IAsyncDisposable
{
    // A machine that nothing outlives is not waited for: the next one is there sooner.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private readonly bool _ownsTarget;
    private KernelLogFeed? _ownLog;
    private bool _bootedKernel;
    private bool _closed;

    internal LabScenario(Lab lab, string name, TargetChanges changes, string captureDirectory, bool ownsTarget)
    {
        (Lab, Name, Changes, CaptureDirectory, _ownsTarget) = (lab, name, changes, captureDirectory, ownsTarget);
    }

    /// <summary>The place opened for the run.</summary>
    public Lab Lab { get; }

    /// <summary>The scenario's name.</summary>
    public string Name { get; }

    /// <summary>The target, for reading and for programs that change nothing.</summary>
    public ITarget Target => Changes.Target;

    /// <summary>The way to change the target.</summary>
    public TargetChanges Changes { get; }

    /// <summary>Where the scenario leaves its captures; made by whoever writes the first.</summary>
    public string CaptureDirectory { get; }

    /// <summary>Begins to watch the target's kernel.</summary>
    /// <exception cref="TargetIOException">Its log cannot be read: EPERM, ENOENT.</exception>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public async Task<KernelWatch> WatchKernelAsync(CancellationToken cancellationToken)
    {
        if (!_ownsTarget)
        {
            return await KernelWatch.StartAsync(await Lab.OpenKernelLogAsync(cancellationToken), Target.Time, cancellationToken);
        }

        _ownLog ??= new KernelLogFeed(await KmsgSource.OpenAsync(Target, cancellationToken));
        return await KernelWatch.StartAsync(_ownLog, Target.Kind == TargetKind.Emulated ? null : Target.Time, cancellationToken);
    }

    /// <summary>Lets the target's own kernel boot it again; what a boot undoes is no longer to be undone.</summary>
    /// <param name="limit">How long it may take until the target answers again.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <exception cref="NotOnTargetException">Targets of this kind cannot be booted by a scenario.</exception>
    /// <exception cref="TargetUnreachableException">It did not answer again within the limit.</exception>
    public async Task RebootAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (Target is not IBootableTarget bootable)
        {
            throw new NotOnTargetException(
                $"target '{Target.Name}' cannot be booted by a scenario: it is {(Target.Kind == TargetKind.Local ? "the machine LabTrace runs on" : "emulated")}", "use a place of kind ssh or vm");
        }

        await bootable.RebootAsync(limit, cancellationToken);
        Changes.ForgetBooted();
        await Lab.RelinkedAsync(cancellationToken);
    }

    /// <summary>Goes on with a fresh machine that runs another kernel, until the scenario ends.</summary>
    /// <param name="kernel">The name that the place's file gives it.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="NotOnTargetException">The place has no such kernel.</exception>
    /// <exception cref="TargetUnreachableException">The machine did not come up.</exception>
    public async Task BootKernelAsync(string kernel, CancellationToken cancellationToken)
    {
        var kernels = (Target as IKernelsTarget)?.Kernels ?? [];
        if (!kernels.Contains(kernel, StringComparer.Ordinal))
        {
            throw new NotOnTargetException(
                $"place '{Target.Name}' has no kernel '{kernel}'{(kernels.Count == 0 ? "" : $", but {string.Join(", ", kernels)}")}",
                "a place of kind vm names them in its file: `kernels: {rt: debian:linux-image-rt-amd64}`");
        }

        _bootedKernel = true;
        _ = Changes.Forget();
        await ((IKernelsTarget)Target).BootKernelAsync(kernel, cancellationToken);
        await Lab.RelinkedAsync(cancellationToken);
    }

    /// <summary>Ends a throw-away machine that no longer answers, so that nothing more waits for it.</summary>
    public async Task EndIfDeafAsync()
    {
        if (Target is IBootableTarget { IsDisposable: true, Down: null })
        {
            _ = await ReadTaintAsync();
        }
    }

    /// <summary>Undoes what the scenario changed, under a deadline of its own, and lets the target go.</summary>
    /// <returns>What became of the changes; those that stand are tried again by the next run.</returns>
    public async Task<UndoReport> CloseAsync()
    {
        if (_closed)
        {
            return UndoReport.Nothing;
        }

        _closed = true;
        await SpendIfDamagedAsync();
        var report = Target is IBootableTarget { IsDisposable: true, Down: not null }
            ? Changes.Forget()
            : await Changes.UndoAsync(CancellationToken.None);
        if (!report.IsComplete && Target is IBootableTarget { Down: not null })
        {
            Lab.UndoLater(Changes);
        }
        else
        {
            Changes.Close();
        }

        if (_ownLog is not null)
        {
            await _ownLog.DisposeAsync();
        }

        if (_ownsTarget)
        {
            await Target.DisposeAsync();
        }
        else
        {
            Lab.ScenarioClosed();
        }

        return report;
    }

    // A kernel that has oopsed may hold locks for ever: undoing there, and the next scenario, would wait for them.
    private async Task SpendIfDamagedAsync()
    {
        if (Target is not IBootableTarget { IsDisposable: true, Down: null } bootable)
        {
            return;
        }

        if (_bootedKernel)
        {
            bootable.Spend();
            return;
        }

        if ((await ReadTaintAsync() & KernelTaint.Died) != 0)
        {
            bootable.Spend();
        }
    }

    // 0 from a machine that is down, or does not answer and is ended.
    private async Task<ulong> ReadTaintAsync()
    {
        try
        {
            var taint = await Target.ReadTextAsync("/proc/sys/kernel/tainted", CancellationToken.None).AsTask().WaitAsync(AnswerLimit, Target.Time, CancellationToken.None);
            return ulong.TryParse(taint, System.Globalization.CultureInfo.InvariantCulture, out var bits) ? bits : 0;
        }
        catch (TargetUnreachableException)
        {
            // It is down, which the next scenario sees.
        }
        catch (TimeoutException)
        {
            await ((IBootableTarget)Target).EndAsync(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"it hangs: it has not answered for {AnswerLimit.TotalSeconds} s"));
        }

        return 0;
    }

    /// <summary>Closes it, without a report.</summary>
    public async ValueTask DisposeAsync() => _ = await CloseAsync();
}
