using System.Text;
using LabTrace.Tracing;

namespace LabTrace.Devices;

/// <summary>What the kernel's tracing can do, tried in a throw-away instance.</summary>
/// <remarks>What narrows a recording (pids, cpus) comes behind what records.</remarks>
internal static class TracingProbes
{
    // Rare enough not to disturb, common enough to be in every kernel.
    private static readonly EventName Event = new("sched", "sched_process_fork");

    private const string TracedFunction = "vfs_read";

    public static IReadOnlyList<CapabilityProbe> All { get; } =
    [
        new("tracefs", "trace at all", _ => $"mount -t tracefs tracefs {Tracefs.DefaultPath}", TracefsAsync),
        new("instances", "record apart from other users of the kernel", _ => "boot a kernel with CONFIG_TRACING=y, and run as root", InstancesAsync),
        new("events", "record events", _ => "boot a kernel with CONFIG_EVENT_TRACING=y", EventsAsync),
        new("event-filter", "record only events with certain fields", _ => "boot a kernel with CONFIG_EVENT_TRACING=y", FilterAsync),
        new("event-trigger", "let an event switch recording or other events", _ => "boot Linux 3.14 or newer", (b, t) => TriggerAsync(b, "traceoff", t)),
        new("stacktrace-trigger", "record the stack where an event happened", _ => "boot a kernel with CONFIG_STACKTRACE=y", (b, t) => TriggerAsync(b, "stacktrace", t)),
        new("hist-trigger", "count events in the kernel by their fields", _ => "boot a kernel with CONFIG_HIST_TRIGGERS=y", (b, t) => TriggerAsync(b, "hist:keys=common_pid", t)),
        new("trace-marker", "write markers between the events", _ => "boot a kernel with CONFIG_TRACING=y", MarkerAsync),
        new("trace-marker-raw", "write binary markers between the events", _ => "boot Linux 4.10 or newer", RawMarkerAsync),
        new("trace-pipe", "follow events while they happen", _ => "boot a kernel with CONFIG_TRACING=y", PipeAsync),
        new("trace-pipe-raw", "read the buffer's binary pages", _ => "boot a kernel with CONFIG_RING_BUFFER=y", RawPipeAsync),
        new("pid-filter", "record the events of certain threads only", _ => "boot Linux 4.4 or newer", PidFilterAsync),
        new("event-fork", "follow the children of recorded threads", _ => "boot Linux 4.7 or newer", (b, t) => OptionAsync(b, "event-fork", t)),
        new("record-tgid", "know the process of each thread", _ => "boot Linux 4.13 or newer", (b, t) => OptionAsync(b, "record-tgid", t)),
        new("cpu-mask", "record certain cpus only", _ => "boot a kernel with CONFIG_TRACING=y", CpuMaskAsync),
        new("sub-buffer-size", "record events larger than a page", _ => "boot Linux 6.8 or newer", SubBufferSizeAsync),
        new("snapshot", "take a picture of the buffer while recording goes on", _ => "boot a kernel with CONFIG_TRACER_SNAPSHOT=y", SnapshotAsync),
        new("function-tracer", "record every kernel function", e => TracerRemedy(e, "CONFIG_FUNCTION_TRACER=y"), (b, t) => TracerAsync(b, "function", t)),
        new("function-graph-tracer", "record kernel functions with their durations", e => TracerRemedy(e, "CONFIG_FUNCTION_GRAPH_TRACER=y"), (b, t) => TracerAsync(b, "function_graph", t)),
    ];

    private static async Task<string> TracefsAsync(ProbeBench bench, CancellationToken cancellationToken) =>
        $"mounted at {(await bench.TracefsAsync(cancellationToken)).Path}";

    private static async Task<string> InstancesAsync(ProbeBench bench, CancellationToken cancellationToken) =>
        $"made instances/{(await bench.InstanceAsync(cancellationToken)).Name}";

