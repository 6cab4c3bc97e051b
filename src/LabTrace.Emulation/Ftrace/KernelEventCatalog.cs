namespace LabTrace.Emulation.Ftrace;

/// <summary>The events that are built into the emulated kernel. Probes come on top, per target.</summary>
internal static class KernelEventCatalog
{
    private static readonly EmulatedEvent[] Events = Make();
    private static readonly Dictionary<(string System, string Name), EmulatedEvent> ByName = Events.ToDictionary(e => (e.System, e.Name));
    private static readonly Dictionary<int, EmulatedEvent> Enters = SyscallDescription.All.ToDictionary(c => c.Number, c => Of("syscalls", "sys_enter_" + c.Name));
    private static readonly Dictionary<int, EmulatedEvent> Exits = SyscallDescription.All.ToDictionary(c => c.Number, c => Of("syscalls", "sys_exit_" + c.Name));

    /// <summary>All, in the kernel's order.</summary>
    public static IReadOnlyList<EmulatedEvent> All => Events;

    public static EmulatedEvent Of(string system, string name) => ByName[(system, name)];

    public static EmulatedEvent? SyscallEnter(int number) => Enters.GetValueOrDefault(number);

    public static EmulatedEvent? SyscallExit(int number) => Exits.GetValueOrDefault(number);

    private static EmulatedEvent[] Make() =>
    [
        .. TaskEvents.All.Concat(KernelEvents.All).Concat(GpuSchedulerEvents.All).Concat(FtraceEvents.All).Select(EmulatedEvent.From)
            .Concat(SyscallDescription.All.SelectMany(c => new[] { EmulatedEvent.Exit(c), EmulatedEvent.Enter(c) }))
            .OrderBy(e => e.Order),
    ];
}
