using LabTrace.Devices;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests;

/// <content>Attributes of an instance.</content>
public sealed partial class DifferentialTests
{
    [Test]
    public Task A_new_instance_has_the_same_files_with_the_same_modes() => CompareAsync(async s =>
    {
        await s.ListAsync("/", "/options", "", "options", "per_cpu", "per_cpu/cpu0", "events/sched/sched_switch", "events/raw_syscalls", "events/irq", "events/signal", "/events/ftrace/print");
        await s.StatAsync(
            "/uprobe_events", "/instances", "/README", "/saved_cmdlines", "/available_filter_functions", "", "events", "options", "per_cpu", "trace", "trace_pipe", "trace_marker", "tracing_on", "available_tracers", "options/overwrite",
            "events/sched", "events/sched/sched_switch", "events/sched/sched_switch/enable", "events/sched/sched_switch/format", "events/enable",
            "per_cpu/cpu0/stats", "per_cpu/cpu0/trace_pipe_raw", "set_ftrace_filter", "free_buffer", "no_such_file");
    });

    [Test]
    public Task A_new_instance_reads_the_same() => CompareAsync(s => s.ReadAsync(
        "available_tracers", "buffer_percent", "buffer_size_kb", "buffer_subbuf_size_kb", "buffer_total_size_kb", "current_tracer", "error_log",
        "set_event", "set_event_notrace_pid", "set_event_pid", "set_ftrace_filter", "set_ftrace_notrace", "set_ftrace_pid", "timestamp_mode",
        "trace", "trace_clock", "trace_options", "tracing_cpumask", "tracing_on", "trace_marker", "per_cpu/cpu0/buffer_size_kb", "per_cpu/cpu0/trace",
        "events/enable", "events/sched/enable", "events/sched/filter", "events/sched/sched_switch/enable", "events/sched/sched_switch/filter",
        "events/sched/sched_switch/trigger", "events/sched/sched_switch/id", "events/header_page", "events/header_event", "no_such_file", "events"));

    [Test]
    public Task Switches_and_sizes_take_and_refuse_the_same() => CompareAsync(async s =>
    {
        await s.WriteThenReadAsync("tracing_on", "0", "1", "2", "abc", "", "\n", "1 ", "-1", "1\n");
        await s.WriteThenReadAsync("buffer_size_kb", "100", "1", "4", "0", "7", "8", "abc", "-5", "1410", "0x10", "99999999999999999999", "+8");
        await s.WriteThenReadAsync("per_cpu/cpu0/buffer_size_kb", "64");
        await s.ReadAsync("buffer_size_kb", "buffer_total_size_kb");
        await s.WriteThenReadAsync("buffer_size_kb", "128");
        await s.ReadAsync("per_cpu/cpu1/buffer_size_kb", "buffer_total_size_kb");
        await s.WriteThenReadAsync("buffer_subbuf_size_kb", "8", "16", "5", "1", "0", "64", "512", "1024", "abc", "16");
        await s.ReadAsync("buffer_size_kb", "buffer_total_size_kb", "events/header_page");
        await s.WriteThenReadAsync("buffer_size_kb", "100");
        await s.WriteThenReadAsync("buffer_subbuf_size_kb", "4");
        await s.WriteThenReadAsync("buffer_percent", "0", "100", "101", "-1", "abc");
        await s.WriteThenReadAsync("tracing_cpumask", "1", "2", "0", "3", "f", "ff", "zz", "", "3,3", "1\n");
    });

    [Test]
    public Task Clocks_and_tracers_take_and_refuse_the_same() => CompareAsync(async s =>
    {
        await s.WriteThenReadAsync(
            "trace_clock", "mono", "global\n", "foo", "boot", "counter", "x86-tsc", "uptime", "perf", "mono_raw", "tai", "local", "loc", "", "mono boot");
        await s.WriteThenReadAsync("current_tracer", "nop", "function", "foo", "blk", "", "wakeup", "nop ");
        await s.WriteThenReadAsync("set_ftrace_filter", "schedule");
        await s.WriteThenReadAsync("timestamp_mode", "1");
        await s.WriteThenReadAsync("buffer_total_size_kb", "1");
        await s.WriteThenReadAsync("available_tracers", "x");
        await s.WriteThenReadAsync("events/sched/sched_switch/id", "3");
        await s.WriteThenReadAsync("events/sched/sched_switch/format", "3");
        await s.WriteAsync("per_cpu/cpu0/stats", "x");
        await s.WriteAsync("trace_pipe", "x");
        await s.WriteAsync("events/nonexist/enable", "1");
    });

