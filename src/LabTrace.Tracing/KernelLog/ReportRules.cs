namespace LabTrace.Tracing.KernelLog;

/// <summary>The kinds of reports, by the word that begins them. Within a word the first rule that holds decides.</summary>
internal static partial class ReportRules
{
    /// <summary>The type of a call trace that nothing announces.</summary>
    public const string BareTrace = "CALL_TRACE";

    private const string Func = StackFrame.Function;
    private const string At = @"at: (?:" + StackFrame.Address + @"\s+)?" + Func;

    private static readonly TraceStep[] CallTrace = [TraceStep.Trace, TraceStep.Frames];
    private static readonly TraceStep[] Registers = [TraceStep.Pointer, TraceStep.Trace, TraceStep.Frames];
    private static readonly TraceStep[] Trapped = [TraceStep.Pointer, TraceStep.Frames];
    private static readonly TraceStep[] NamedThenTrace = [TraceStep.Header, TraceStep.Trace, TraceStep.Frames];
    private static readonly TraceStep[] NamedThenFrames = [TraceStep.Header, TraceStep.Frames];

    /// <summary>Every word that may begin a report, with its rules.</summary>
    public static readonly IReadOnlyList<ReportFamily> All =
    [
        new("BUG: ", [.. Sanitizers, .. Faults, .. Bugs]),
        new("BUG:", [new(@"(?<![A-Za-z_])BUG:\s*$", "BUG: corrupted", "BUG")]),
        new("WARNING:", Warnings),
        new("INFO:", Infos),
        new("nable to handle kernel", Faults),
        new("nable to handle page fault", Faults),
        new("UBSAN:", Undefined),
        new("general protection fault", Traps),
        new("stack segment: ", Traps),
        new("divide error:", Traps),
        new("invalid opcode:", Traps),
        new("Internal error:", Traps),
        new("Unhandled fault:", Traps),
        new("Alignment trap:", Traps),
        new("PANIC: double fault", Traps),
        new("Unhandled prefetch abort:", Traps),
        new("Unexpected kernel BRK", Traps),
        new("Bad mode in", Traps),
        new("Insufficient stack space", Traps),
        new("Machine check", Traps),
        new("Machine Check", Traps),
        new("Oops", Traps),
        new("kernel BUG", Panics),
        new("Kernel BUG", Panics),
        new("Kernel bug detected", Panics),
        new("Kernel panic", Panics),
        new("BUG kmalloc-", Slabs),
        new("BUG ", Slabs),
        new("unregister_netdevice: ", Others),
        new("Out of memory: Kill", Others),
        new("Out of memory and no killable", Others),
        new("emory cgroup out of memory", Others),
        new("LOCKUP", Others),
        new("hard LOCKUP", Others),
        new("workqueue lockup", Others),
        new("unreferenced object", Others),
        new("new suspected memory leaks", Others),
        new("ASSERT FAILED", Others),
        new("panicked at", Others),
        new("SYZFAIL:", Others),
        new("SYZFATAL:", Others),
        new("INIT: Id", Others),
        new("nobody cared", Others),
        new("VFS: Busy inodes after unmount", Others),
        new("Call Trace:", BareTraces),
        new("Call trace:", BareTraces),
    ];

    /// <summary>A line that stands within another report and begins none of its own there.</summary>
    public const string FollowsPattern = @"^Call [Tt]race:|Kernel BUG \[#|Kernel panic - not syncing|invalid opcode:|(?<![A-Za-z])Oops|PANIC: double fault|INFO: (?:Freed|Allocated|Slab|Object|Padding|lockdep)|Internal error:|unreferenced object|unregister_netdevice";
}
