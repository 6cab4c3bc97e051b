using System.Text;

namespace LabTrace.Tracing;

/// <summary>Turns function_graph text into the events <c>funcgraph_entry</c> and <c>funcgraph_exit</c>; a call without calls gives both.</summary>
/// <remarks>Format: Formats/FunctionGraph/FunctionGraph.md.</remarks>
internal sealed class FunctionGraphParser : TextParser
{
    private const int MaxOpenCalls = 4096;

    private readonly Utf8Interner<string> _names = new(bytes => Encoding.UTF8.GetString(bytes));
    private readonly Utf8Interner<Task> _tasks;
    private readonly Utf8Interner<CommentSchema> _comments;
    private readonly Dictionary<int, Task> _running = [];
    private readonly Utf8Text _made = new();
    private readonly List<PendingExit> _pending = [];
    private readonly int _entry;
    private readonly int _exit;
    private ulong _lastTime;
    private bool _hasTimes;
    private TextSchema? _open;

    public FunctionGraphParser(TallyBuilder tally, long expectedBytes)
        : base(new TextSink(tally, expectedBytes))
    {
        _entry = Sink.Add(TextSchema.Make("funcgraph_entry:"u8, isClockInNanoseconds: true));
        _exit = Sink.Add(TextSchema.Make("funcgraph_exit:"u8, isClockInNanoseconds: true));
        _tasks = new(bytes => new Task(Sink.Add(FtraceLine.ParseTask(bytes))));
        _comments = new(key => CommentSchema.Make(key, Sink));
    }

    protected override bool ReadLine(ReadOnlySpan<byte> line, int start)
    {
        if (IsRecordOpen && TryContinue(line, start))
        {
            return false;
        }

        IsRecordOpen = false;
        if (line.Length == 0 || (line[0] == '#' && !FunctionGraphLine.StartsWithDuration(line)))
        {
            return false;
        }

        if (line.StartsWith("CPU:"u8) && TryLoss(line))
        {
            return false;
        }

        if (line.StartsWith("##### CPU "u8) || line.TrimStart((byte)' ').StartsWith("------"u8) || TrySwitch(line))
        {
            return false;
        }

        if (FtraceLine.TryParse(line, out var head) && head.Cpu < TextSink.MaxCpus && TryHeaded(line, start, head))
        {
            return true;
        }

        var columns = FunctionGraphLine.Parse(line);
        var call = columns.Call.Trim((byte)' ');
        if (FunctionGraphLine.IsArrow(call))
        {
            return false;
        }

        var task = columns.Task.Length > 0 ? _tasks.Get(columns.Task) : Running(columns.Cpu);
        if (columns.HasTime)
        {
            _lastTime = columns.Time;
            _hasTimes = true;
            AddPending(columns.Cpu);
        }

        if (!TryCall(columns, call, task) && !TryComment(columns, call, task, line, start))
        {
            Malformed(line, start, "the line is no call, no return, no comment and no loss");
        }

        return true;
    }

    protected override void EndOfText()
    {
        _lastTime = ulong.MaxValue;
        AddPending(int.MinValue);
    }

    /// <summary>Further lines of a stack, and of a marker up to the end of its comment. A line that is a call ends them too.</summary>
    private bool TryContinue(ReadOnlySpan<byte> line, int start)
    {
        if (_open is { } stack)
        {
            IsRecordOpen = stack.TakesContinuation(line);
        }
        else if (FunctionGraphLine.Parse(line) is { HasDurationColumn: true } or { HasTime: true })
        {
            IsRecordOpen = false;
        }
        else if (line.EndsWith("*/"u8))
        {
            Sink.ExtendLast(start + line[..^2].TrimEnd((byte)' ').Length);
            IsRecordOpen = false;
            return true;
        }

        if (IsRecordOpen)
        {
            Sink.ExtendLast(start + line.Length);
        }

        return IsRecordOpen;
    }

    /// <summary>Stacks are printed with the head of every other tracer: <c>  sh-137  [001] d.s3.  1870.429229: &lt;stack trace&gt;</c>.</summary>
    private bool TryHeaded(ReadOnlySpan<byte> line, int start, in FtraceLine head)
    {
        var key = TextSchema.KeyOf(line[head.TextStart..], "");
        if (key.Length == 0 || !head.IsClockInNanoseconds)
        {
            return false;
        }

        // Where no other line tells its time, the order of the text is all there is.
        if (_hasTimes)
        {
            _lastTime = head.Time;
            AddPending(head.Cpu);
        }

        var schema = _comments.Get(key);
        var at = head.TextStart + schema.Schema.TextOffset(line[head.TextStart..], key.Length);
        Sink.Add(_lastTime, head.Cpu, head.Flags, _tasks.Get(line.Slice(head.TaskStart, head.TaskLength)).Index, schema.Index, start + at, line.Length - at);
        (_open, IsRecordOpen) = (schema.Schema, schema.Schema.TakesContinuations);
        return true;
    }