    [Test]
    public Task Options_take_and_refuse_the_same() => CompareAsync(async s =>
    {
        await s.WriteThenReadAsync(
            "trace_options", "nooverwrite", "foo", "nofoo", "overwrite\n", "record-tgid", "", "notrace_printk", "printk-msg-only", "noprintk-msg-only",
            "test_nop_refuse", "test_nop_accept", "notest_nop_accept", "func_stack_trace", " stacktrace ", "overwrite nostacktrace", "nostacktrace");
        foreach (var option in (string[])["overwrite", "record-tgid", "event-fork", "test_nop_refuse", "test_nop_accept", "func_stack_trace", "stacktrace"])
        {
            await s.WriteThenReadAsync("options/" + option, "1", "0", "2", "abc", "");
        }

        await s.ReadAsync("options/no_such_option");
    });

    [Test]
    public Task Pid_lists_take_and_refuse_the_same() => CompareAsync(async s =>
    {
        await s.WriteThenReadAsync("set_event_pid", "123", "123 456", "", "abc", "-1", "0", "  7  8 \n 9");
        await s.WriteAsync("set_event_pid", "11", WriteMode.Append);
        await s.ReadAsync("set_event_pid");
        await s.WriteThenReadAsync("set_event_pid", "12x");
        await s.WriteThenReadAsync("set_event_notrace_pid", "5", "5 6\n", "");
    });

    [Test]
    public Task Directories_are_made_and_removed_the_same() => CompareAsync(async s =>
    {
        await s.TryAsync("make it again", (t, k) => t.CreateDirectoryAsync(k.At("").TrimEnd('/'), default).AsTask());
        await s.TryAsync("make below the instance", (t, k) => t.CreateDirectoryAsync(k.At("x"), default).AsTask());
        await s.TryAsync("make below the top", (t, k) => t.CreateDirectoryAsync(k.At("/labtrace_x"), default).AsTask());
        await s.TryAsync("make below events", (t, k) => t.CreateDirectoryAsync(k.At("/events/labtrace_x"), default).AsTask());
        await s.TryAsync("make below nothing", (t, k) => t.CreateDirectoryAsync(k.At("/instances/labtrace_a/b"), default).AsTask());
        await s.TryAsync("remove instances", (t, k) => t.RemoveDirectoryAsync(k.At("/instances"), default).AsTask());
        await s.TryAsync("remove a system", (t, k) => t.RemoveDirectoryAsync(k.At("events/sched"), default).AsTask());
        await s.TryAsync("remove what is not there", (t, k) => t.RemoveDirectoryAsync(k.At("/instances/labtrace_none"), default).AsTask());
        await s.TryAsync("remove a file", (t, k) => t.RemoveFileAsync(k.At("trace"), default).AsTask());
        await s.TryAsync("make a file", (t, k) => t.WriteAsync(k.At("labtrace_new"), default, WriteMode.Create, default).AsTask());
        foreach (var file in (string[])["trace", "trace_pipe", "tracing_on", "set_event", "per_cpu/cpu0/trace_pipe_raw", "events/enable", "events/sched/enable", "error_log", "per_cpu/cpu0/stats"])
        {
            await s.TryAsync($"remove while {file} is open", async (t, k) =>
            {
                await using var open = await t.OpenReadAsync(k.At(file), default);
                await t.RemoveDirectoryAsync(k.At("").TrimEnd('/'), default);
            });
        }

        await s.TryAsync("open the pipe twice", async (t, k) =>
        {
            await using var open = await t.OpenReadAsync(k.At("trace_pipe"), default);
            await using var again = await t.OpenReadAsync(k.At("per_cpu/cpu0/trace_pipe"), default);
        });
    });
}
