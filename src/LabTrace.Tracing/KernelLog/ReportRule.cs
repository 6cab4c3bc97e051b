using System.Text.RegularExpressions;

namespace LabTrace.Tracing.KernelLog;

/// <summary>How one kind of report is recognised and named.</summary>
/// <param name="Pattern">Matches the report's first line, without prefix.</param>
/// <param name="Title">The title, with <c>{group}</c> for what the patterns found; <c>{func}</c> is the guilty function.</param>
/// <param name="Type">The type, with <c>{GROUP}</c> for a group in capitals.</param>
internal sealed record ReportRule(string Pattern, string Title, string Type)
{
    // A log full of reports pays for compiling the patterns; one with a few does not.
    private const int OftenUsed = 1000;

    private Regex? _header;
    private Regex? _detail;
    private Regex? _skip;
    private int _uses;

    /// <summary>The first line's pattern.</summary>
    public Regex Header => Interlocked.Increment(ref _uses) == OftenUsed
        ? _header = new Regex(Pattern, RegexOptions.CultureInvariant | RegexOptions.Compiled)
        : _header ??= Compile(Pattern);

    /// <summary>A pattern that a later line must match for the rule to hold; may be null.</summary>
    public string? DetailPattern { get; init; }

    /// <summary>Texts that lines hold, in this order, before the line of <see cref="DetailPattern"/>.</summary>
    public string[] Before { get; init; } = [];

    /// <summary>Ways to the guilty function, tried in order until one finds a frame; none when a pattern's <c>func</c> group is it.</summary>
    public TraceStep[][] Ways { get; init; } = [];

    /// <summary>Functions of the kind's own machinery, as a pattern; no report is named after them.</summary>
    public string? SkipPattern { get; init; }

    /// <summary>Which frame names the report.</summary>
    public FramePick Pick { get; init; }

    public Regex? Detail => DetailPattern is null ? null : _detail ??= Compile(DetailPattern);

    public Regex? Skip => SkipPattern is null ? null : _skip ??= Compile(SkipPattern);

    private static Regex Compile(string pattern) => new(pattern, RegexOptions.CultureInvariant);
}
