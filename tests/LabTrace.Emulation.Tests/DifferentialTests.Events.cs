using LabTrace.Devices;
using LabTrace.Emulation.Ftrace;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests;

/// <content>Events: their formats, switches, filters, triggers and probes.</content>
public sealed partial class DifferentialTests
{
    private const string Libc = "/usr/lib/x86_64-linux-gnu/libc.so.6";

    // Probes are shared by all who trace on this machine now: what is compared are those of this run.
    private static readonly string ProbeGroup = $"lt_diff_{Environment.ProcessId}";

    private static readonly string[] Filters =
    [
        "prev_pid != 0", "prev_pid==1", "  prev_pid  ==   1  ", "prev_pid == 1 && next_pid == 2", "(prev_pid == 1)",
        "prev_pid == 1 || (next_pid == 2 && prev_prio > 3)", "!prev_pid == 1", "!(prev_pid == 1)", "!!(prev_pid == 1)", "foo == 1", "prev_pid",
        "prev_pid ==", "prev_pid = 1", "prev_pid == abc", "prev_pid == \"abc\"", "prev_pid ~ 1", "prev_comm == sleep", "prev_comm == \"sleep\"",
        "prev_comm == 'sleep'", "prev_comm ~ \"sl*\"", "prev_comm > \"a\"", "prev_comm != \"x\"", "prev_comm == \"sl", "prev_comm == ",
        "prev_pid == 0x10", "prev_pid & 1", "prev_comm & 1", "prev_pid == 1 &&", "&& prev_pid == 1", "prev_pid == 1 & next_pid == 2",
        "prev_pid == 1 and next_pid == 2", "(prev_pid == 1", "prev_pid == 1)", "()", "", "0", "1", "none", "prev_pid == -1",
        "prev_pid == 99999999999999999999", "prev_pid == 08", "prev_pid == 010", "common_pid == 1", "comm == \"sleep\"", "COMM == \"sleep\"", "cpu == 1",
        "CPU == abc", "CPU & 1", "CPU & CPUS{0-1}", "CPU & CPUS{99}", "CPU & CPUS{}", "CPU & CPUS", "CPU & CPUS{0", "prev_pid & CPUS{0}", "common_cpu == 1",
        "common_comm == \"x\"", "prev_pid == 1 || foo == 2", "prev_pid <5&&next_pid>5", "prev_comm.function == \"x\"", "prev_pid.function == schedule",
        "prev_comm.ustring == \"x\"", "prev_pid === 1", "prev_pid =! 1", "prev_pid <> 1", "prev_pid !== 1", "prev_pid == 1;", "prev_pid @ 1",
        "prev_pid == 1 next_pid == 2", "((prev_pid == 1)", "(prev_pid == 1))", "! prev_pid == 1", "prev_pid == 1 !next_pid == 2",
        "prev_pid == 1 (next_pid == 2)", "prev-pid == 1", "prev_pid == 1x", "a", "prev_pid == +1", "prev_pid ~ \"1\"", "prev_comm ~ sleep",
        "stacktrace == 1", "common_stacktrace == 1", "prev_comm == \"a\" || (prev_comm == \"b\"", "\tprev_pid == 1", "prev_pid == '1'",
        "prev_pid && next_pid", "(prev_pid)", "prev_pid == (1)", "1 == prev_pid", "prev_pid == next_pid", "prev_pid == 1| next_pid == 2",
        "prev_pid == 1 && || next_pid == 2", "prev_pid == 1 && && next_pid == 2", "(prev_pid == 1 || (next_pid == 2)", "prev_comm ~ \"a[bc]*\"", "(())",
    ];

    private static readonly string[] Triggers =
    [
        "traceoff", "traceoff", "!traceoff", "!traceoff", "traceoff:3", "traceoff:0", "!traceoff:0", "traceoff if prev_pid == 1", "traceoff:5 if prev_pid == 1",
        "!traceoff", "traceon:unlimited", "traceoff:abc", "traceoff:-1", "foo", "!foo", "hist:keys=prev_pid", "snapshot", "stacktrace", "stacktrace:2",
        "!stacktrace", "stacktrace if foo == 1", "stacktrace if prev_pid ==", "stacktrace if", "stacktrace prev_pid == 1", "traceoff:1:2", "!traceoff",
        "traceoff:", "!traceoff", "enable_event:irq:softirq_entry", "enable_event:irq:softirq_entry", "enable_event:irq:softirq_exit:3",
        "disable_event:irq:softirq_entry:2 if prev_pid > 3", "enable_event:foo:bar", "enable_event:irq", "enable_event", "!enable_event:irq:softirq_entry",
        "!enable_event:irq:softirq_exit:3", "!disable_event:irq:softirq_entry", "", "\n", "  traceoff", "!  traceoff", "traceon", "!traceon",
        "traceoff  if  prev_pid == 1", "!traceoff if prev_pid == 1", "traceoff:3", "!traceoff:3", "!traceon:1",
    ];

