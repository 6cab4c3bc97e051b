using LabTrace.Devices;
using LabTrace.Emulation.Fuse;

namespace LabTrace.Emulation;

/// <summary>An emulated machine's file tree where real programs find it: a FUSE mount.</summary>
/// <remarks>The machine's time goes with the real one while it is mounted.</remarks>
public sealed class EmulatedMount : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>More than this is not caught up at once.</summary>
    private const long MaxStepNs = 100_000_000;

    private readonly FuseConnection _connection;
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _clock;

    private EmulatedMount(EmulatedTarget target, FuseConnection connection, Action<string> tell)
    {
        _connection = connection;
        target.Machine.IsPaced = true;
        var server = new FuseServer(target.Machine, connection, FuseLibc.GetUserId(), tell);
        var thread = new Thread(() =>
        {
            server.Run();
            _end.SetResult();
        })
        {
            IsBackground = true,
            Name = "fuse",
        };
        thread.Start();
        _clock = GoWithTimeAsync(target, _stop.Token);
    }

    /// <summary>Ends when the tree is unmounted, by whomever.</summary>
    public Task Unmounted => _end.Task;

    /// <summary>Mounts a target's files; root with mount(2), others with fusermount3.</summary>
    /// <param name="target">The machine.</param>
    /// <param name="directory">Where: an empty directory, or one that is made and removed again.</param>
    /// <param name="forAll">Whether users other than the one who mounts may use it; root always lets all.</param>
    /// <param name="tell">Told what went wrong inside, for the log.</param>
    /// <exception cref="LabConfigException">It cannot be mounted there.</exception>
    public static EmulatedMount Mount(EmulatedTarget target, string directory, bool forAll, Action<string> tell)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(tell);
        return new EmulatedMount(target, FuseConnection.Mount(Path.GetFullPath(directory), forAll), tell);
    }

    /// <summary>Unmounts.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _clock;
        _connection.Unmount();
        try
        {
            // A file that is still open keeps the thread; it ends with the process.
            await _end.Task.WaitAsync(Patience, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            // See above.
        }

        _connection.Dispose();
        _stop.Dispose();
    }

    private static async Task GoWithTimeAsync(EmulatedTarget target, CancellationToken cancellationToken)
    {
        var last = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(Tick);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                var now = TimeProvider.System.GetTimestamp();
                var passed = (long)TimeProvider.System.GetElapsedTime(last, now).TotalNanoseconds;
                last = now;
                target.Machine.Pass(Math.Min(passed, MaxStepNs));
            }
        }
        catch (OperationCanceledException)
        {
            // The mount ends.
        }
    }
}
