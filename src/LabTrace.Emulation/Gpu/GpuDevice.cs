using LabTrace.Emulation.Grtrace;
using LabTrace.Emulation.Kernel;
using LabTrace.Tracing;

namespace LabTrace.Emulation.Gpu;

/// <summary>A GPU: jobs are queued on rings, wait for fences, run, are interrupted by more urgent ones, hang and are reset, in virtual time.</summary>
internal sealed class GpuDevice(Machine machine, string driver, string model, string? scheduledAt, IReadOnlyList<GpuRing> rings, Action<GpuDevice, GpuEvent> happened)
{
    private readonly SchedulerTracepoints? _scheduler = scheduledAt is null ? null : new SchedulerTracepoints(machine, scheduledAt);

    private const long TimeoutNs = 500_000_000;
    private const long ResetNs = 2_000_000;
    private const int TimedOut = -110; // ETIMEDOUT
    private const int Cancelled = -125; // ECANCELED
    private const uint Reset = 1;
    private const uint Timeout = 2;
    private const uint Vector = 47;

    /// <summary>The DRM driver's module.</summary>
    public string Driver { get; } = driver;

    public string Model { get; } = model;

    /// <summary>Whether the driver uses the DRM scheduler, so that its tracepoints tell of it.</summary>
    public bool UsesScheduler => _scheduler is not null;

    public IReadOnlyList<GpuRing> Rings { get; } = rings;

    /// <summary>Whether the driver is loaded.</summary>
    public bool IsBound { get; set; }

    /// <summary>Takes a job from a task that runs now.</summary>
    public void Submit(GpuJob job, int cpu)
    {
        _scheduler?.Queued(job, cpu);
        Tell(GrtEventKind.Submit, job, cpu);

        // The submitting cpu may be ahead of what else happens: the hardware gets the job after that.
        _ = machine.Queue.Plan(Math.Max(machine.Time.NowNs, machine.Scheduler.Cpus[cpu].Clock) + machine.Scheduler.About(2_000), () =>
        {
            Tell(GrtEventKind.Commit, job, cpu);
            job.Ring.Waiting.Add(job);
            if (job.Ring.Running is { Hangs: false } running && running.Priority < job.Priority)
            {
                Preempt(job.Ring, running);
            }

            Turn(job.Ring);
        });
    }

    /// <summary>Stalls the ring of a number: what it runs goes on, nothing new starts.</summary>
    public void Stall(uint? number)
    {
        foreach (var ring in Rings)
        {
            ring.IsStalled = number is not null && (ring.IsStalled || ring.Id == number);
            Turn(ring);
        }
    }

    private int IrqCpu(GpuRing ring) => (int)(ring.Id % (uint)machine.Options.Cpus);

    private SimEvent Plan(long afterNs, Action action) => machine.Queue.Plan(machine.Time.NowNs + machine.Scheduler.About(afterNs), action);

    // Gives the ring to the most urgent of those that wait.
    private void Turn(GpuRing ring)
    {
        if (ring.IsStalled || ring.Running is not null || ring.Waiting.Count == 0)
        {
            return;
        }

        var job = ring.Waiting.Where(j => j.Fence is null or { IsComplete: true }).MaxBy(j => j.Priority);
        if (job is null)
        {
            var blocked = ring.Waiting[0];
            if (!blocked.IsWaitingForFence)
            {
                blocked.IsWaitingForFence = true;
                Tell(GrtEventKind.SyncWaitEnter, blocked, IrqCpu(ring), j => j with { Arg0 = blocked.Fence!.Context });
            }

            return;
        }

        _ = ring.Waiting.Remove(job);
        Run(ring, job);
    }

