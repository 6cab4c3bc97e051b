namespace LabTrace.Devices.Tap;

/// <summary>Reads a text line by line into levels. Looks at each line once and never back, so it ends, in time linear in the text.</summary>
internal sealed class TapScanner
{
    private const int MaxDepth = 64;
    private const int ChildIndent = 4;

    private readonly int _depth;
    private readonly Stack<RawLevel> _levels = new();
    private readonly Stack<(RawLevel Level, RawPoint Point)> _braces = new();
    private RawPoint? _openBrace;
    private (RawLevel Level, int Indent, int Line)? _yaml;
    private bool _isKtap;

    public TapScanner(int depth, bool isKtap)
    {
        (_depth, _isKtap) = (depth, isKtap);
    }

    /// <summary>The streams at the outermost level, each with a version line of its own or the only one without.</summary>
    public List<RawLevel> Streams { get; } = [];

    /// <summary>It is the kernel's: a KTAP version, a kernel log, a selftest runner's comments.</summary>
    public bool IsKtap => _isKtap;

    public TapProblem? BailOut { get; private set; }

    public TapProblem? Panic { get; private set; }

    private RawLevel? Root => Streams.Count == 0 ? null : Streams[^1];

    private int Depth => _depth + _levels.Count + _braces.Count;

    /// <summary>Takes the next line, prefix removed.</summary>
    /// <param name="line">The line, or null for one that is none of the text's, a kernel message for example.</param>
    /// <param name="whole">The line as it stands, kept for people.</param>
    /// <param name="number">One-based.</param>
    public void Take(string? line, string whole, int number)
    {
        if (BailOut is not null)
        {
            return;
        }

        NotePanic(whole, number);
        if (line is null)
        {
            Keep(whole, number, isForeign: true);
            return;
        }

        var read = TapLine.Read(line);
        if (_yaml is not null && TakeYaml(read, line, number))
        {
            return;
        }

        if (_openBrace is { } open && read.Kind != TapLineKind.Blank)
        {
            _openBrace = null;
            OpenBrace(open, read);
        }

        switch (read.Kind)
        {
            case TapLineKind.Blank:
                break;
            case TapLineKind.Comment:
                TakeComment(read, whole, number);
                break;
            case TapLineKind.Version:
                TakeVersion(read, whole, number);
                break;
            case TapLineKind.Plan:
                TakePlan(read, whole, number);
                break;
            case TapLineKind.Test:
                TakeTest(read, whole, number);
                break;
            case TapLineKind.BailOut:
                BailOut = new TapProblem(number, read.Rest.ToString());
                break;
            case TapLineKind.Pragma when _levels.Count > 0:
                _levels.Peek().IsStrict = read.Rest is "+strict" || (_levels.Peek().IsStrict && read.Rest is not "-strict");
                break;
            case TapLineKind.YamlStart when _levels.Count > 0 && _levels.Peek() is { Points.Count: > 0 } level && read.Indent > level.Indent:
                _yaml = (level, read.Indent, number);
                break;
            case TapLineKind.OpenBrace when !_isKtap && _levels.Count > 0 && _levels.Peek() is { Points: [.., var point] } level && read.Indent == level.Indent:
                _braces.Push((level, point));
                break;
            case TapLineKind.CloseBrace when _braces.Count > 0 && read.Indent == _braces.Peek().Level.Indent:
                CloseBrace();
                break;
            default:
                Keep(whole, number, isForeign: false);
                break;
        }
    }

    /// <summary>Ends the text: whatever is open stays where a test line was to come.</summary>
    public void End()
    {
        if (_yaml is { } yaml)
        {
            yaml.Level.AddWarning(yaml.Line, "a YAML block is not ended");
            _yaml = null;
        }

        while (_braces.Count > 0)
        {
            var level = _braces.Peek().Level;
            level.AddError(level.Points[^1].Line, "the subtests in braces are not ended");
            CloseBrace();
        }

        while (_levels.Count > 1)
        {
            Pop();
        }

        if (_levels.Count == 1)
        {
            EndComments(_levels.Pop());
        }
    }

    private static void EndComments(RawLevel level)
    {
        if (level.Commented is not { } commented)
        {
            return;
        }

        commented.End();
        level.Waiting.AddRange(commented.Streams);
        if (commented.BailOut is { } bailOut)
        {
            level.AddWarning(bailOut.Line, $"a program in it gave up: {bailOut.Message}");
            commented.Root?.AddError(bailOut.Line, $"it gave up: {(bailOut.Message.Length == 0 ? "no reason given" : bailOut.Message)}");
        }

        level.Commented = null;
    }