    [Test]
    public Task Every_emulated_event_has_the_kernels_format() => CompareAsync(async s =>
    {
        // What modules bring is on a kernel only while they are loaded.
        foreach (var of in KernelEventCatalog.All.Where(e => e.System != GpuSchedulerEvents.System))
        {
            await s.ReadAsync($"/events/{of.System}/{of.Name}/format");
        }
    });

    [Test]
    public Task Events_are_switched_the_same() => CompareAsync(async s =>
    {
        async Task ReadAllAsync() => await s.ReadAsync(
            "set_event", "events/raw_syscalls/sys_enter/enable", "events/raw_syscalls/sys_exit/enable", "events/raw_syscalls/enable", "events/enable");
        await s.WriteThenReadAsync("events/raw_syscalls/sys_enter/enable", "1", "2", "x", "", "0", "1");
        await ReadAllAsync();
        await s.WriteThenReadAsync("events/raw_syscalls/enable", "x", "1");
        await ReadAllAsync();
        await s.WriteThenReadAsync("events/raw_syscalls/enable", "0");
        foreach (var word in (string[])
            ["raw_syscalls:sys_enter", "raw_syscalls:sys_ex*", "sys_enter", "raw_syscalls", "raw_syscalls:", ":sys_exit", "raw_syscalls:*", "*:sys_enter", "foo", "foo:bar",
             "raw_syscalls:foo", "!raw_syscalls:foo", "raw_syscalls:sys_enter raw_syscalls:sys_exit", "!raw_syscalls:sys_enter", "", "\n", "!raw_syscalls", "raw*", "ftrace:print", "print", "!", ":mod:foo", "raw_syscalls:sys_exit:mod:x"])
        {
            await s.WriteAsync("set_event", word);
            await ReadAllAsync();
        }

        await s.WriteAsync("set_event", "irq:softirq_entry", WriteMode.Append);
        await s.WriteAsync("set_event", "signal:signal_deliver", WriteMode.Append);
        await s.ReadAsync("set_event");
        await s.WriteAsync("set_event", "!irq:softirq_entry", WriteMode.Append);
        await s.ReadAsync("set_event");
    });

    [Test]
    public Task Filters_are_taken_refused_and_explained_the_same() => CompareAsync(async s =>
    {
        foreach (var filter in Filters)
        {
            await s.WriteAsync("error_log", "");
            await s.WriteAsync("events/sched/sched_switch/filter", filter + "\n");
            await s.ReadAsync("events/sched/sched_switch/filter", "error_log");
            await s.WriteAsync("events/sched/sched_switch/filter", "0");
        }
    });

    [Test]
    public Task A_systems_filter_does_the_same() => CompareAsync(async s =>
    {
        foreach (var filter in (string[])["sig == 1", "common_pid == 3", "sa_flags == 1", "foo == 1", "sig ==", "0"])
        {
            await s.WriteAsync("error_log", "");
            await s.WriteAsync("events/signal/filter", filter);
            await s.ReadAsync("events/signal/filter", "events/signal/signal_generate/filter", "events/signal/signal_deliver/filter", "error_log");
        }
    });

    [Test]
    public Task Triggers_are_taken_and_refused_the_same() => CompareAsync(async s =>
    {
        await s.WriteAsync("tracing_on", "0");
        foreach (var trigger in Triggers)
        {
            await s.WriteAsync("events/sched/sched_process_hang/trigger", trigger.Replace("prev_pid", "pid", StringComparison.Ordinal));
            await s.ReadAsync("events/sched/sched_process_hang/trigger", "events/sched/sched_process_hang/enable", "events/irq/softirq_entry/enable");
        }
    });

