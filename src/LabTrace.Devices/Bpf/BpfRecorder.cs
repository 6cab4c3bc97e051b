using LabTrace.Tracing;

namespace LabTrace.Devices;

/// <summary>Records with BPF programs on any target that can run them.</summary>
public static class BpfRecorder
{
    private const string HoldingShell = "sh";
    private const int HoldPolls = 5000;
    private static readonly TimeSpan HoldPoll = TimeSpan.FromMilliseconds(2);

    /// <summary>Starts a program, with what it needs around it.</summary>
    /// <param name="changes">The target; tracefs is mounted through it where a program needs it.</param>
    /// <param name="request">What is to be recorded.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="BpfUnavailableException">The target cannot run BPF programs.</exception>
    /// <exception cref="BpfRefusedException">No mechanism works.</exception>
    public static async Task<IBpfSession> StartAsync(TargetChanges changes, BpfRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        ArgumentNullException.ThrowIfNull(request);
        request.Check();
        if (changes.Target is not IBpfTarget target)
        {
            throw new BpfUnavailableException(changes.Target.Name, $"a target of kind {changes.Target.Kind} has no way to run them", "use a local, ssh or emulated place");
        }

        if (request.Program is "dma_fence" or "drm_ioctl")
        {
            try
            {
                _ = await Tracefs.OpenAsync(changes, cancellationToken);
            }
            catch (LabException e) when (e is not TargetUnreachableException)
            {
                // Without it there are fewer mechanisms; the program tells which it lacked.
            }
        }

        return await target.StartBpfAsync(request, cancellationToken);
    }

    /// <summary>Starts a command held, and waits until what holds it makes no execve but the command's own: from then on it can be recorded.</summary>
    /// <exception cref="TargetIOException">There is no such program, or it ended before it was released.</exception>
    public static async Task<ITargetProcess> StartHeldAsync(TargetChanges changes, Command command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        ArgumentNullException.ThrowIfNull(command);
        var process = await changes.StartAsync(command with { HeldAtStart = true }, cancellationToken);
        try
        {
            // Where a shell holds it, another program comes before the shell.
            var comm = $"/proc/{process.Pid}/comm";
            for (var left = HoldPolls; changes.Target.Kind != TargetKind.Emulated && await changes.Target.ReadTextAsync(comm, cancellationToken) != HoldingShell; left--)
            {
                if (left == 0)
                {
                    throw new TargetIOException(changes.Target.Name, $"hold `{command}` at its start: found no {HoldingShell} in", comm, Errno.ETIMEDOUT, "see that sh and setsid work there");
                }

                await Task.Delay(HoldPoll, changes.Target.Time, cancellationToken);
            }

            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Records a command from its first instruction to its end, its children with it.</summary>
    /// <param name="changes">Starts the command.</param>
    /// <param name="request">What is to be recorded.</param>
    /// <param name="command">The command.</param>
    /// <param name="onlyCommand">Nothing but the command and its children; else everything that happens meanwhile and passes the request's own filters.</param>
    /// <param name="cancellationToken">Ends both.</param>
    public static async Task<BpfRecording> RecordAsync(TargetChanges changes, BpfRequest request, Command command, bool onlyCommand, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        ArgumentNullException.ThrowIfNull(request);
        await using var process = await StartHeldAsync(changes, command, cancellationToken);
        var asked = onlyCommand ? request with { Commands = [process.Pid] } : request;
        CommandResult? result = null;
        var recording = await RecordAsync(
            changes,
            asked,
            async token =>
            {
                await process.ReleaseAsync(token);
                result = await process.WaitAsync(token);
            },
            cancellationToken);
        return recording with { Pid = process.Pid, Result = result };
    }

    /// <summary>Records while something is done.</summary>
    public static async Task<BpfRecording> RecordAsync(
        TargetChanges changes, BpfRequest request, Func<CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(action);
        await using var session = await StartAsync(changes, request, cancellationToken);
        using var capture = new MemoryStream();
        var copying = session.Capture.CopyToAsync(capture, CancellationToken.None);
        await action(cancellationToken);
        await session.StopAsync(cancellationToken);
        await copying.WaitAsync(cancellationToken);
        var bytes = capture.ToArray();
        var (trace, summary) = BpfCaptureFormat.ReadWithSummary(Capture.Of(bytes, $"{request.Program}.bpf"));
        return new BpfRecording(bytes, trace, summary, session.Report);
    }
}

/// <summary>What a BPF program recorded.</summary>
/// <param name="Bytes">The capture.</param>
/// <param name="Trace">Its events.</param>
/// <param name="Summary">What it counted.</param>
/// <param name="Report">How it was attached.</param>
public sealed record BpfRecording(byte[] Bytes, Trace Trace, BpfSummary Summary, BpfAttachReport Report)
{
    /// <summary>The command that was recorded, 0 when none was.</summary>
    public int Pid { get; init; }

    /// <summary>How the command ended; null when none was recorded.</summary>
    public CommandResult? Result { get; init; }
}
