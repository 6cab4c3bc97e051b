using System.Globalization;
using System.Text;
using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Tracing;

namespace LabTrace.Emulation.Ftrace;

/// <summary>The files of tracefs, as Linux 6.18 has them, over the <see cref="Tracer"/>.</summary>
/// <remarks>The parts of the class: an instance's own files here, events in TracefsTree.Events.cs, what only the top has in TracefsTree.Top.cs.</remarks>
internal static partial class TracefsTree
{
    private const int ReadWrite = 0x1A0;
    private const int ReadOnly = 0x120;
    private const int WriteOnly = 0x90;
    private const int OwnerWriteOnly = 0x80;
    private const string HeaderEvent =
        "# compressed entry header\n\ttype_len    :    5 bits\n\ttime_delta  :   27 bits\n\tarray       :   32 bits\n\n"
        + "\tpadding     : type == 29\n\ttime_extend : type == 30\n\ttime_stamp : type == 31\n\tdata max type_len  == 28\n";

    /// <summary>The directory of an instance, the top one included.</summary>
    public static AttributeDirectory Make(TraceInstance instance)
    {
        var tree = new AttributeDirectory();
        AddSettings(tree, instance);
        AddData(tree, instance);
        return tree
            .Add("events", () => Events(instance))
            .Add("options", () => Options(instance))
            .Add("per_cpu", () => PerCpu(instance));
    }

    /// <summary>An attribute of an instance: while it is open, the instance cannot be removed.</summary>
    private static AttributeFile File(TraceInstance instance, int mode, Func<string>? show = null, Action<string>? store = null, Action? truncated = null) =>
        new(mode) { Show = show, Store = store, Truncated = truncated, Users = instance.AddUsers };

    private static string Line(string text) => text + "\n";

    private static string Line(long number) => number.ToString(CultureInfo.InvariantCulture) + "\n";

    private static void AddSettings(AttributeDirectory tree, TraceInstance instance)
    {
        _ = tree
            .Add("available_tracers", File(instance, ReadOnly, () => instance.IsTop ? "blk function nop\n" : "function nop\n"))
            .Add("current_tracer", File(instance, ReadWrite, () => Line(instance.CurrentTracer), text => instance.SetTracer(text.Trim())))
            .Add("trace_clock", File(
                instance,
                ReadWrite,
                () => Line(string.Join(' ', TraceClock.Names.Select(n => n == instance.Clock ? $"[{n}]" : n))),
                text => instance.SetClock(text.Trim())))
            .Add("timestamp_mode", File(instance, ReadOnly, () => "[delta] absolute\n"))
            .Add("tracing_on", File(instance, ReadWrite, () => instance.IsTracingOn ? "1\n" : "0\n", text => instance.IsTracingOn = Numbers.Parse(text) != 0))
            .Add("tracing_cpumask", File(
                instance,
                ReadWrite,
                () => Line(instance.CpuMask.ToString("x", CultureInfo.InvariantCulture)),
                text => instance.CpuMask = Numbers.ParseMask(text, instance.Tracer.Cpus)))
            .Add("trace_options", File(instance, ReadWrite, () => instance.Options.Text, instance.Options.Store))
            .Add("buffer_percent", File(instance, ReadWrite, () => Line(instance.BufferPercent), text => instance.BufferPercent = Percent(text)))
            .Add("buffer_size_kb", File(instance, ReadWrite, () => SizeText(instance, instance.SizeKib(cpu: null)), text => instance.SetSize(Numbers.Parse(text), cpu: null)))
            .Add("buffer_total_size_kb", File(
                instance,
                ReadOnly,
                () => Line(instance.TotalKib.ToString(CultureInfo.InvariantCulture) + (instance.IsExpanded ? "" : $" (expanded: {1408 * instance.Tracer.Cpus})"))))
            .Add("buffer_subbuf_size_kb", File(instance, ReadWrite, () => Line(instance.SubBufferSize / 1024), text => instance.SetSubBufferKib(Numbers.Parse(text))))
            .Add("error_log", File(instance, ReadWrite, () => instance.Errors.Text, _ => { }, instance.Errors.Clear))
            .Add("set_event", File(instance, ReadWrite, () => SetEventText(instance), store: null, () => DisableAll(instance)).With(bytes => StoreSetEvent(instance, bytes)))
            .Add("set_event_pid", File(
                instance,
                ReadWrite,
                () => PidsText(instance.Pids),
                text => instance.Pids = Joined(instance.Pids, Numbers.ParsePids(text)),
                () => instance.Pids = null))
            .Add("set_event_notrace_pid", File(
                instance,
                ReadWrite,
                () => PidsText(instance.NoPids),
                text => instance.NoPids = Joined(instance.NoPids, Numbers.ParsePids(text)),
                () => instance.NoPids = null));
        foreach (var name in (string[])["set_ftrace_filter", "set_ftrace_notrace", "set_ftrace_pid", "set_ftrace_notrace_pid"])
        {
            _ = tree.Add(name, new AttributeFile(ReadWrite) { OpenRefusal = Errno.EPERM });
        }
    }

