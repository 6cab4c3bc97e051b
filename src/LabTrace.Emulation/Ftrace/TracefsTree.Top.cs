using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Ftrace;

/// <content>What only the top directory has.</content>
internal static partial class TracefsTree
{
    private const string Readme =
        "tracing of the emulated kernel\n\n"
        + "trace, trace_pipe, per_cpu/cpuN/trace_pipe_raw: the recording, as text and as ring-buffer pages\n"
        + "set_event, events/SYSTEM/EVENT/{enable,filter,trigger}: what is recorded\n"
        + "  trigger: traceon, traceoff, stacktrace, enable_event:SYSTEM:EVENT, disable_event:SYSTEM:EVENT\n"
        + "uprobe_events, dynamic_events: probes in programs\n"
        + "\t  accepts: event-definitions (one definition per line)\n"
        + "\t   Format: p[:[<group>/][<event>]] <place> [<args>]\n"
        + "\t           r[maxactive][:[<group>/][<event>]] <place> [<args>]\n"
        + "\t           -:[<group>/][<event>]\n"
        + "   place (uprobe): <path>:<offset>[%return]\n"
        + "trace_marker, trace_marker_raw: what user space adds\n"
        + "instances: mkdir makes a recording of its own, rmdir removes it\n";

    /// <summary>The whole mount.</summary>
    public static AttributeDirectory MakeTop(Tracer tracer)
    {
        var top = tracer.Top;
        var tree = Make(top);
        foreach (var name in (string[])["available_filter_functions", "available_filter_functions_addrs", "enabled_functions", "touched_functions"])
        {
            _ = tree.Add(name, new AttributeFile(ReadOnly) { OpenRefusal = Errno.EPERM });
        }

        return tree
            .Add("README", File(top, ReadOnly, () => Readme))
            .Add("available_events", File(top, ReadOnly, () => string.Concat(tracer.Events.Where(e => e.HasSwitch).Select(e => $"{e.System}:{e.Name}\n"))))
            .Add("dyn_ftrace_total_info", File(top, ReadOnly, () => "0 pages:0 groups: 0\n"))
            .Add("dynamic_events", File(top, ReadWrite, () => tracer.Probes.Definitions, text => tracer.Probes.Store(text, isDynamic: true), tracer.Probes.RemoveAll))
            .Add("instances", new InstancesDirectory(tracer))
            .Add("printk_formats", File(top, ReadOnly, () => ""))
            .Add("saved_cmdlines", File(top, ReadOnly, () => tracer.Saved.CommsText))
            .Add("saved_cmdlines_size", File(top, ReadWrite, () => Line(tracer.Saved.Size), text => tracer.Saved.Size = SavedSize(text)))
            .Add("saved_tgids", File(top, ReadOnly, () => tracer.Saved.TgidsText))
            .Add("tracing_thresh", File(top, ReadWrite, () => "0\n", text => Numbers.Parse(text)))
            .Add("uprobe_events", File(top, ReadWrite, () => tracer.Probes.Definitions, text => tracer.Probes.Store(text, isDynamic: false), tracer.Probes.RemoveAll))
            .Add("uprobe_profile", File(top, ReadOnly, () => tracer.Probes.Profile));
    }

    private static int SavedSize(string text) => Numbers.Parse(text) is var size and > 0 and <= 1 << 20 ? (int)size : throw new Refusal(Errno.EINVAL);
}

/// <summary>The <c>instances</c> directory: mkdir makes an instance, rmdir removes one that nobody uses.</summary>
internal sealed class InstancesDirectory(Tracer tracer) : DirectoryNode(0x1E8)
{
    private readonly Dictionary<string, Node> _directories = new(StringComparer.Ordinal);

    public override Node? Find(string name) => _directories.GetValueOrDefault(name);

    public override IEnumerable<string> Names() => tracer.Instances.Keys;

    public override void MakeDirectory(string name) => _directories.Add(name, TracefsTree.Make(tracer.MakeInstance(name)));

    public override void RemoveDirectory(string name)
    {
        var instance = tracer.Instances[name];
        if (instance.IsInUse)
        {
            Refusal.Throw(Errno.EBUSY);
        }

        tracer.RemoveInstance(instance);
        _ = _directories.Remove(name);
    }
}
