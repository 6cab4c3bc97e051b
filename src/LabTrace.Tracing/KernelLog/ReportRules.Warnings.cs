namespace LabTrace.Tracing.KernelLog;

internal static partial class ReportRules
{
    // Older kernels print the trace of the warning itself, and behind the trap's frames the registers where it happened; newer ones
    // begin with the registers.
    private static TraceStep[][] Warned => [Trapped, CallTrace];

    private static ReportRule[] Warnings =>
    [
        Warning(@"lib/debugobjects\.c.*(?:debug_print|debug_check)", "WARNING: ODEBUG bug in {func}", "debug_|rcu|hrtimer_|timer_|work_|percpu_|" + Allocators + "|kobject_"),
        Warning(@"mm/usercopy\.c.*usercopy_warn", "WARNING: bad usercopy in {func}", "usercopy|__check"),
        Warning(@"lib/kobject\.c.*kobject_", "WARNING: kobject bug in {func}", "kobject_"),
        Warning(@"fs/proc/generic\.c.*proc_register", "WARNING: proc registration bug in {func}", "proc_"),
        Warning(@"lib/refcount\.c:", "WARNING: refcount bug in {func}", "refcount|kobject_|kref|put_device|_put$") with { Type = "REFCOUNT_WARNING" },
        Warning(@"kernel/locking/lockdep\.c.*lock_", "WARNING: locking bug in {func}", "lock_sock|release_sock") with { Type = "LOCKDEP" },
        Warning(@"mm/vmalloc\.c.*vmalloc", "WARNING: zero-size vmalloc in {func}", "vmalloc"),
        Warning(@"mm/\S*\.c:[0-9]+ (?:at )?_*k.?malloc", "WARNING: kmalloc bug in {func}", "kmalloc|kcalloc|kzalloc|krealloc|vmalloc|slab|kmem|alloc_pages"),
        Warning(@"usb_submit_urb", "WARNING in {func}/usb_submit_urb", "usb_submit_urb|usb_start_wait_urb|usb_bulk_msg|usb_interrupt_msg|usb_control_msg"),
        new(@"WARNING: .*(?: at [A-Za-z0-9_./-]+:[0-9]+|\b[A-Za-z0-9_./-]+:[0-9]+ at )", "WARNING in {func}", "WARNING") { Ways = Warned },
        new("WARNING: lock held when returning to user space", "WARNING: lock held when returning to user space in {func}", "LOCKDEP") { Before = ["leaving the kernel with locks still held"], DetailPattern = At },
        .. Deadlocks("WARNING: "),
        SuspiciousRcu("WARNING"),
        new(@"WARNING: kernel stack regs at [0-9a-f]+ in [^ ]* has bad '(?<what>[^']+)' value", "WARNING: kernel stack regs has bad '{what}' value", "WARNING"),
        new(@"WARNING: kernel stack (?:regs|frame pointer) .* has bad .*value", "WARNING: kernel stack regs has bad value", "WARNING"),
        new("WARNING: bad unlock balance detected!", "WARNING: bad unlock balance in {func}", "LOCKDEP") { Before = ["is trying to release lock"], DetailPattern = @"(?:at: )?" + StackFrame.Address + @"\s+" + Func + "|" + At },
        new("WARNING: held lock freed!", "WARNING: held lock freed in {func}", "LOCKDEP") { DetailPattern = @"at:(?: " + StackFrame.Address + @")?\s+" + Func },
        new("WARNING: [Nn]ested lock was not taken", "WARNING: nested lock was not taken in {func}", "LOCKDEP") { Before = ["is trying to lock"], DetailPattern = At, Ways = [[TraceStep.After("is trying to lock"), TraceStep.Taken, TraceStep.Frames]] },
        new("WARNING: .*still has locks held!", "WARNING: still has locks held in {func}", "LOCKDEP") { DetailPattern = @"at: (?:" + StackFrame.Address + @"\s+)?" + Func },
        new("WARNING: lock held at task exit time", "WARNING: lock held at task exit time in {func}", "LOCKDEP") { DetailPattern = At },
        new(@"WARNING:\s*$", "WARNING: corrupted", "WARNING"),

        // Advice to whoever mounts or configures, and notes of user space.
        new(@"WARNING: (?:[Tt]he mand mount|.*(?:[Dd]eprecat|[Uu]nsupported (?:configuration|flag)|[Uu]nprivileged eBPF|See https?:|[Pp]lease |will be removed|is ignored|does not exist|experimental)|workqueue cpumask:)|XFS \([^)]*\): WARNING:", "", ""),
        new(@"(?<![A-Za-z_])WARNING: (?<rest>.*\S)", "WARNING: {rest}", "WARNING"),
    ];