    private static void AddData(AttributeDirectory tree, TraceInstance instance)
    {
        _ = tree
            .Add("trace", File(instance, ReadWrite, () => new TraceText(instance).Whole(cpu: null), _ => { }, instance.Clear))
            .Add("trace_pipe", new PipeFile(instance, cpu: null, ReadOnly))
            .Add("trace_marker", File(instance, WriteOnly).With(bytes => Markers.Write(instance, bytes)))
            .Add("trace_marker_raw", File(instance, WriteOnly).With(bytes => Markers.WriteRaw(instance, bytes)))
            .Add("free_buffer", File(instance, OwnerWriteOnly, show: null, _ => { }));
    }

    private static AttributeDirectory Options(TraceInstance instance)
    {
        var directory = new AttributeDirectory();
        foreach (var name in instance.Options.FileNames)
        {
            _ = directory.Add(name, new AttributeFile(ReadWrite)
            {
                Show = () => instance.Options[name] ? "1\n" : "0\n",
                Store = text => instance.Options.Store(name, text),
            });
        }

        return directory;
    }

    private static AttributeDirectory PerCpu(TraceInstance instance)
    {
        var directory = new AttributeDirectory();
        for (var number = 0; number < instance.Tracer.Cpus; number++)
        {
            var cpu = number;
            _ = directory.Add($"cpu{cpu}", () => new AttributeDirectory()
                .Add("buffer_size_kb", File(instance, ReadWrite, () => SizeText(instance, instance.SizeKib(cpu)), text => instance.SetSize(Numbers.Parse(text), cpu)))
                .Add("stats", File(instance, ReadOnly, () => StatsText(instance, cpu)))
                .Add("trace", File(instance, ReadWrite, () => new TraceText(instance).Whole(cpu), _ => { }, () => instance.Clear(cpu)))
                .Add("trace_pipe", new PipeFile(instance, cpu, ReadOnly))
                .Add("trace_pipe_raw", new RawPipeFile(instance, cpu, ReadOnly)));
        }

        return directory;
    }

    private static string StatsText(TraceInstance instance, int cpu)
    {
        var buffer = instance.Buffer(cpu);
        string Time(ulong stamp) => TraceClock.IsNanoseconds(instance.Clock)
            ? string.Create(CultureInfo.InvariantCulture, $"{stamp / 1_000_000_000,5}.{stamp / 1000 % 1_000_000:D6}")
            : stamp.ToString(CultureInfo.InvariantCulture);
        return new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"entries: {buffer.Entries}\n")
            .Append(CultureInfo.InvariantCulture, $"overrun: {buffer.Overrun}\n")
            .Append("commit overrun: 0\n")
            .Append(CultureInfo.InvariantCulture, $"bytes: {buffer.Bytes}\n")
            .Append(CultureInfo.InvariantCulture, $"oldest event ts: {Time(buffer.OldestTime)}\n")
            .Append(CultureInfo.InvariantCulture, $"now ts: {Time(instance.Stamp(instance.Tracer.Time.NowNs))}\n")
            .Append(CultureInfo.InvariantCulture, $"dropped events: {buffer.Dropped}\n")
            .Append(CultureInfo.InvariantCulture, $"read events: {buffer.ReadEvents}\n")
            .ToString();
    }

    private static string SizeText(TraceInstance instance, long? kib) =>
        kib is null ? "X\n" : Line(kib.Value.ToString(CultureInfo.InvariantCulture) + (instance.IsExpanded ? "" : " (expanded: 1408)"));

    private static int Percent(string text) => Numbers.Parse(text) is var percent and <= 100 ? (int)percent : throw new Refusal(Errno.EINVAL);

    private static string PidsText(SortedSet<int>? pids) => pids is null ? "" : string.Concat(pids.Select(p => Line(p)));

    private static SortedSet<int>? Joined(SortedSet<int>? before, SortedSet<int> added)
    {
        if (before is not null)
        {
            added.UnionWith(before);
        }

        return added.Count == 0 ? null : added;
    }

    private static string HeaderPage(TraceInstance instance) => SubBufferLayout.Linux64.WithSize(instance.SubBufferSize).Text;
}
