using LabTrace.Emulation.Bpf;
using LabTrace.Emulation.Ftrace;

namespace LabTrace.Emulation.Kernel;

/// <summary>The devices of every emulated machine.</summary>
internal static class EmulatedDevices
{
    /// <summary>In the order in which they are attached.</summary>
    public static readonly IReadOnlyList<IEmulatedDevice> All = [new SystemFiles(), new TracefsDevice(), new KernelLogDevice(), new Grtrace.GrtraceDevice(), new TimeCards.Driver.TimeCardDevices(), new BpfDevice(), new ReplayDevice()];
}

/// <summary>The faults of BPF programs, at a place of debugfs that no real kernel has.</summary>
internal sealed class BpfDevice : IEmulatedDevice
{
    public void Attach(Machine machine) => machine.Tree.Put(BpfFaults.Path, machine.Bpf.Faults.MakeDirectory());
}

/// <summary>tracefs at its usual place.</summary>
internal sealed class TracefsDevice : IEmulatedDevice
{
    /// <summary>Where it is mounted.</summary>
    public const string Path = "/sys/kernel/tracing";

    public void Attach(Machine machine)
    {
        machine.Tracer.Probes.Tree = machine.Tree;
        machine.Tracer.Writer = machine.Scheduler.Cpus[0];
        machine.Tree.Put(Path, TracefsTree.MakeTop(machine.Tracer));
    }
}
