namespace LabTrace.Emulation.Kernel;

/// <summary>What a kernel prints when something goes wrong with it, and what taint that leaves.</summary>
/// <param name="Name">lkdtm's name of the crash type, or the emulated machine's own.</param>
/// <param name="Taint">Bits of <c>/proc/sys/kernel/tainted</c>.</param>
/// <param name="Level">The lines' printk level.</param>
/// <param name="Text">The lines, with <c>{cpu}</c>, <c>{pid}</c>, <c>{comm}</c>, <c>{taint}</c> and <c>{release}</c>; <c>{calls}</c> stands for the frames from lkdtm to the system call.</param>
/// <remarks>As Linux 6.18 prints it: kernel/panic.c, lib/bug.c, lib/ubsan.c, mm/kasan/report.c, kernel/watchdog.c, kernel/rcu/tree_stall.h, kernel/hung_task.c, kernel/locking/lockdep.c, mm/oom_kill.c.</remarks>
internal sealed record KernelCrash(string Name, ulong Taint, int Level, string Text)
{
    private const int Emergency = 0;
    private const int Alert = 1;
    private const int Error = 3;
    private const int Warning = 4;
    private const ulong BadPage = 1UL << 5;
    private const ulong Died = 1UL << 7;
    private const ulong Warned = 1UL << 9;
    private const ulong SoftLockup = 1UL << 14;

    private const string Cpu = "CPU: {cpu} UID: 0 PID: {pid} Comm: {comm} {taint} {release} #1 PREEMPT(voluntary)\n";

    private const string Calls = " lkdtm_do_action+0x1c/0x30\n direct_entry+0xd1/0x130\n full_proxy_write+0x58/0x90\n vfs_write+0xcf/0x450\n ksys_write+0x6b/0xe0\n" +
        " do_syscall_64+0x84/0x800\n entry_SYSCALL_64_after_hwframe+0x76/0x7e\n";