    private void NotePanic(string line, int number)
    {
        const string NotSyncing = "Kernel panic - not syncing";
        const string NoRoot = "VFS: Unable to mount root";
        if (Panic is null && Root is not null && line.AsSpan().IndexOf('K') >= 0)
        {
            var at = line.IndexOf(NotSyncing, StringComparison.Ordinal);

            // A kernel without a root file system ends in this one after its tests; whether they all ran is for the plan to say.
            if (at >= 0 && !line.Contains(NoRoot, StringComparison.Ordinal))
            {
                Panic = new TapProblem(number, line[at..]);
            }
        }
    }

    /// <returns>Whether the line belongs to the block.</returns>
    private bool TakeYaml(TapLine read, string line, int number)
    {
        var (level, indent, start) = _yaml!.Value;
        if (read.Kind != TapLineKind.Blank && read.Indent < indent)
        {
            level.AddWarning(number, $"the YAML block of line {start} is not ended");
            _yaml = null;
            return false;
        }

        if (read.Indent == indent && read.Text is "...")
        {
            _yaml = null;
        }
        else
        {
            level.Points[^1].Log.Add(line.AsSpan().TrimEnd());
        }

        return true;
    }

    private void TakeVersion(TapLine read, string whole, int number)
    {
        if (_braces.Count == 0 && (_levels.Count == 0 || read.Indent <= _levels.Last().Indent))
        {
            StartStream(read, number);
            return;
        }

        if (LevelFor(read, number) is { } level)
        {
            if (level.HasContent && _levels.Count > 1 && _levels.Peek() == level)
            {
                // The next suite begins, and the last one never got its own line.
                Pop();
                level = new RawLevel(read.Indent, number);
                _levels.Push(level);
            }

            level.Version ??= (int)read.Number;
            level.IsKtap |= read.Flag;
            level.IsAnnounced = true;
        }
        else
        {
            Keep(whole, number, isForeign: false);
        }
    }

    private void StartStream(TapLine read, int number)
    {
        End();
        if (Root is { Version: null } before)
        {
            before.AddError(number, "the version line is not the first");
        }

        _isKtap |= read.Flag;
        var level = new RawLevel(read.Indent, number) { Version = (int)read.Number, IsKtap = read.Flag, IsAnnounced = true };
        if (!read.Flag && read.Number < 13)
        {
            level.AddError(number, $"version {read.Number}; a version line says 13 or more");
        }

        Streams.Add(level);
        _levels.Push(level);
    }

    private void TakePlan(TapLine read, string whole, int number)
    {
        if (LevelFor(read, number) is not { } level)
        {
            Keep(whole, number, isForeign: false);
            return;
        }

        var plan = new RawPlan(read.First, read.Number, read.Rest.ToString(), number, level.Points.Count);
        if (level.Plan is null)
        {
            level.Plan = plan;
        }
        else if (level.Plan.First == plan.First && level.Plan.Last == plan.Last)
        {
            level.AddWarning(number, "the plan is there twice");
        }
        else
        {
            level.AddError(number, $"a second plan, {plan.First}..{plan.Last}; line {level.Plan.Line} has {level.Plan.First}..{level.Plan.Last}");
        }
    }

    private void TakeTest(TapLine read, string whole, int number)
    {
        if (IsNumberMissing(read))
        {
            Keep(whole, number, isForeign: false);
            if (_levels.Count > 0)
            {
                _levels.Peek().AddWarning(number, $"no number, so no test line of KTAP: {read.Text[..Math.Min(read.Text.Length, 60)]}");
            }

            return;
        }

        if (LevelFor(read, number) is not { } level)
        {
            Keep(whole, number, isForeign: false);
            return;
        }

        EndComments(level);
        var point = new RawPoint(read.Flag, read.Rest.ToString(), number) { Log = level.Log };
        point.Children.AddRange(level.Waiting);
        level.Waiting.Clear();
        level.Log = new RawLog();
        level.Announced = null;
        level.Points.Add(point);
        if (!_isKtap && point.Rest.EndsWith('{'))
        {
            _openBrace = point;
        }
    }

    private bool IsNumberMissing(TapLine read) => _isKtap && (read.Rest.IsEmpty || !char.IsAsciiDigit(read.Rest[0]));