    /// <summary>A leaf's exit is later than the lines of other cpus that follow. It waits for its turn, or for the next line of its cpu: the time of
    /// that, in whole microseconds, can be a little too early.</summary>
    private void AddPending(int cpu)
    {
        for (var i = 0; i < _pending.Count; i++)
        {
            var exit = _pending[i];
            if (exit.Time <= _lastTime || exit.Cpu == cpu)
            {
                _pending.RemoveAt(i--);
                Sink.AddMade(Math.Min(exit.Time, _lastTime), exit.Cpu, exit.Flags, exit.Task, _exit, exit.Payload);
            }
        }
    }

    private Task Running(int cpu)
    {
        if (!_running.TryGetValue(cpu, out var task))
        {
            _running[cpu] = task = new Task(Sink.Add(new TaskOfEvent(-1, -1, CommTable.Unknown))) { IsUnknown = true };
        }

        return task;
    }

    /// <summary><c>func() {</c>, <c>func();</c> and <c>}</c>, each perhaps with a comment behind.</summary>
    private bool TryCall(in FunctionGraphLine columns, ReadOnlySpan<byte> call, Task task)
    {
        if (call.StartsWith("}"u8))
        {
            Return(columns, task, CallTail.Parse(call[1..]));
            return true;
        }

        var open = call.IndexOf((byte)'(');
        if (open <= 0 || call.StartsWith("/*"u8))
        {
            return false;
        }

        var comment = call.IndexOf(" /* "u8);
        var head = (comment < 0 ? call : call[..comment]).TrimEnd((byte)' ');
        var tail = CallTail.Parse(comment < 0 ? [] : call[comment..]);
        var close = head.LastIndexOf((byte)')');
        if (close < open || head[^1] is not ((byte)'{' or (byte)';'))
        {
            return false;
        }

        var function = head[..open];
        var arguments = head[(open + 1)..close];
        var isLeaf = head[^1] == ';';
        Enter(columns, task, function, arguments, tail);
        if (isLeaf)
        {
            Exit(columns, task, _lastTime + (columns.HasTime ? columns.DurationNs : 0), function, columns.Depth, tail);
        }
        else if (task.Open.Count < MaxOpenCalls)
        {
            task.Open.Add((_names.Get(function), columns.Depth));
        }

        return true;
    }

    private void Return(in FunctionGraphLine columns, Task task, in CallTail tail)
    {
        // Calls that are deeper never returned in this text: events were lost.
        var open = task.Open;
        while (open.Count > 0 && open[^1].Depth > columns.Depth)
        {
            open.RemoveAt(open.Count - 1);
        }

        var function = tail.Function;
        if (open.Count > 0 && open[^1].Depth == columns.Depth)
        {
            // The comment is the kernel's own word; without the column of cpus the calls of several mix here.
            function = function.Length > 0 ? function : Encoding.UTF8.GetBytes(open[^1].Function);
            open.RemoveAt(open.Count - 1);
        }

        Exit(columns, task, _lastTime, function, columns.Depth, tail);
    }

    private void Enter(in FunctionGraphLine columns, Task task, ReadOnlySpan<byte> function, ReadOnlySpan<byte> arguments, in CallTail tail)
    {
        _made.Clear();
        AppendFunction(function, columns.Depth);
        AppendField(" parent_ip="u8, tail.Parent);
        while (arguments.Length > 0)
        {
            var comma = arguments.IndexOf(", "u8);
            AppendField(" "u8, comma < 0 ? arguments : arguments[..comma]);
            arguments = comma < 0 ? [] : arguments[(comma + 2)..];
        }

        Sink.AddMade(_lastTime, columns.Cpu, columns.Flags, task.Index, _entry, _made.Written);
    }

    private void Exit(in FunctionGraphLine columns, Task task, ulong time, ReadOnlySpan<byte> function, int depth, in CallTail tail)
    {
        _made.Clear();
        AppendFunction(function, depth);
        if (columns.HasDuration)
        {
            _made.Append(" duration="u8);
            _made.Append(columns.DurationNs);
        }

        AppendField(" retval="u8, tail.ReturnValue);
        if (time <= _lastTime)
        {
            Sink.AddMade(time, columns.Cpu, columns.Flags, task.Index, _exit, _made.Written);
            return;
        }

        var at = _pending.FindLastIndex(p => p.Time <= time) + 1;
        _pending.Insert(at, new PendingExit(time, columns.Cpu, columns.Flags, task.Index, _made.Written.ToArray()));
    }