    [Test]
    public Task Probes_are_taken_and_refused_the_same() => CompareAsync(async s =>
    {
        foreach (var definition in (string[])
            [
                $"p:{ProbeGroup}/m {Libc}:0x9000", $"p:{ProbeGroup}/m {Libc}:0x9000", $"p:{ProbeGroup}/m {Libc}:0x9010", $"r:{ProbeGroup}/m {Libc}:0x9010", $"p:{ProbeGroup}/ {Libc}:0x9030",
                $"p:{ProbeGroup}/bad-name {Libc}:0x9030", $"p:{ProbeGroup}/x /nonexist:0x10", $"p:{ProbeGroup}/x {Libc}", $"p:{ProbeGroup}/x {Libc}:", $"p:{ProbeGroup}/x {Libc}:zz",
                $"q:{ProbeGroup}/x {Libc}:0x10", $"p:{ProbeGroup}/x", "p", $"p:{ProbeGroup}/x /tmp:0x10", $"p:{ProbeGroup}/x libc.so.6:0x10", $"p:{ProbeGroup}/a1 {Libc}:0x9040 %ax",
                $"p:{ProbeGroup}/a2 {Libc}:0x9040 arg1=%di arg2=%si:u32 a3=%dx:s8 a4=%cx:x16", $"p:{ProbeGroup}/a3 {Libc}:0x9040 %foo", $"p:{ProbeGroup}/a4 {Libc}:0x9040 $retval",
                $"r:{ProbeGroup}/a5 {Libc}:0x9040 ret=$retval", $"p:{ProbeGroup}/a6 {Libc}:0x9040 s=+0(%di):string", $"p:{ProbeGroup}/a7 {Libc}:0x9040 x=%di:zzz",
                $"p:{ProbeGroup}/a8 {Libc}:0x9040 $comm $stack $stack0", $"p:{ProbeGroup}/a10 {Libc}:0x9040 1x=%di", $"p:{ProbeGroup}/a11 {Libc}:0x9040 x=%di x=%si",
                $"p:{ProbeGroup}/a13 {Libc}:0x9040 $arg1", $"p:{ProbeGroup}/a15 {Libc}:0x9040%return", $"-:{ProbeGroup}/nope", $"-:{ProbeGroup}/a1", "-",
                $"p:sched/sched_switch {Libc}:0x9040", $"p:{ProbeGroup}/{new string('x', 70)} {Libc}:0x9040", $"p:1abc/x {Libc}:0x9040", "# comment", "", "\n",
                $"p:{ProbeGroup}/q1 {Libc}:0x9040\np:{ProbeGroup}/q2 {Libc}:0x9050\n",
            ])
        {
            await s.WriteAsync("/uprobe_events", definition, WriteMode.Append);
            await s.ProbesAsync(ProbeGroup, definition);
        }

        await s.ListAsync($"events/{ProbeGroup}", $"events/{ProbeGroup}/a2");
        foreach (var name in (string[])["a2", "a5", "a6", "a8"])
        {
            await s.TryAsync("format of " + name, async (t, k) => await k.FormatAsync(t, $"/events/{ProbeGroup}/{name}/format"));
        }

        await s.WriteAsync("/uprobe_events", $"-:{ProbeGroup}/", WriteMode.Append);
        await s.ProbesAsync(ProbeGroup, "");
    });

    [Test]
    public Task Markers_are_taken_refused_and_printed_the_same() => CompareAsync(async s =>
    {
        await s.WriteAsync("trace_marker_raw", "abc");
        await s.WriteAsync("trace_marker_raw", "abcdefgh");
        await s.WriteAsync("trace_marker_raw", new string('x', 5000));
        foreach (var text in (string[])["hello", "hello\n", "two\nlines\n", "", " ", "a - b: [003] über=1", new string('x', 2000)])
        {
            await s.WriteAsync("trace_marker", text);
        }

        await s.MarkersAsync("trace");
        await s.WriteAsync("trace_options", "nomarkers");
        await s.WriteAsync("trace_marker", "off");
        await s.WriteAsync("trace_options", "markers");
        await s.WriteAsync("tracing_on", "0");
        await s.WriteAsync("trace_marker", "off");
        await s.WriteAsync("trace_marker_raw", "abcdefgh");
        foreach (var option in (string[])["noirq-info", "irq-info", "record-tgid", "norecord-tgid", "nocontext-info", "context-info"])
        {
            await s.WriteAsync("trace_options", option);
            await s.HeaderAsync("trace");
        }

        await s.WriteAsync("trace", "");
        await s.HeaderAsync("trace");
    });

    [Test]
    public Task A_small_buffer_overruns_and_drops_the_same() => CompareAsync(async s =>
    {
        foreach (var option in (string[])["overwrite", "nooverwrite"])
        {
            await s.WriteAsync("trace_options", option);
            await s.WriteAsync("trace", "");
            await s.WriteAsync("buffer_size_kb", "8");
            await s.FillAsync(2000);
        }
    });
}