    private void TakeComment(TapLine read, string whole, int number)
    {
        if (_levels.Count == 0)
        {
            return;
        }

        var inside = read.Text[1..];
        inside = inside is [' ', ..] ? inside[1..] : inside;
        if (inside.StartsWith("Subtest") && (inside.Length == "Subtest".Length || inside["Subtest".Length] == ':'))
        {
            _isKtap |= read.HasTab;
            TakeName(read, inside["Subtest".Length..].TrimStart(':').Trim().ToString(), number);
            return;
        }

        var level = Innermost(read.Indent);
        if (level.Commented is null && TapLine.Read(inside) is { Kind: TapLineKind.Version, Indent: 0 } && Depth < MaxDepth)
        {
            _isKtap |= _depth == 0;
            level.Commented = new TapScanner(Depth + 1, isKtap: true);
        }

        if (level.Commented is { } commented)
        {
            commented.Take(inside.ToString(), whole, number);
            return;
        }

        if (inside.StartsWith("selftests: "))
        {
            _isKtap = true;
            level.Announced = inside.ToString();
        }

        Keep(whole, number, isForeign: false);
    }

    /// <summary>KUnit names a level from within, TAP 14 from in front of it.</summary>
    private void TakeName(TapLine read, string name, int number)
    {
        if (read.Indent > _levels.Peek().Indent)
        {
            if (LevelFor(read, number) is { } level)
            {
                level.IsAnnounced = true;
                level.Name ??= name;
            }

            return;
        }

        var own = LevelFor(read, number);
        if (own is null)
        {
            return;
        }

        if (own.IsAnnounced && own.Name is null && own.Points.Count == 0 && _levels.Count > 1)
        {
            own.Name = name;
        }
        else
        {
            own.Announced = name;
        }
    }

    /// <summary>A brace at the end of a name opens subtests when they follow at once; those that are named have no brace.</summary>
    private void OpenBrace(RawPoint point, TapLine next)
    {
        var level = _levels.Peek();
        var isNamed = next.Kind == TapLineKind.Comment && next.Text.StartsWith("# Subtest");
        if ((next.Indent > level.Indent && !isNamed) || next.Kind == TapLineKind.CloseBrace)
        {
            point.Rest = point.Rest[..^1].TrimEnd();
            _braces.Push((level, point));
            level.Log = new RawLog();
        }
    }

    private void CloseBrace()
    {
        var (level, point) = _braces.Pop();
        while (_levels.Peek() != level)
        {
            Pop();
        }

        point.Children.AddRange(level.Waiting);
        level.Waiting.Clear();
    }

    /// <summary>The level a line of that indentation belongs to; made when it is a deeper one, and what is deeper is ended.</summary>
    /// <returns>Null when it belongs to none: output that only looks like TAP.</returns>
    private RawLevel? LevelFor(TapLine read, int number)
    {
        if (_levels.Count == 0)
        {
            // A text without a version begins at its first column.
            if (read.Indent > 0 || read.Kind == TapLineKind.Comment)
            {
                return null;
            }

            var root = new RawLevel(0, number);
            Streams.Add(root);
            _levels.Push(root);
            return root;
        }

        var floor = _braces.Count > 0 ? _braces.Peek().Level : _levels.Last();
        if (read.Indent < floor.Indent || (_braces.Count > 0 && read.Indent == floor.Indent))
        {
            return null;
        }

        RawLevel? ended = null;
        while (_levels.Peek().Indent > read.Indent && _levels.Peek() != floor)
        {
            ended = Pop();
        }

        var top = _levels.Peek();
        if (top.Indent == read.Indent)
        {
            return top;
        }

        var isHeader = read.Kind is TapLineKind.Version or TapLineKind.Comment;
        if (Depth >= MaxDepth)
        {
            top.AddError(number, $"subtests deeper than {MaxDepth} levels are not read");
            return null;
        }

        if (!_isKtap && !isHeader && ended is null && read.Indent - top.Indent < ChildIndent)
        {
            return null;
        }

        var level = new RawLevel(read.Indent, number);
        if (ended is not null)
        {
            top.Waiting.Remove(ended);
            level.Waiting.Add(ended);
        }

        _levels.Push(level);
        return level;
    }

    private RawLevel Pop()
    {
        var level = _levels.Pop();
        EndComments(level);
        _levels.Peek().Waiting.Add(level);
        return level;
    }

    private RawLevel Innermost(int indent)
    {
        foreach (var level in _levels)
        {
            if (level.Indent <= indent)
            {
                return level;
            }
        }

        return _levels.Last();
    }

    /// <summary>A line that is no TAP: KTAP keeps it for the test that is reported next, TAP for the one before.</summary>
    private void Keep(string line, int number, bool isForeign)
    {
        if (_levels.Count == 0)
        {
            return;
        }

        var level = _levels.Peek();
        if (level.IsStrict && !isForeign && !line.AsSpan().TrimStart().StartsWith("#"))
        {
            level.AddError(number, "a line that is not TAP, under pragma +strict");
        }

        var log = _isKtap || level.Points.Count == 0 ? level.Log : level.Points[^1].Log;
        log.Add(line.AsSpan().TrimEnd());
    }
}