    /// <summary>What lkdtm provokes, in its order.</summary>
    public static IReadOnlyList<KernelCrash> OfLkdtm { get; } =
    [
        new("PANIC", 0, Emergency, "Kernel panic - not syncing: dumptest\n" + Cpu + "Call Trace:\n <TASK>\n dump_stack_lvl+0x5d/0x80\n panic+0x118/0x2f0\n lkdtm_PANIC+0x15/0x20\n{calls} </TASK>\n---[ end Kernel panic - not syncing: dumptest ]---"),
        new("BUG", Died, Warning, "------------[ cut here ]------------\nkernel BUG at drivers/misc/lkdtm/bugs.c:105!\nOops: invalid opcode: 0000 [#1] SMP NOPTI\n" + Cpu + "RIP: 0010:lkdtm_BUG+0x9/0x10\nCall Trace:\n <TASK>\n{calls} </TASK>\nModules linked in:\n---[ end trace 0000000000000000 ]---"),
        new("WARNING", Warned, Warning, "------------[ cut here ]------------\nWARNING: CPU: {cpu} PID: {pid} at drivers/misc/lkdtm/bugs.c:112 lkdtm_WARNING+0x12/0x20\nModules linked in:\n" + Cpu + "RIP: 0010:lkdtm_WARNING+0x12/0x20\nCall Trace:\n <TASK>\n{calls} </TASK>\n---[ end trace 0000000000000000 ]---"),
        new("WARNING_MESSAGE", Warned, Warning, "------------[ cut here ]------------\nWarning message trigger count: 1\nWARNING: CPU: {cpu} PID: {pid} at drivers/misc/lkdtm/bugs.c:117 lkdtm_WARNING_MESSAGE+0x12/0x20\nModules linked in:\n" + Cpu + "RIP: 0010:lkdtm_WARNING_MESSAGE+0x12/0x20\nCall Trace:\n <TASK>\n{calls} </TASK>\n---[ end trace 0000000000000000 ]---"),
        new("EXCEPTION", Died, Alert, "BUG: kernel NULL pointer dereference, address: 0000000000000000\n#PF: supervisor write access in kernel mode\n#PF: error_code(0x0002) - not-present page\nPGD 0 P4D 0\nOops: Oops: 0002 [#1] SMP NOPTI\n" + Cpu + "RIP: 0010:lkdtm_EXCEPTION+0x5/0x10\nCall Trace:\n <TASK>\n{calls} </TASK>\nModules linked in:\nCR2: 0000000000000000\n---[ end trace 0000000000000000 ]---"),
        new("LOOP", 0, Error, "rcu: INFO: rcu_preempt self-detected stall on CPU\nrcu: \t{cpu}-....: (20999 ticks this GP) idle=a3c4/1/0x4000000000000000 softirq=1201/1201 fqs=5249\nrcu: \t(t=21000 jiffies g=4733 q=118 ncpus=2)\n" + Cpu + "RIP: 0010:lkdtm_LOOP+0x5/0x10\nCall Trace:\n <TASK>\n{calls} </TASK>"),
        new("SOFTLOCKUP", SoftLockup, Emergency, "watchdog: BUG: soft lockup - CPU#{cpu} stuck for 26s! [{comm}:{pid}]\nModules linked in:\n" + Cpu + "RIP: 0010:lkdtm_SOFTLOCKUP+0x10/0x20\nCall Trace:\n <TASK>\n{calls} </TASK>"),
        new("HARDLOCKUP", 0, Emergency, "watchdog: Watchdog detected hard LOCKUP on cpu {cpu}\nModules linked in:\n" + Cpu + "RIP: 0010:lkdtm_HARDLOCKUP+0x8/0x10\nCall Trace:\n <TASK>\n{calls} </TASK>"),
        new("SPINLOCKUP", 0, Warning, "================================================\nWARNING: lock held when returning to user space!\n{release} {taint}\n------------------------------------------------\n{comm}/{pid} is leaving the kernel with locks still held!\n1 lock held by {comm}/{pid}:\n #0: ffffffff82a4d2d8 (lock_me_up){+.+.}-{3:3}, at: lkdtm_SPINLOCKUP+0x12/0x20"),
        new("HUNG_TASK", 0, Error, "INFO: task {comm}:{pid} blocked for more than 120 seconds.\n      {taint} {release} #1\n\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message.\ntask:{comm} state:D stack:0     pid:{pid}  tgid:{pid}  ppid:1      task_flags:0x400100 flags:0x00004002\nCall Trace:\n <TASK>\n __schedule+0x3f1/0xf40\n schedule+0x27/0xd0\n lkdtm_HUNG_TASK+0x25/0x30\n{calls} </TASK>"),
        new("ARRAY_BOUNDS", 0, Error, "------------[ cut here ]------------\nUBSAN: array-index-out-of-bounds in drivers/misc/lkdtm/bugs.c:411:16\nindex 8 is out of range for type 'char [8]'\n" + Cpu + "Call Trace:\n <TASK>\n dump_stack_lvl+0x5d/0x80\n ubsan_epilogue+0x5/0x2b\n __ubsan_handle_out_of_bounds.cold+0x46/0x4b\n lkdtm_ARRAY_BOUNDS+0x8e/0xd0\n{calls} </TASK>\n---[ end trace ]---"),
        new("CORRUPT_LIST_ADD", Died, Warning, "list_add corruption. next->prev should be prev (ffffc900009dfda0), but was 0000000000000000. (next=ffffc900009dfd90).\n------------[ cut here ]------------\nkernel BUG at lib/list_debug.c:29!\nOops: invalid opcode: 0000 [#1] SMP NOPTI\n" + Cpu + "RIP: 0010:__list_add_valid_or_report+0x8a/0xa0\nCall Trace:\n <TASK>\n lkdtm_CORRUPT_LIST_ADD+0x9b/0x120\n{calls} </TASK>\n---[ end trace 0000000000000000 ]---"),
        new("READ_AFTER_FREE", BadPage, Error, "==================================================================\nBUG: KASAN: slab-use-after-free in lkdtm_READ_AFTER_FREE+0x162/0x1c0\nRead of size 4 at addr ffff888104d31210 by task {comm}/{pid}\n\n" + Cpu + "Call Trace:\n <TASK>\n dump_stack_lvl+0x5d/0x80\n print_report+0x171/0x4f0\n kasan_report+0xb4/0xf0\n lkdtm_READ_AFTER_FREE+0x162/0x1c0\n{calls} </TASK>\n\nAllocated by task {pid}:\n kasan_save_stack+0x30/0x50\n lkdtm_READ_AFTER_FREE+0x64/0x1c0\n\nFreed by task {pid}:\n kasan_save_stack+0x30/0x50\n kfree+0x12f/0x3b0\n lkdtm_READ_AFTER_FREE+0x12c/0x1c0\n=================================================================="),
        new("REFCOUNT_INC_ZERO", Warned, Warning, "------------[ cut here ]------------\nrefcount_t: addition on 0; use-after-free.\nWARNING: CPU: {cpu} PID: {pid} at lib/refcount.c:25 refcount_warn_saturate+0x79/0x110\nModules linked in:\n" + Cpu + "RIP: 0010:refcount_warn_saturate+0x79/0x110\nCall Trace:\n <TASK>\n lkdtm_REFCOUNT_INC_ZERO+0x6f/0xa0\n{calls} </TASK>\n---[ end trace 0000000000000000 ]---"),
    ];

    /// <summary>What the OOM killer prints when it is called by hand.</summary>
    public static KernelCrash OutOfMemory { get; } = new("f", 0, Error, "sysrq: Manual OOM execution\n{comm} invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=-1, oom_score_adj=0\n" + Cpu + "Call Trace:\n <TASK>\n dump_header+0x4a/0x240\n oom_kill_process+0x101/0x190\n out_of_memory+0x242/0x5b0\n moom_callback+0x80/0xb0\n process_one_work+0x188/0x340\n </TASK>\nMem-Info:\noom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/,task=hog,pid=1207,uid=0\nOut of memory: Killed process 1207 (hog) total-vm:1051120kB, anon-rss:1048576kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:2096kB oom_score_adj:0");

    /// <summary>The lines, filled in for a task.</summary>
    /// <param name="task">Who was at it.</param>
    /// <param name="tainted">What the kernel says of its taint before it.</param>
    public IEnumerable<string> Lines(KernelTask task, string tainted) =>
        Text.Replace("{calls}", Calls, StringComparison.Ordinal)
            .Replace("{cpu}", task.Cpu.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{pid}", task.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{comm}", task.Comm, StringComparison.Ordinal)
            .Replace("{taint}", tainted, StringComparison.Ordinal)
            .Replace("{release}", KernelIdentityTexts.Release, StringComparison.Ordinal)
            .Split('\n');
}
