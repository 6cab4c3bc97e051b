namespace LabTrace.Tracing.Queries;

/// <summary>What two events must have in common to belong together.</summary>
public sealed record MatchScope
{
    private readonly string _first;
    private readonly string _second;

    private MatchScope(string first, string second)
    {
        _first = first;
        _second = second;
    }

    /// <summary>Nothing: any two events of the trace.</summary>
    public static MatchScope Anywhere { get; } = new("", "");

    /// <summary>Both were recorded on the same cpu.</summary>
    public static MatchScope SameCpu { get; } = new("common_cpu", "common_cpu");

    /// <summary>Both were recorded by the same thread.</summary>
    public static MatchScope SamePid { get; } = new("common_pid", "common_pid");

    /// <summary>A field of the first equals a field of the second, for example <c>pid</c> of a waking and <c>next_pid</c> of a switch.</summary>
    public static MatchScope SameFields(string first, string second) => new(first, second);

    /// <summary>Reads <c>cpu</c>, <c>pid</c>, a field both have, or <c>pid = next_pid</c>; nothing means anywhere.</summary>
    public static MatchScope Parse(string? text)
    {
        var parts = (text ?? "").Split('=', 2, StringSplitOptions.TrimEntries);
        return parts switch
        {
            [""] => Anywhere,
            ["cpu"] => SameCpu,
            ["pid"] => SamePid,
            [var both] => new MatchScope(both, both),
            _ => new MatchScope(parts[0], parts[1]),
        };
    }

    /// <summary>What the first event is looked up by; null when it lacks the field.</summary>
    internal string? KeyOfFirst(TraceEvent item) => Key(item, _first);

    /// <summary>What the second event is looked up by; null when it lacks the field.</summary>
    internal string? KeyOfSecond(TraceEvent item) => Key(item, _second);

    /// <summary>The scope in words behind a sentence: <c> on the same cpu</c>.</summary>
    public override string ToString() =>
        this == Anywhere ? "" : this == SameCpu ? " on the same cpu" : this == SamePid ? " on the same pid"
        : _first == _second ? $" with the same {_first}" : $" with {_first} = {_second}";

    private static string? Key(TraceEvent item, string field) => field switch
    {
        "" => "",
        "common_cpu" => item.Cpu.ToString(),
        "common_pid" => item.Pid.ToString(),
        _ => item.TryGetField(field, out var value) ? value.TryGetInteger(out var number) ? number.ToString() : value.ToRawText() : null,
    };
}
