using System.Globalization;

namespace LabTrace.Tracing;

/// <summary>Fields of events that ftrace's tracers and trace-cmd's plugins print in forms of their own, named as the binary events name them.</summary>
internal static class SpecialTextFields
{
    private const StringComparison Exact = StringComparison.Ordinal;
    private static readonly string[] OsnoiseNames =
        ["runtime", "noise", "available", "max_sample", "hw_count", "nmi_count", "irq_count", "softirq_count", "thread_count"];

    /// <summary>trace-cmd: <c>tracing_mark_write: text</c>, or with -R <c>ip=tracing_mark_write buf=text</c>.</summary>
    public static IEnumerable<KeyValuePair<string, FieldValue>> Marker(string text)
    {
        const string Buffer = " buf=";
        var raw = text.StartsWith("ip=", Exact) ? text.IndexOf(Buffer, Exact) : -1;
        if (raw > 0)
        {
            return [Text("ip", text[3..raw]), Text("buf", text[(raw + Buffer.Length)..])];
        }

        var colon = text.IndexOf(": ", Exact);
        return colon > 0 && !text.AsSpan(0, colon).Contains(' ')
            ? [Text("ip", text[..colon]), Text("buf", text[(colon + 2)..])]
            : [Text("buf", text)];
    }

    /// <summary>The option raw: <c># ADDRESS text</c>.</summary>
    public static IEnumerable<KeyValuePair<string, FieldValue>> RawMarker(string text)
    {
        var blank = text.IndexOf(' ', Math.Min(2, text.Length));
        return blank < 0 ? [Text("buf", text)] : [Text("ip", "0x" + text[2..blank]), Text("buf", text[(blank + 1)..])];
    }

    /// <summary>The option raw: <c>ADDRESS PARENT</c>.</summary>
    public static IEnumerable<KeyValuePair<string, FieldValue>> RawFunction(string text)
    {
        var words = Words(text);
        return words.Length < 2 ? [Text("ip", "0x" + text)] : [Text("ip", "0x" + words[0]), Text("parent_ip", "0x" + words[1])];
    }

    /// <summary>The callers, nearest first.</summary>
    public static IEnumerable<KeyValuePair<string, FieldValue>> Stack(string text)
    {
        var callers = text.Split('\n').Skip(1).Select(l => l.Trim()).Where(l => l.StartsWith("=>", Exact)).Select(l => l[2..].Trim());
        return [Text("caller", string.Join(" <- ", callers))];
    }

    /// <summary><c>#1     inner/outer(us):   12/13    ts:1700000000.000000000 count:1 nmi-total:3 nmi-count:1</c>; durations in microseconds.</summary>
    public static IEnumerable<KeyValuePair<string, FieldValue>> Hwlat(string text)
    {
        var words = Words(text);
        for (var i = 0; i < words.Length; i++)
        {
            var colon = words[i].IndexOf(':', Exact);
            if (i == 0)
            {
                yield return Text("seqnum", words[0].TrimStart('#'));
            }
            else if (words[i] == "inner/outer(us):" && i + 1 < words.Length && words[i + 1].Split('/') is [var inner, var outer])
            {
                yield return Text("duration", inner);
                yield return Text("outer_duration", outer);
            }
            else if (colon > 0 && colon < words[i].Length - 1)
            {
                var name = words[i][..colon];
                yield return Text(name switch { "ts" => "timestamp", "nmi-total" => "nmi_total_ts", "nmi-count" => "nmi_count", _ => name }, words[i][(colon + 1)..]);
            }
        }
    }

    /// <summary><c>1000000  5000  99.50000  200  50  1  100  2  3</c>, microseconds and counts.</summary>
    public static IEnumerable<KeyValuePair<string, FieldValue>> Osnoise(string text) => OsnoiseNames.Zip(Words(text), Text);

    /// <summary><c>#1  context    irq timer_latency       932 ns</c>.</summary>
    public static IEnumerable<KeyValuePair<string, FieldValue>> Timerlat(string text)
    {
        var words = Words(text);
        var context = Array.IndexOf(words, "context");
        var latency = Array.IndexOf(words, "timer_latency");
        return words.Length == 0 || context < 0 || latency < 0 || latency + 1 >= words.Length
            ? []
            : [Text("seqnum", words[0].TrimStart('#')), Text("context", words[context + 1]), Text("timer_latency", words[latency + 1])];
    }

    /// <summary><c>17:120:S   + [001]    18:120:R kworker</c>.</summary>
    public static IEnumerable<KeyValuePair<string, FieldValue>> Wakeup(string text)
    {
        var words = Words(text);
        if (words.Length < 4 || words[0].Split(':') is not [var prevPid, var prevPriority, var prevState] || words[3].Split(':') is not [var pid, var priority, var state])
        {
            return [];
        }

        return
        [
            Text("prev_pid", prevPid), Text("prev_prio", prevPriority), Text("prev_state", prevState), Text("next_cpu", words[2].Trim('[', ']').TrimStart('0') is { Length: > 0 } cpu ? cpu : "0"),
            Text("next_pid", pid), Text("next_prio", priority), Text("next_state", state), Text("next_comm", string.Join(' ', words[4..])),
        ];
    }

