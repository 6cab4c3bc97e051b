using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Ftrace;

/// <summary>The options of an instance: <c>trace_options</c> and the files of <c>options/</c>.</summary>
internal sealed class TraceOptions
{
    private static readonly string[] Ordered =
    [
        "print-parent", "sym-offset", "sym-addr", "verbose", "raw", "hex", "bin", "block", "fields", "trace_printk", "annotate",
        "userstacktrace", "sym-userobj", "printk-msg-only", "context-info", "latency-format", "record-cmd", "record-tgid", "overwrite",
        "disable_on_free", "irq-info", "markers", "event-fork", "trace_printk_dest", "copy_trace_marker", "pause-on-trace", "hash-ptr",
        "function-trace", "function-fork", "stacktrace", "test_nop_accept", "test_nop_refuse",
    ];

    /// <summary>Options of other tracers: they have a file, and no place in the list while that tracer is not chosen.</summary>
    private static readonly string[] OfOtherTracers = ["func-no-repeats", "func_stack_trace"];

    private static readonly string[] OfBlk = ["blk_cgname", "blk_cgroup", "blk_classic"];
    private static readonly string[] OnlyOfTop = ["trace_printk", "printk-msg-only", "record-cmd"];
    private readonly HashSet<string> _on;
    private readonly bool _isTop;

    public TraceOptions(bool isTop)
    {
        _isTop = isTop;
        _on =
        [
            "print-parent", "trace_printk", "annotate", "context-info", "record-cmd", "overwrite", "irq-info", "markers", "hash-ptr", "function-trace",
        ];
        if (isTop)
        {
            _ = _on.Add("trace_printk_dest");
            _ = _on.Add("copy_trace_marker");
        }
    }

    /// <summary>What <c>trace_options</c> shows.</summary>
    public string Text => string.Concat(Ordered.Select(o => (this[o] ? "" : "no") + o + "\n"));

    /// <summary>The files of <c>options/</c>.</summary>
    public IEnumerable<string> FileNames => Ordered.Concat(OfOtherTracers).Concat(_isTop ? OfBlk : []).Except(_isTop ? [] : OnlyOfTop);

    public bool this[string name] => _on.Contains(name);

    /// <summary>A write to <c>trace_options</c>.</summary>
    public void Store(string written)
    {
        var text = written.Trim();
        var isOn = !text.StartsWith("no", StringComparison.Ordinal);
        Set(isOn ? text : text[2..], isOn, isList: true);
    }

    /// <summary>A write to a file of <c>options/</c>.</summary>
    public void Store(string name, string written) => Set(name, Numbers.ParseSwitch(written), isList: false);

    private void Set(string name, bool isOn, bool isList)
    {
        if (!(isList ? Ordered : FileNames).Contains(name) || (name == "test_nop_refuse" && isOn))
        {
            Refusal.Throw(Errno.EINVAL);
        }

        _ = isOn ? _on.Add(name) : _on.Remove(name);
    }
}
