using System.Globalization;
using System.Text;

namespace LabTrace.Devices;

/// <summary>Carries out undo records on a target, the last change first, whatever becomes of each.</summary>
internal static class Undoing
{
    /// <summary>How long one refusal with EBUSY is met again.</summary>
    internal static readonly TimeSpan BusyLimit = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(20);

    private enum Outcome
    {
        Undone,
        Gone,
    }

    /// <summary>Undoes what a journal holds and settles it there. What is left when the token is cancelled is reported and stays in the journal.</summary>
    /// <param name="target">The target that was changed.</param>
    /// <param name="journal">The changes.</param>
    /// <param name="own">Processes of this run, by the number of their change: they get SIGINT and their grace.</param>
    /// <param name="time">Times the retries.</param>
    /// <param name="cancellationToken">Ends the undoing.</param>
    public static async Task<UndoReport> UndoAsync(
        ITarget target,
        ChangeJournal journal,
        IReadOnlyDictionary<int, ITargetProcess> own,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (undone, gone) = (0, 0);
        var problems = new List<UndoProblem>();
        foreach (var (number, undo) in journal.Pending)
        {
            try
            {
                var outcome = await UndoAsync(target, undo, own.GetValueOrDefault(number), time, cancellationToken);
                (undone, gone) = outcome == Outcome.Undone ? (undone + 1, gone) : (undone, gone + 1);
                journal.Settle(number);
            }
            catch (Exception e)
            {
                // Teardown goes on: the next change may well be undone.
                var reason = e is OperationCanceledException ? "the time for undoing was over" : e.Message;
                problems.Add(new UndoProblem(undo.ToString()!, reason));
            }
        }

        return new UndoReport(undone, gone, problems, []);
    }

    private static async Task<Outcome> UndoAsync(
        ITarget target, UndoRecord undo, ITargetProcess? process, TimeProvider time, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var limit = new CancellationTokenSource(CallLimit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await TryUndoAsync(target, undo, process, linked.Token);
            }
            catch (TargetIOException e) when (IsGone(e.Errno))
            {
                return Outcome.Gone;
            }
            catch (TargetIOException e) when (e.Errno is Errno.EBUSY or Errno.EAGAIN && time.GetElapsedTime(started) < BusyLimit)
            {
                // Whoever holds it may be about to let go: a reader of trace_pipe, a process that ends.
            }

            await Task.Delay(RetryInterval, time, linked.Token);
        }
    }

    private static bool IsGone(Errno errno) => errno is Errno.ENOENT or Errno.ESRCH or Errno.ENODEV or Errno.ENOTDIR;

    private static async Task<Outcome> TryUndoAsync(
        ITarget target, UndoRecord undo, ITargetProcess? process, CancellationToken cancellationToken)
    {
        switch (undo)
        {
            case UndoRecord.KillProcess when process is not null:
                await process.DisposeAsync().AsTask().WaitAsync(cancellationToken);
                return Outcome.Undone;
            case UndoRecord.WriteBack write:
                await target.WriteTextAsync(write.Path, write.Value, cancellationToken);
                return Outcome.Undone;
            case UndoRecord.WriteBytes write:
                await target.WriteAsync(write.Path, write.Content, WriteMode.Truncate, cancellationToken);
                return Outcome.Undone;
            case UndoRecord.Exchange exchange when await target.ExistsAsync(exchange.ShownBy, cancellationToken):
                return Outcome.Gone;
            case UndoRecord.Exchange exchange:
                await target.WriteTextAsync(exchange.Path, exchange.Value, cancellationToken);
                return Outcome.Undone;
            case UndoRecord.AppendLine append:
                await target.WriteAsync(append.Path, Encoding.UTF8.GetBytes(append.Line + "\n"), WriteMode.Append, cancellationToken);
                return Outcome.Undone;
            case UndoRecord.RemoveDirectory directory:
                await target.RemoveDirectoryAsync(directory.Path, cancellationToken);
                return Outcome.Undone;
            case UndoRecord.RemoveFile file:
                await target.RemoveFileAsync(file.Path, cancellationToken);
                return Outcome.Undone;
            case UndoRecord.KillProcess kill:
                return await KillAsync(target, kill, cancellationToken);
            case UndoRecord.UnloadModule unload:
                return await UnloadAsync(target, unload, cancellationToken);
            case UndoRecord.RunCommand run:
                _ = (await target.RunAsync(new Command(run.Program, run.Arguments) { Timeout = CallLimit }, cancellationToken)).EnsureSuccess();
                return Outcome.Undone;
            default:
                throw new InvalidOperationException($"no way to undo {undo}");
        }
    }

    /// <summary>When a process of the target started, in ticks since its boot; 0 when it does not run.</summary>
    public static async Task<long> ReadStartTicksAsync(ITarget target, int pid, CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat");
        var stat = (await target.ReadManyAsync([path], cancellationToken))[0].Content;
        return stat is null ? 0 : ProcessIdentity.ParseStartTicks(Encoding.UTF8.GetString(stat));
    }

    // The shell's own kill is on every target; the pid is an argument, the text is fixed. The program leads its group, its
    // children with it; where the target has no setsid(1) it does not.
    private static async Task<Outcome> KillAsync(ITarget target, UndoRecord.KillProcess kill, CancellationToken cancellationToken)
    {
        if (kill.StartTicks == 0 || await ReadStartTicksAsync(target, kill.Pid, cancellationToken) != kill.StartTicks)
        {
            return Outcome.Gone;
        }

        const string script = "kill -KILL -\"$1\" 2>/dev/null || kill -KILL \"$1\"";
        var pid = kill.Pid.ToString(CultureInfo.InvariantCulture);
        _ = (await target.RunAsync(new Command("sh", "-c", script, "sh", pid) { Timeout = CallLimit }, cancellationToken)).EnsureSuccess();
        return Outcome.Undone;
    }

    private static async Task<Outcome> UnloadAsync(ITarget target, UndoRecord.UnloadModule unload, CancellationToken cancellationToken)
    {
        if (!await target.ExistsAsync($"/sys/module/{unload.Name}", cancellationToken))
        {
            return Outcome.Gone;
        }

        var command = unload.WithDependencies ? new Command("modprobe", "-r", unload.Name) : new Command("rmmod", unload.Name);
        var result = await target.RunAsync(command with { Timeout = CallLimit }, cancellationToken);
        return result.ExitCode == 0 ? Outcome.Undone
            : IsInUse(result.ErrorText) ? throw new TargetIOException(target.Name, "unload module", unload.Name, Errno.EBUSY, result.ErrorText.Trim())
            : throw new CommandFailedException(result);
    }

    private static bool IsInUse(string error) =>
        error.Contains("in use", StringComparison.Ordinal)
        || error.Contains("busy", StringComparison.Ordinal)
        || error.Contains("temporarily unavailable", StringComparison.Ordinal);
}