    private static ReportRule[] Infos =>
    [
        .. Deadlocks("INFO: "),
        new(@"INFO: (?:rcu_[a-z]+ |rcu: )*(?:self-)?detected(?: expedited)? stall", "INFO: rcu detected stall in {func}", "HANG")
        {
            Ways = [Interrupted, InterruptedFrames, .. OtherInterrupts, Registers, Trapped], SkipPattern = "apic_timer_interrupt|rcu", Pick = FramePick.BelowDispatcher,
        },
        new(@"INFO: trying to register non-static key", "INFO: trying to register non-static key in {func}", "LOCKDEP") { Ways = [CallTrace], SkipPattern = "stack|lock|IRQ|register_lock_class" },
        SuspiciousRcu("INFO"),
        new(@"INFO: task .* blocked (?:on .* )?for more than [0-9]+ seconds", "INFO: task hung in {func}", "HANG") { Ways = [CallTrace], Pick = FramePick.Waiting },
        new(@"INFO: task .* can't die for more than [0-9]+ seconds", "INFO: task can't die in {func}", "HANG") { Ways = [CallTrace], Pick = FramePick.Waiting },
        new(@"INFO: (?<rest>(?:Freed|Allocated) in .*\S)", "INFO: {rest}", "MEMORY_SAFETY_BUG"),
        new(@"INFO: (?<rest>(?:Slab|Object|Padding) 0x.*\S)", "INFO: {rest}", "MEMORY_SAFETY_BUG"),
        new(@"(?<![A-Za-z_])INFO:\s*$", "INFO: corrupted", "INFO"),
    ];

    private static ReportRule Warning(string where, string title, string skip) =>
        new("WARNING: .*" + where, title, "WARNING") { Ways = Warned, SkipPattern = skip };

    private static ReportRule SuspiciousRcu(string word) =>
        new(word + ": suspicious RCU usage", word + ": suspicious RCU usage in {func}", "LOCKDEP")
        {
            DetailPattern = @"[A-Za-z0-9_./-]+\.[chS]:[0-9]+",
            Ways = [CallTrace],
            SkipPattern = "rcu|kmem|slab|kmalloc|vmalloc|kcalloc|kzalloc",
        };

    // The function is the one that takes the lock whose order is wrong.
    private static ReportRule[] Deadlocks(string word) =>
    [
        Deadlock(word + "possible circular locking dependency detected", "possible deadlock in {func}", "is trying to acquire lock"),
        Deadlock(word + "possible irq lock inversion dependency detected", "possible deadlock in {func}", "just changed the state of lock"),
        Deadlock(word + "[A-Z]+(?:-READ)?-safe -> [A-Z]+(?:-READ)?-unsafe lock order detected", "possible deadlock in {func}", "is trying to acquire") with
        {
            Ways = [[TraceStep.After("which became"), TraceStep.Frames], TakenThen("is trying to acquire")],
        },
        Deadlock(word + "possible recursive locking detected", "possible deadlock in {func}", "is trying to acquire lock"),
        Deadlock(word + "inconsistent lock state", "inconsistent lock state in {func}", "takes") with
        {
            Ways = [[TraceStep.After("takes"), TraceStep.Taken], CallTrace], SkipPattern = "rt_mutex|mark_(?:lock|held)|^raw_spin_rq",
        },
    ];

    private static ReportRule Deadlock(string header, string title, string before) =>
        new(header, title, "LOCKDEP") { Before = [before], DetailPattern = At, Ways = [TakenThen(before)], SkipPattern = "process_one_work" };

    private static TraceStep[] TakenThen(string before) => [TraceStep.After(before), TraceStep.Taken, TraceStep.Frames];
}
