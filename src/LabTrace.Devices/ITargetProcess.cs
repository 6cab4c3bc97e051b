namespace LabTrace.Devices;

/// <summary>A program that runs on a target. Disposing it ends it as cancelling does.</summary>
public interface ITargetProcess : IAsyncDisposable
{
    /// <summary>The target's process id, known from the start and kept by the program a held command becomes.</summary>
    int Pid { get; }

    /// <summary>
    /// Standard output as it comes, in pieces of whatever size the target sent; ends when the program does. It is kept up to
    /// <see cref="Command.OutputLimit"/> until this is asked for; from then on the reader paces the program, and nothing of it is
    /// in the result. One reader, once.
    /// </summary>
    Stream StandardOutput { get; }

    /// <summary>Lets a <see cref="Command.HeldAtStart"/> command go on; does nothing for others.</summary>
    ValueTask ReleaseAsync(CancellationToken cancellationToken);

    /// <summary>Sends a signal to the program and the children in its process group; a program that has ended is left alone.</summary>
    ValueTask SignalAsync(TargetSignal signal, CancellationToken cancellationToken);

    /// <summary>
    /// Waits for the program to end. When the token is cancelled or <see cref="Command.Timeout"/> passes, the program gets
    /// SIGINT, <see cref="Command.KillGrace"/> to finish, then SIGKILL, its children with it.
    /// </summary>
    /// <returns>The result; a timeout is a result too (<see cref="CommandResult.TimedOut"/>).</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; the program has ended.</exception>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    Task<CommandResult> WaitAsync(CancellationToken cancellationToken);
}

/// <summary>Signals a driver sends.</summary>
public enum TargetSignal
{
    /// <summary>SIGINT: finish and write what you have.</summary>
    Interrupt = 2,

    /// <summary>SIGKILL.</summary>
    Kill = 9,

    /// <summary>SIGTERM.</summary>
    Terminate = 15,

    /// <summary>SIGCONT.</summary>
    Continue = 18,

    /// <summary>SIGSTOP.</summary>
    Stop = 19,
}
