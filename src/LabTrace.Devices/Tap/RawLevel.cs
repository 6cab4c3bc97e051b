namespace LabTrace.Devices.Tap;

/// <summary>A level of a text as it is read: what stands at one depth of indentation, not yet judged.</summary>
internal sealed class RawLevel(int indent, int line)
{
    private const int MaxSamples = 5;

    public int Indent { get; } = indent;

    public int Line { get; } = line;

    public int? Version { get; set; }

    public bool IsKtap { get; set; }

    public string? Name { get; set; }

    /// <summary>It was announced, by a version line or a name, and not only by what looks like a test.</summary>
    public bool IsAnnounced { get; set; }

    public RawPlan? Plan { get; set; }

    public List<RawPoint> Points { get; } = [];

    /// <summary>Levels that ended and wait for the test line they belong to.</summary>
    public List<RawLevel> Waiting { get; } = [];

    public List<TapProblem> Errors { get; } = [];

    public List<TapProblem> Warnings { get; } = [];

    public int ErrorsLeftOut { get; private set; }

    /// <summary>Lines that belong to the test that is reported next, where KTAP has it so.</summary>
    public RawLog Log { get; set; } = new();

    /// <summary>The name in the last comment of the kernel's selftest runner, for a test that never gets its own line.</summary>
    public string? Announced { get; set; }

    public bool IsStrict { get; set; }

    /// <summary>Reads what stands in comments behind a version line of its own.</summary>
    public TapScanner? Commented { get; set; }

    public bool HasContent => Points.Count > 0 || Plan is not null || Waiting.Exists(level => level.HasContent);

    public void AddError(int at, string message)
    {
        if (Errors.Count < MaxSamples)
        {
            Errors.Add(new TapProblem(at, message));
        }
        else
        {
            ErrorsLeftOut++;
        }
    }

    public void AddWarning(int at, string message)
    {
        if (Warnings.Count < MaxSamples)
        {
            Warnings.Add(new TapProblem(at, message));
        }
    }
}

/// <summary>A plan.</summary>
internal sealed record RawPlan(long First, long Last, string Directive, int Line, int PointsBefore)
{
    public long Count => Last < First ? 0 : Last - First + 1;
}

/// <summary>A test line, not yet judged.</summary>
internal sealed class RawPoint(bool isOk, string rest, int line)
{
    public bool IsOk { get; } = isOk;

    /// <summary>Number, description and directive.</summary>
    public string Rest { get; set; } = rest;

    public int Line { get; } = line;

    public List<RawLevel> Children { get; } = [];

    public RawLog Log { get; init; } = new();
}

/// <summary>Lines kept for people: the first ones, each cut; the rest is counted.</summary>
internal sealed class RawLog
{
    private const int MaxLines = 100;
    private const int MaxLength = 1000;
    private List<string>? _lines;

    public IReadOnlyList<string> Lines => _lines ?? [];

    public int LeftOut { get; private set; }

    public void Add(ReadOnlySpan<char> line)
    {
        if (_lines is { Count: >= MaxLines })
        {
            LeftOut++;
            return;
        }

        (_lines ??= []).Add(line.Length > MaxLength ? $"{line[..MaxLength]}…" : line.ToString());
    }
}
