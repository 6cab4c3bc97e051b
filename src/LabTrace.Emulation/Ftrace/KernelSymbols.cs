using System.Globalization;
using System.Text;
using LabTrace.Emulation.Kernel;
using LabTrace.Tracing;

namespace LabTrace.Emulation.Ftrace;

/// <summary>The emulated kernel's symbols: enough for what its records refer to.</summary>
internal static class KernelSymbols
{
    private const long TextStart = unchecked((long)0xFFFFFFFF81000000);
    private const int Spacing = 0x1000;

    private static readonly string[] Names =
    [
        "_stext", "entry_SYSCALL_64_after_hwframe", "do_syscall_64", "__schedule", "schedule", "do_nanosleep", "hrtimer_nanosleep",
        "common_nsleep_timens", "__x64_sys_clock_nanosleep", "__x64_sys_exit_group", "do_exit", "schedule_timeout", "kthread",
        "ret_from_fork", "ret_from_fork_asm", "worker_thread", "rcu_gp_kthread", "rcu_gp_fqs_loop", "schedule_idle", "do_idle",
        "cpu_startup_entry", "start_secondary", "trace_event_raw_event_sched_switch", "__traceiter_sched_switch", "hrtimer_wakeup",
        "tick_nohz_handler", "vmstat_update", "process_timeout", "delayed_work_timer_fn", "do_wait", "__x64_sys_wait4",
        "tracing_mark_write", "blk_mq_complete_request", "tcp_v4_rcv", "ip_local_deliver", "_etext",
    ];

    private static readonly Lazy<string> Text = new(() => string.Concat(
        Names.Select((n, i) => string.Create(CultureInfo.InvariantCulture, $"{TextStart + (i * Spacing):x16} T {n}\n"))));

    private static readonly Lazy<PrintContext> Context = new(
        () => new PrintContext(SymbolTable.Parse(Encoding.UTF8.GetBytes(Text.Value)), PrintkFormats: null));

    /// <summary>The text of <c>/proc/kallsyms</c>.</summary>
    public static string Kallsyms => Text.Value;

    public static PrintContext PrintContext => Context.Value;

    public static long AddressOf(string name) => TextStart + (Array.IndexOf(Names, name) * Spacing);

    public static string NameOf(long address)
    {
        var index = (address - TextStart) / Spacing;
        return index >= 0 && index < Names.Length ? Names[index] : string.Create(CultureInfo.InvariantCulture, $"0x{address:x}");
    }

    /// <summary>Where a task is in the kernel, innermost first, as addresses behind the calls.</summary>
    public static long[] StackOf(KernelTask task)
    {
        string[] names = task switch
        {
            { Pid: 0 } => ["__schedule", "schedule_idle", "do_idle", "cpu_startup_entry", "start_secondary"],
            { IsKernelThread: true } => ["__schedule", "schedule", "worker_thread", "kthread", "ret_from_fork", "ret_from_fork_asm"],
            _ => ["__schedule", "schedule", "do_nanosleep", "hrtimer_nanosleep", "common_nsleep_timens", "__x64_sys_clock_nanosleep", "do_syscall_64", "entry_SYSCALL_64_after_hwframe"],
        };
        return [.. names.Select(n => AddressOf(n) + 0x10)];
    }
}