    private void Run(GpuRing ring, GpuJob job)
    {
        if (job.IsWaitingForFence)
        {
            job.IsWaitingForFence = false;
            Tell(GrtEventKind.SyncWaitExit, job, IrqCpu(ring), j => j with { Arg0 = job.Fence!.Context });
        }

        Switch(ring, job, GrtJobFlags.None);
        (ring.Running, job.Since) = (job, machine.Time.NowNs);
        if (!job.HasStarted)
        {
            job.HasStarted = true;
            _scheduler?.Runs(job, IrqCpu(ring));
            Tell(GrtEventKind.Start, job, IrqCpu(ring));
        }

        ring.Due = job.Hangs
            ? machine.Queue.Plan(machine.Time.NowNs + TimeoutNs, () => Hung(ring, job))
            : machine.Queue.Plan(machine.Time.NowNs + job.LeftNs, () => End(ring, job));
    }

    private void Preempt(GpuRing ring, GpuJob running)
    {
        machine.Queue.Cancel(ring.Due);
        running.LeftNs = Math.Max(1, running.LeftNs - (machine.Time.NowNs - running.Since));
        ring.Running = null;
        ring.Waiting.Insert(0, running);
        Switch(ring, ring.Waiting.Where(j => j.Fence is null or { IsComplete: true }).MaxBy(j => j.Priority)!, GrtJobFlags.Preempt);
    }

    private void Switch(GpuRing ring, GpuJob to, GrtJobFlags flags)
    {
        if (ring.Context == to.Context)
        {
            return;
        }

        var from = ring.Context;
        ring.Context = to.Context;
        Tell(GrtEventKind.CtxSwitch, to, IrqCpu(ring), j => j with { CtxId = from, Arg0 = to.Context, Flags = j.Flags | flags });
    }

    private void End(GpuRing ring, GpuJob job)
    {
        var cpu = IrqCpu(ring);
        ring.Running = null;
        Tell(GrtEventKind.End, job, cpu);
        _ = Plan(2_000, () =>
        {
            Tell(GrtEventKind.Irq, job, cpu, j => j with { Aux = Vector });
            _ = Plan(3_000, () => Complete(ring, job, status: 0));
        });
        Turn(ring);
    }

    private void Hung(GpuRing ring, GpuJob job)
    {
        var cpu = IrqCpu(ring);
        machine.Log.Print(4, $"{Driver}: ring {ring.Name} timeout, signaled seq={job.Seqno - 1}, emitted seq={job.Seqno}");
        Tell(GrtEventKind.Error, job, cpu, j => j with { Status = TimedOut, Aux = Timeout });
        Tell(GrtEventKind.Custom, job, cpu, j => j with { Arg0 = job.Seqno });
        _ = machine.Queue.Plan(machine.Time.NowNs + ResetNs, () =>
        {
            machine.Log.Print(4, $"{Driver}: ring {ring.Name} reset succeeded");
            Tell(GrtEventKind.Error, job, cpu, j => j with { Aux = Reset });
            ring.Running = null;
            Complete(ring, job, Cancelled);
            Turn(ring);
        });
    }

    private void Complete(GpuRing ring, GpuJob job, int status)
    {
        _scheduler?.Done(job, IrqCpu(ring));
        Tell(GrtEventKind.Complete, job, IrqCpu(ring), j => j with { Status = status });
        job.IsComplete = true;
        job.OnComplete?.Invoke();
        foreach (var other in Rings)
        {
            Turn(other);
        }
    }

    private void Tell(GrtEventKind kind, GpuJob job, int cpu, Func<GrtJob, GrtJob>? with = null)
    {
        var told = new GrtJob
        {
            Engine = job.Ring.EngineName,
            EngineClass = job.Ring.Engine,
            Flags = GrtJobFlags.Seqno32,
            RingId = job.Ring.Id,
            CtxId = job.Context,
            Seqno = job.Seqno,
            Pid = job.Pid,
            Uid = job.Uid,
        };
        var now = kind == GrtEventKind.Submit ? Math.Max(machine.Time.NowNs, machine.Scheduler.Cpus[cpu].Clock) : machine.Time.NowNs;
        happened(this, new GpuEvent(kind, with is null ? told : with(told), cpu, now));
    }
}