    private static async Task<string> EventsAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        var instance = await bench.InstanceAsync(cancellationToken);
        _ = await instance.EnableEventAsync(Event, filter: null, cancellationToken);
        var enabled = await instance.ReadEnabledEventsAsync(cancellationToken);
        await instance.DisableEventAsync(Event, cancellationToken);
        return enabled.Contains(Event) ? $"enabled {Event}" : throw new ProbeFailedException($"enabled {Event}, but set_event does not list it");
    }

    private static async Task<string> FilterAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        const string filter = "common_pid == 1";
        await (await bench.InstanceAsync(cancellationToken)).SetFilterAsync(Event, filter, cancellationToken);
        return $"filtered {Event} by {filter}";
    }

    private static async Task<string> TriggerAsync(ProbeBench bench, string trigger, CancellationToken cancellationToken)
    {
        // With a condition no thread meets: the trigger stays for the other probes' time, and must not turn their recording off.
        var never = $"{trigger} if common_pid == -1";
        await (await bench.InstanceAsync(cancellationToken)).SetTriggerAsync(Event, never, cancellationToken);
        return $"set the trigger '{never}' on {Event}";
    }

    private static async Task<string> MarkerAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        const string text = "labtrace doctor";
        var instance = await bench.InstanceAsync(cancellationToken);
        await RecordAsync(instance, token => instance.MarkAsync(text, token), cancellationToken);
        var trace = Encoding.UTF8.GetString(await instance.ReadTextAsync(cancellationToken));
        return trace.Contains(text, StringComparison.Ordinal)
            ? "wrote a marker and read it back"
            : throw new ProbeFailedException("wrote a marker, but it is not in the trace");
    }

    private static async Task<string> RawMarkerAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        var instance = await bench.InstanceAsync(cancellationToken);
        await RecordAsync(instance, token => instance.MarkRawAsync(1, "doctor"u8.ToArray(), token), cancellationToken);
        return "wrote a binary marker";
    }

    private static async Task<string> PipeAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        var instance = await bench.InstanceAsync(cancellationToken);
        await RecordAsync(instance, token => instance.MarkAsync("labtrace doctor", token), cancellationToken);
        await using var pipe = await instance.OpenPipeAsync(cancellationToken);
        var line = new byte[4096];
        var got = await pipe.ReadAsync(line, cancellationToken);
        return got > 0 ? $"read {got} bytes from trace_pipe" : throw new ProbeFailedException("recorded a marker, but trace_pipe is empty");
    }

    private static async Task<string> RawPipeAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        var instance = await bench.InstanceAsync(cancellationToken);
        await RecordAsync(instance, token => instance.MarkAsync("labtrace doctor", token), cancellationToken);
        var events = (await instance.ReadRawAsync(cancellationToken)).ToTrace().Events.Count;
        return events > 0 ? "read a marker's page and decoded it" : throw new ProbeFailedException("recorded a marker, but the pages hold no event");
    }

    private static async Task<string> PidFilterAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        await (await bench.InstanceAsync(cancellationToken)).SetPidFilterAsync([1], withChildren: false, cancellationToken);
        return "wrote 1 to set_event_pid";
    }

    private static async Task<string> OptionAsync(ProbeBench bench, string option, CancellationToken cancellationToken)
    {
        await (await bench.InstanceAsync(cancellationToken)).SetOptionAsync(option, isOn: true, cancellationToken);
        return $"turned the option {option} on";
    }

    private static async Task<string> CpuMaskAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        await (await bench.InstanceAsync(cancellationToken)).SetCpusAsync([0], cancellationToken);
        return "wrote 1 to tracing_cpumask";
    }

    private static async Task<string> SubBufferSizeAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        const int wanted = 8;
        var size = await (await bench.InstanceAsync(cancellationToken)).SetSubBufferSizeAsync(wanted, cancellationToken);
        return $"asked for {wanted} KiB and got {size} KiB";
    }

    private static async Task<string> SnapshotAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        var instance = await bench.InstanceAsync(cancellationToken);
        await instance.TakeSnapshotAsync(cancellationToken);
        return $"took a snapshot of {(await instance.ReadSnapshotAsync(cancellationToken)).Length} bytes";
    }

    private static async Task<string> TracerAsync(ProbeBench bench, string tracer, CancellationToken cancellationToken)
    {
        var instance = await bench.InstanceAsync(cancellationToken);

        // One function is enough to try it with: to make every function of the kernel call the tracer takes long. A kernel
        // that refuses this refuses the tracer too, and says so there.
        var filter = instance.Path + "/set_ftrace_filter";
        if (await bench.Target.ExistsAsync(filter, cancellationToken))
        {
            try
            {
                await bench.Target.WriteTextAsync(filter, TracedFunction, cancellationToken);
            }
            catch (TargetIOException)
            {
            }
        }

        await instance.SetTracerAsync(tracer, cancellationToken);
        await instance.SetTracerAsync("nop", cancellationToken);
        return $"selected the tracer {tracer}";
    }

    private static string TracerRemedy(Errno errno, string option) =>
        errno is Errno.EPERM or Errno.EACCES
            ? "boot a kernel that is not locked down (a vm place), and set kernel.ftrace_enabled=1"
            : $"boot a kernel with {option}";

    private static async Task RecordAsync(TraceInstance instance, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        // Without emptying the buffer first: that would take the kernel longer than all the rest.
        await instance.StartAsync(cancellationToken);
        await work(cancellationToken);
        await instance.StopAsync(cancellationToken);
    }
}