    /// <summary><c>[  ok  ] function:file:line</c>.</summary>
    public static IEnumerable<KeyValuePair<string, FieldValue>> Branch(string text)
    {
        var close = text.IndexOf(']', Exact);
        return close < 0 || text[(close + 1)..].Trim().Split(':') is not [var function, var file, var line]
            ? []
            : [Text("correct", text.AsSpan(0, close).Contains("ok", Exact) ? "1" : "0"), Text("func", function), Text("file", file), Text("line", line)];
    }

    /// <summary><c>8,0    D   W 12345 + 8 [kworker/0:1]</c>.</summary>
    public static IEnumerable<KeyValuePair<string, FieldValue>> Block(string text)
    {
        var words = Words(text);
        if (words.Length < 3)
        {
            return [];
        }

        List<KeyValuePair<string, FieldValue>> fields = [Text("dev", words[0]), Text("action", words[1]), Text("rwbs", words[2])];
        if (words.Length > 5 && words[4] == "+")
        {
            fields.Add(Text("sector", words[3]));
            fields.Add(Text("nr_sector", words[5]));
        }

        var open = text.LastIndexOf(" [", Exact);
        if (open > 0 && text.EndsWith(']'))
        {
            fields.Add(Text("comm", text[(open + 2)..^1]));
        }

        return fields;
    }

    /// <summary>trace-cmd: <c>+ 10.123 us  |    function() {</c>.</summary>
    public static IEnumerable<KeyValuePair<string, FieldValue>> FunctionGraph(string text)
    {
        if (text.StartsWith("func=", Exact) || text.StartsWith("depth=", Exact))
        {
            return TextFields.Pairs(text);
        }

        var bar = text.IndexOf('|', Exact);
        var call = text[(bar + 1)..].TrimEnd();
        var name = call.TrimStart();
        List<KeyValuePair<string, FieldValue>> fields = [];
        var end = name.IndexOf("();", Exact) is var leaf and > 0 ? leaf : name.IndexOf("() {", Exact);
        if (end > 0)
        {
            fields.Add(Text("func", name[..end]));
        }
        else if (name.StartsWith('}') && name.IndexOf("/* ", Exact) is var comment and > 0)
        {
            fields.Add(Text("func", name[(comment + 3)..].Replace(" */", "", Exact)));
        }

        fields.Add(Text("depth", Math.Max(0, (call.Length - name.Length - 2) / 2).ToString(CultureInfo.InvariantCulture)));
        if (bar > 0 && FunctionGraphLine.TryDuration(System.Text.Encoding.UTF8.GetBytes(text[..bar]), out var ns))
        {
            fields.Add(Text("duration", ns.ToString(CultureInfo.InvariantCulture)));
        }

        return fields;
    }

    /// <summary>trace-cmd's plugin: <c>tr:11493 [120] CPU:000</c> and <c>a:1 [120] S ==> b:2 [120]</c>; otherwise pairs.</summary>
    public static IEnumerable<KeyValuePair<string, FieldValue>> Scheduler(string text)
    {
        var arrow = text.IndexOf(" ==> ", Exact);
        if (text.Contains("comm=", Exact) || !TryTask(arrow < 0 ? text : text[..arrow], out var task, out var rest))
        {
            return TextFields.Pairs(text);
        }

        if (arrow < 0)
        {
            var cpu = rest.IndexOf("CPU:", Exact);
            return [.. Named("", task), .. cpu < 0 ? [] : new[] { Text("target_cpu", rest[(cpu + 4)..]) }];
        }

        return TryTask(text[(arrow + 5)..], out var next, out _) ? [.. Named("prev_", task), Text("prev_state", rest.Trim()), .. Named("next_", next)] : [];
    }

    /// <summary><c>1008 set 1</c> and <c>1008 out (0)</c>.</summary>
    public static IEnumerable<KeyValuePair<string, FieldValue>> Gpio(string text) => Words(text) switch
    {
        [var gpio, ("set" or "get") and var how, var value] => [Text("gpio", gpio), Text("get", how == "get" ? "1" : "0"), Text("value", value)],
        [var gpio, ("in" or "out") and var way, var error] => [Text("gpio", gpio), Text("in", way == "in" ? "1" : "0"), Text("err", error.Trim('(', ')'))],
        _ => TextFields.Pairs(text),
    };

    private static bool TryTask(string text, out (string Comm, string Pid, string Priority) task, out string rest)
    {
        task = default;
        rest = "";
        var open = text.LastIndexOf(" [", Exact);
        var close = open < 0 ? -1 : text.IndexOf(']', open);
        var colon = open < 0 ? -1 : text.LastIndexOf(':', open);
        if (colon <= 0 || close < 0)
        {
            return false;
        }

        task = (text[..colon].TrimStart(), text[(colon + 1)..open], text[(open + 2)..close]);
        rest = text[(close + 1)..];
        return true;
    }

    private static KeyValuePair<string, FieldValue>[] Named(string prefix, (string Comm, string Pid, string Priority) task) =>
        [Text(prefix + "comm", task.Comm), Text(prefix + "pid", task.Pid), Text(prefix + "prio", task.Priority)];

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static KeyValuePair<string, FieldValue> Text(string name, string value) => new(name, FieldValue.Of(value));
}
