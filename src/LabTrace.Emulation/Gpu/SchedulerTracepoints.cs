using LabTrace.Emulation.Ftrace;
using LabTrace.Emulation.Kernel;

namespace LabTrace.Emulation.Gpu;

/// <summary>Tells the kernel's own tracing of a GPU's jobs, as the DRM scheduler does.</summary>
/// <param name="machine">The machine.</param>
/// <param name="address">The GPU's device, as <c>dev_name()</c> has it.</param>
/// <remarks>A kernel gives jobs to the hardware in a worker; here the interrupt that finds the ring free does, and its record has that context.</remarks>
internal sealed class SchedulerTracepoints(Machine machine, string address)
{
    // A fence's context is the ring's in the scheduler, not the context of the program.
    private const long FirstFenceContext = 64;
    private readonly Dictionary<uint, long> _clients = [];

    /// <summary>A task that runs on the cpu hands a job over.</summary>
    public void Queued(GpuJob job, int cpu) => TellJob(GpuSchedulerEvents.Queue, job, cpu, TraceContext.Task);

    /// <summary>The hardware gets it.</summary>
    public void Runs(GpuJob job, int cpu) => TellJob(GpuSchedulerEvents.Run, job, cpu, TraceContext.Irq);

    /// <summary>Its fence is signalled, whatever became of it.</summary>
    public void Done(GpuJob job, int cpu)
    {
        if (machine.Tracer.IsAnyHooked)
        {
            var on = Present(cpu);
            machine.Start(GpuSchedulerEvents.System, GpuSchedulerEvents.Done, on, TraceContext.Irq)?.Put(FirstFenceContext + job.Ring.Id).Put(job.Seqno);
            machine.Commit(GpuSchedulerEvents.System, GpuSchedulerEvents.Done, on, TraceContext.Irq);
        }
    }

    private void TellJob(string name, GpuJob job, int cpu, TraceContext context)
    {
        if (!machine.Tracer.IsAnyHooked)
        {
            return;
        }

        var on = Present(cpu);
        if (!_clients.TryGetValue(job.Pid, out var client))
        {
            _clients.Add(job.Pid, client = _clients.Count + 1);
        }

        machine.Start(GpuSchedulerEvents.System, name, on, context)?.Put(job.Ring.Name).Put(job.Ring.Waiting.Count).Put(job.Ring.Running is null ? 0 : 1)
            .Put(address).Put(FirstFenceContext + job.Ring.Id).Put(job.Seqno).Put(client);
        machine.Commit(GpuSchedulerEvents.System, name, on, context);
    }

    private Cpu Present(int cpu)
    {
        var on = machine.Scheduler.Cpus[cpu];
        machine.Scheduler.CatchUp(on);
        return on;
    }
}
