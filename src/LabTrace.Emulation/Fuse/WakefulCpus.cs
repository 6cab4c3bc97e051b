namespace LabTrace.Emulation.Fuse;

/// <summary>Keeps idle cpus from sleeping deeply while requests come one after the other: each is a wakeup of the server and one of the caller, and an idle
/// cpu of a virtual machine takes tens of microseconds to wake, more than all the work on a request.</summary>
/// <remarks>A latency limit of 0 µs held in <c>/dev/cpu_dma_latency</c> (Documentation/power/pm_qos_interface.rst), which only root may open; without it
/// requests just take longer. The kernel takes it back when the process ends, however that ends.</remarks>
internal sealed class WakefulCpus : IDisposable
{
    /// <summary>What the kernel calls the limit.</summary>
    public const string Device = "/dev/cpu_dma_latency";

    private const int Burst = 64;
    private static readonly TimeSpan BurstTime = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private long _burstSince;
    private long _lastRequest;
    private int _inBurst;
    private int _descriptor = -1;
    private bool _isRefused;

    public WakefulCpus() => _timer = TimeProvider.System.CreateTimer(_ => LetSleep(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>A request came; for the one thread that reads them.</summary>
    public void Requested()
    {
        if (_isRefused)
        {
            return;
        }

        var now = TimeProvider.System.GetTimestamp();
        Volatile.Write(ref _lastRequest, now);
        if (_inBurst == 0 || TimeProvider.System.GetElapsedTime(_burstSince, now) > BurstTime)
        {
            (_inBurst, _burstSince) = (1, now);
        }
        else if (++_inBurst >= Burst && Volatile.Read(ref _descriptor) < 0)
        {
            KeepAwake();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isRefused = true;
            Release();
        }

        _timer.Dispose();
    }

    private void KeepAwake()
    {
        const int writeOnly = 1;
        lock (_gate)
        {
            var descriptor = _isRefused ? -1 : FuseLibc.Open(Device, writeOnly | FuseLibc.CloseOnExec);
            if (descriptor < 0 || FuseLibc.Write(descriptor, new byte[sizeof(int)], sizeof(int)) != sizeof(int))
            {
                _ = descriptor >= 0 ? FuseLibc.Close(descriptor) : 0;
                _isRefused = true;
                return;
            }

            Volatile.Write(ref _descriptor, descriptor);
            _ = _timer.Change(Quiet, Quiet);
        }
    }

    private void LetSleep()
    {
        lock (_gate)
        {
            if (TimeProvider.System.GetElapsedTime(Volatile.Read(ref _lastRequest)) >= Quiet)
            {
                Release();
            }
        }
    }

    private void Release()
    {
        if (_descriptor >= 0)
        {
            _ = FuseLibc.Close(_descriptor);
            Volatile.Write(ref _descriptor, -1);
            _ = _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
