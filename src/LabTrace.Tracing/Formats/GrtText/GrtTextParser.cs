using System.Text;

namespace LabTrace.Tracing;

/// <summary>Turns CPU annotations and timelines of grtrace into events.</summary>
/// <remarks>Format: Formats/GrtText/GrtText.md.</remarks>
internal sealed class GrtTextParser : TextParser
{
    private readonly Dictionary<(string Name, bool IsGpu, bool IsPretty), int> _schemas = [];
    private readonly Dictionary<TaskOfEvent, int> _tasks = [];
    private readonly Utf8Interner<string> _names = new(bytes => Encoding.UTF8.GetString(bytes).ToUpperInvariant());

    public GrtTextParser(TallyBuilder tally)
        : base(new TextSink(tally, 0))
    {
    }

    protected override bool ReadLine(ReadOnlySpan<byte> line, int start)
    {
        if (line.Length == 0 || line[0] == '#')
        {
            return false;
        }

        if (!GrtTextLine.TryParse(line, out var parsed))
        {
            Malformed(line, start, "the line is no event and no comment");
            return false;
        }

        var key = (_names.Get(parsed.Event), parsed.IsGpu, parsed.IsPretty);
        if (!_schemas.TryGetValue(key, out var schema))
        {
            var name = new EventName(parsed.IsGpu ? "gpu" : "cpu", key.Item1);
            _schemas[key] = schema = Sink.Add(new GrtTextSchema(name, parsed.IsPretty));
        }

        var text = line[parsed.TextStart..];
        Sink.Add(parsed.Time, TextSink.NoCpu, default, TaskOf(text, parsed.IsPretty), schema, start + parsed.TextStart, text.Length);
        return true;
    }

    private int TaskOf(ReadOnlySpan<byte> text, bool isPretty)
    {
        var task = isPretty ? PrettyTask(text) : TaskOfFields(text);
        if (!_tasks.TryGetValue(task, out var index))
        {
            _tasks[task] = index = Sink.Add(task);
        }

        return index;
    }

    /// <summary><c>pid=5678 tid=5679 comm=glxgears</c>: a process, its thread and the thread's name; GPU events have none.</summary>
    private static TaskOfEvent TaskOfFields(ReadOnlySpan<byte> text)
    {
        var pid = Number(text, "pid="u8);
        var tid = Number(text, "tid="u8);
        var comm = CommTable.Unknown;
        if (text.IndexOf("comm="u8) is var at and >= 0)
        {
            // A name may hold blanks; it ends before the next field.
            var name = text[(at + 5)..];
            var next = name.IndexOf((byte)'=');
            name = next < 0 ? name : name[..Math.Max(0, name[..next].LastIndexOf((byte)' '))];
            comm = Encoding.UTF8.GetString(name.TrimEnd(", "u8));
        }

        return new TaskOfEvent(tid >= 0 ? tid : pid, pid, comm);
    }

    private static int Number(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key)
    {
        var at = text.IndexOf(key);
        if (at < 0 || (at > 0 && text[at - 1] is not ((byte)' ' or (byte)',')))
        {
            return -1;
        }

        at += key.Length;
        return AsciiScan.TryInt(text, ref at, out var number) ? number : -1;
    }

    /// <summary><c>glxgears(1234) ioctl_enter</c>.</summary>
    private static TaskOfEvent PrettyTask(ReadOnlySpan<byte> text)
    {
        var open = text.IndexOf((byte)'(');
        var at = open + 1;
        return open > 0 && AsciiScan.TryInt(text, ref at, out var pid) && at < text.Length && text[at] == ')'
            ? new TaskOfEvent(pid, -1, Encoding.UTF8.GetString(text[..open]))
            : new TaskOfEvent(-1, -1, CommTable.Unknown);
    }
}