    private void AppendFunction(ReadOnlySpan<byte> function, int depth)
    {
        var module = function.IndexOf(" ["u8);
        if (function.Length > 0)
        {
            AppendField("func="u8, module < 0 ? function : function[..module]);
            _made.Append((byte)' ');
        }

        _made.Append("depth="u8);
        _made.Append((long)depth);
        AppendField(" module="u8, module < 0 ? [] : function[(module + 2)..].TrimEnd((byte)']'));
    }

    private void AppendField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (value.Length > 0)
        {
            _made.Append(name);
            _made.Append(value);
        }
    }

    /// <summary><c>/* sched_switch: prev_comm=… */</c> is an event, <c>/* text */</c> a marker.</summary>
    private bool TryComment(in FunctionGraphLine columns, ReadOnlySpan<byte> call, Task task, ReadOnlySpan<byte> line, int start)
    {
        if (!call.StartsWith("/* "u8))
        {
            return false;
        }

        // A marker of several lines ends its comment on the last of them.
        var isOpen = !call.EndsWith("*/"u8);
        var content = isOpen ? line[(line.IndexOf("/* "u8) + 3)..] : call[3..^2].TrimEnd((byte)' ');
        var key = TextSchema.KeyOf(content, "");
        var isEvent = key.Length > 1 && key[^1] == ':';
        var schema = _comments.Get(isEvent ? key : "tracing_mark_write:"u8);
        var skip = isEvent ? schema.Schema.TextOffset(content, key.Length) : 0;
        var at = line.IndexOf("/* "u8) + 3 + skip;
        Sink.Add(_lastTime, columns.Cpu, columns.Flags, task.Index, schema.Index, start + at, content.Length - skip);
        (_open, IsRecordOpen) = (null, isOpen);
        return true;
    }

    /// <summary><c> 0)    sh-4802    =>   &lt;idle&gt;-0   </c>: from here on another task's calls follow on the cpu.</summary>
    private bool TrySwitch(ReadOnlySpan<byte> line)
    {
        var arrow = line.IndexOf(" => "u8);
        var at = AsciiScan.SkipBlanks(line, 0);
        if (arrow < 0 || !AsciiScan.TryInt(line, ref at, out var cpu) || at >= line.Length || line[at] != ')' || at > arrow || line.IndexOf((byte)'|') >= 0)
        {
            return false;
        }

        var next = line[(arrow + 4)..].Trim((byte)' ');
        if (!FunctionGraphLine.IsTask(next))
        {
            return false;
        }

        // What ran before the first banner is named by it: its open calls are waiting for their returns.
        if (_running.TryGetValue(cpu, out var before) && before.IsUnknown && line[at..arrow].TrimStart((byte)')').Trim((byte)' ') is { Length: > 0 } previous
            && FunctionGraphLine.IsTask(previous))
        {
            _tasks.Get(previous).Open.AddRange(before.Open);
        }

        _running[cpu] = _tasks.Get(next);
        return true;
    }

    private bool TryLoss(ReadOnlySpan<byte> line)
    {
        var at = 4;
        if (!AsciiScan.TryInt(line, ref at, out var cpu) || cpu >= TextSink.MaxCpus || !line[at..].StartsWith(" [LOST "u8))
        {
            return false;
        }

        at += 7;
        Sink.AddLoss(cpu, AsciiScan.TryULong(line, ref at, out var count) && count <= long.MaxValue ? (long)count : -1);
        if (_running.TryGetValue(cpu, out var task))
        {
            task.Open.Clear();
        }

        return true;
    }

    private readonly record struct PendingExit(ulong Time, int Cpu, EventFlags Flags, int Task, byte[] Payload);

    private sealed class Task(int index)
    {
        public int Index => index;

        public bool IsUnknown { get; init; }

        public List<(string Function, int Depth)> Open { get; } = [];
    }

    private sealed record CommentSchema(int Index, TextSchema Schema)
    {
        public static CommentSchema Make(ReadOnlySpan<byte> key, TextSink sink)
        {
            var schema = TextSchema.Make(key, isClockInNanoseconds: true);
            return new CommentSchema(sink.Add(schema), schema);
        }
    }
}
