namespace LabTrace.Tracing.KernelLog;

internal static partial class ReportRules
{
    private static TraceStep[] Interrupted => [TraceStep.After("apic_timer_interrupt"), TraceStep.Pointer, TraceStep.Frames];
    private static TraceStep[] InterruptedFrames => [TraceStep.After("apic_timer_interrupt"), TraceStep.Frames];
    private static TraceStep[][] OtherInterrupts =>
    [
        .. InterruptEntries.Select(static entry => new[] { TraceStep.After(entry), TraceStep.Frames }),
    ];

    private static string[] InterruptEntries => ["gic_handle_irq", "el1h_64_irq", "el1_irq", "handle_riscv_irq", "timer_interrupt", "do_IRQ", "do_ext_irq"];

    private static ReportRule[] Bugs =>
    [
        new("BUG: (?<kind>spinlock|rwlock) (?<what>lockup suspected|cpu recursion|already unlocked|recursion|bad magic|wrong owner|wrong CPU)", "BUG: {kind} {what} in {func}", "LOCKDEP") { Ways = [CallTrace], SkipPattern = "spin_|rwlock|spin_bug|spin_dump" },
        new("BUG: soft lockup", "BUG: soft lockup in {func}", "HANG") { Ways = [Registers, CallTrace], Pick = FramePick.BelowDispatcher },
        new("BUG: workqueue lockup", "BUG: workqueue lockup", "HANG"),
        new("BUG: .*still has locks held!", "BUG: still has locks held in {func}", "LOCKDEP") { Before = ["lock"], DetailPattern = StackFrame.Address + @"\s+" + Func },
        new("BUG: lock held when returning to user space", "BUG: lock held when returning to user space in {func}", "LOCKDEP") { Before = ["leaving the kernel with locks still held"], DetailPattern = At },
        new("BUG: lock held at task exit time", "BUG: lock held at task exit time in {func}", "LOCKDEP") { DetailPattern = At },
        new("BUG: bad unlock balance detected!", "BUG: bad unlock balance in {func}", "LOCKDEP") { Before = ["is trying to release lock"], DetailPattern = @"(?:at: )?" + StackFrame.Address + @"\s+" + Func + "|" + At },
        new("BUG: held lock freed!", "BUG: held lock freed in {func}", "LOCKDEP") { DetailPattern = StackFrame.Address + @"\s+" + Func + "|" + At },
        new("BUG: Invalid wait context|BUG: nested lock was not taken", "BUG: {text}", "LOCKDEP"),
        new("BUG: (?<what>Bad rss-counter state|non-zero nr_ptes on freeing mm|non-zero nr_pmds on freeing mm)", "BUG: {what}", "BUG"),
        new(@"BUG: Dentry .* still in use \([0-9]+\)", "BUG: Dentry still in use in unmount", "BUG"),
        new("BUG: Bad page (?<what>state|map|cache)", "BUG: Bad page {what} in {func}", "BUG") { Ways = [CallTrace], SkipPattern = "bad_page|print_bad_pte|free_page|page_is_bad|free_unref|free_pages|folio_put|put_page|unmap_page_range|zap_p|unaccount_page_cache|filemap" },
        new("BUG: sleeping function called from invalid context at", "BUG: sleeping function called from invalid context in {func}", "ATOMIC_SLEEP") { Ways = [CallTrace] },
        new("BUG: scheduling while atomic", "BUG: scheduling while atomic in {func}", "ATOMIC_SLEEP") { Ways = [CallTrace], SkipPattern = "schedule|preempt|cond_resched|rwsem|completion|__mutex|mutex_lock|wait_for|kernfs_(?:remove|drain)" },
        new(@"BUG: using (?<what>__this_cpu_[a-z_]+|[a-z_]*smp_processor_id|__this_cpu)\(\) in preemptible", "BUG: using {what}() in preemptible code in {func}", "LOCKDEP") { Ways = [CallTrace], SkipPattern = "dump_stack|preemption|preempt|debug_smp_processor_id" },
        new("BUG: workqueue leaked (?:lock or atomic|atomic, lock or RCU|lock)", "BUG: workqueue leaked lock or atomic in {func}", "LOCKDEP") { DetailPattern = @"last function: (?<func>[A-Za-z0-9_]+)" },
        new("BUG: memory leak", "memory leak in {func}", "LEAK") { Ways = [[TraceStep.After("backtrace"), TraceStep.Frames]], SkipPattern = LeakAllocators },
        new("BUG: (?:stack guard page|TASK stack guard page|IRQ stack guard page) was hit", "BUG: stack guard page was hit in {func}", "DoS") { Ways = [CallTrace] },
        new("BUG: MAX_(?<what>[A-Z_]+) too low!", "BUG: MAX_{what} too low!", "BUG"),
        new("BUG: rwsem (?<what>.*)", "BUG: {text}", "LOCKDEP"),
        new("BUG: no syscalls can create resource", "", ""),
        new(@"(?<![A-Za-z_])BUG: (?<rest>.*\S)", "BUG: {rest}", "BUG"),
    ];

    private const string LeakAllocators = "kmemleak|kmalloc|kcalloc|kzalloc|vmalloc|mmap|kmem|slab|alloc|create_object|idr_get|list_lru_init|kasprintf|kvasprintf|pcpu_create|strdup|strndup|memdup|_user_dup";

    private static ReportRule[] BareTraces => [new("^Call [Tt]race:", "call trace in {func}", BareTrace) { Ways = [NamedThenFrames] }];

    private static ReportRule[] Others =>
    [
        new("unregister_netdevice: waiting for .* to become free", "unregister_netdevice: waiting for DEV to become free", "DoS"),
        new(@"Out of memory: Kill(?:ed)? process [0-9]+ \((?<comm>[^)]*)\)", "Out of memory: killed {comm}", "OOM"),
        new("Out of memory and no killable processes", "Out of memory and no killable processes", "OOM"),
        new(@"[Mm]emory cgroup out of memory: Kill(?:ed)? process [0-9]+ \((?<comm>[^)]*)\)", "Memory cgroup out of memory: killed {comm}", "OOM"),
        new("(?:Watchdog detected|NMI watchdog:.*|watchdog:.*)[Hh]ard LOCKUP", "hard lockup in {func}", "HANG") { Ways = [Registers, CallTrace] },
        new("workqueue lockup", "BUG: workqueue lockup", "HANG"),
        new(@"kmemleak: (?<count>[0-9]+) new suspected memory leaks", "memory leak suspected by kmemleak", "LEAK"),
        new(@"^unreferenced object 0x", "memory leak in {func}", "LEAK") { Ways = [[TraceStep.After("backtrace"), TraceStep.Frames]], SkipPattern = LeakAllocators },
        new(@"ASSERT FAILED(?: at \([^)]*\))?:(?<rest>( .*\S)?)", "trusty: ASSERT FAILED:{rest}", "DoS"),
        new(@"rust_kernel: panicked at", "{message} in {func}", "DoS") { DetailPattern = @"^(?<message>\S.*\S)$", Ways = [CallTrace] },
        new(@"(?<what>SYZFAIL|SYZFATAL): (?<rest>.*\S)", "{what}: {rest}", "SYZ_FAILURE"),
        new("VFS: Busy inodes after unmount", "VFS: Busy inodes after unmount (use-after-free)", "MEMORY_SAFETY_BUG"),
        new(@"irq [0-9]+: nobody cared", "irq: nobody cared in {func}", "WARNING") { Ways = [CallTrace], SkipPattern = "irq|^do_IRQ|softirq" },
    ];
}
