namespace LabTrace.Devices;

/// <summary>A target whose machine can be booted while a run uses it.</summary>
public interface IBootableTarget : ITarget
{
    /// <summary>Why the machine no longer answers, or null while it does.</summary>
    string? Down { get; }

    /// <summary>Nothing of the machine outlives it: what a scenario changed there need not be undone before it is renewed.</summary>
    bool IsDisposable { get; }

    /// <summary>Says that the machine is damaged: whoever comes next gets another, where machines are disposable.</summary>
    void Spend();

    /// <summary>Ends a machine that no longer answers, where machines are disposable: what waits for it is told.</summary>
    /// <param name="why">What <see cref="Down"/> says from then on.</param>
    Task EndAsync(string why);

    /// <summary>Lets the machine's own kernel boot it again, and waits until it answers.</summary>
    /// <param name="limit">How long that may take.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <exception cref="TargetUnreachableException">It did not answer again within the limit.</exception>
    Task RebootAsync(TimeSpan limit, CancellationToken cancellationToken);

    /// <summary>Puts a machine that is as it was at first in this one's place, or reaches one again that was lost.</summary>
    /// <exception cref="TargetUnreachableException">It does not answer.</exception>
    Task RenewAsync(CancellationToken cancellationToken);

    /// <summary>Says whether a scenario gets a machine that no other scenario has used.</summary>
    /// <param name="feature">The feature it belongs to.</param>
    bool WantsFresh(string feature);
}

/// <summary>A target that can boot several kernels.</summary>
public interface IKernelsTarget : IBootableTarget
{
    /// <summary>Their names, as the place's file has them.</summary>
    IReadOnlyList<string> Kernels { get; }

    /// <summary>Puts a fresh machine with another kernel in this one's place. The next <see cref="IBootableTarget.RenewAsync"/> puts the usual one back.</summary>
    /// <param name="kernel">One of <see cref="Kernels"/>.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="LabConfigException">The place's file names what is not there.</exception>
    /// <exception cref="TargetUnreachableException">The machine did not come up.</exception>
    Task BootKernelAsync(string kernel, CancellationToken cancellationToken);
}

/// <summary>A target with a console that LabTrace reads while it is in use.</summary>
public interface IConsoleTarget : ITarget
{
    /// <summary>Lines so far.</summary>
    long ConsoleLines { get; }

    /// <summary>Keeps the console whole in a file, each line with the time it came.</summary>
    /// <param name="file">The file, made anew.</param>
    void KeepConsole(string file);

    /// <summary>Puts a line of LabTrace's own between those of the machine: what begins now.</summary>
    void MarkConsole(string text);

    /// <summary>The lines behind a count, each with the time it came; at most those of the machine in use.</summary>
    IReadOnlyList<string> ReadConsole(long from);
}
