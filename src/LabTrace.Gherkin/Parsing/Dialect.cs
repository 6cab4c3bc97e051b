using LabTrace.Gherkin.Ast;

namespace LabTrace.Gherkin.Parsing;

/// <summary>The keywords of one spoken language, indexed by their first character.</summary>
internal sealed partial class Dialect
{
    private const int AsciiCount = 128;

    private readonly Keyword[]?[] _ascii = new Keyword[AsciiCount][];
    private readonly Dictionary<char, Keyword[]> _other = [];

    private Dialect(string name, IEnumerable<Keyword> keywords)
    {
        Name = name;
        foreach (var group in keywords.OrderByDescending(keyword => keyword.Text.Length).GroupBy(keyword => keyword.Text[0]))
        {
            if (group.Key < AsciiCount)
            {
                _ascii[group.Key] = [.. group];
            }
            else
            {
                _other[group.Key] = [.. group];
            }
        }
    }

    public string Name { get; }

    public IEnumerable<Keyword> Keywords => _ascii.OfType<Keyword[]>().Concat(_other.Values).SelectMany(group => group);

    /// <summary>Makes a dialect from the lists of gherkin-languages.json, by their names there.</summary>
    public static Dialect From(string name, Func<string, IReadOnlyList<string>> list)
    {
        List<Keyword> keywords =
        [
            .. Titles("feature", TokenKind.FeatureLine),
            .. Titles("rule", TokenKind.RuleLine),
            .. Titles("background", TokenKind.BackgroundLine),
            .. Titles("scenario", TokenKind.ScenarioLine),
            .. Titles("scenarioOutline", TokenKind.ScenarioLine),
            .. Titles("examples", TokenKind.ExamplesLine),
        ];
        var steps = Steps("given", StepKeywordType.Context)
            .Concat(Steps("when", StepKeywordType.Action))
            .Concat(Steps("then", StepKeywordType.Outcome))
            .Concat(Steps("and", StepKeywordType.Conjunction))
            .Concat(Steps("but", StepKeywordType.Conjunction));
        keywords.AddRange(steps.GroupBy(step => step.Text).Select(Merge));
        return new Dialect(name, keywords);

        IEnumerable<Keyword> Titles(string key, TokenKind kind) =>
            list(key).Select(text => new Keyword(text, kind, StepKeywordType.Unknown));

        IEnumerable<Keyword> Steps(string key, StepKeywordType type) =>
            list(key).Select(text => new Keyword(text, TokenKind.StepLine, type));

        static Keyword Merge(IGrouping<string, Keyword> same) =>
            same.Count() == 1 ? same.First() : same.First() with { StepType = StepKeywordType.Unknown };
    }

    /// <summary>The longest keyword that starts a line, or null.</summary>
    /// <param name="line">The line from its first non-blank character.</param>
    /// <param name="stepsFirst">A step wins where a step's and a title's keyword both fit (Turkish has such a pair).</param>
    public Keyword? Find(ReadOnlySpan<char> line, bool stepsFirst)
    {
        var first = line[0];
        var candidates = first < AsciiCount ? _ascii[first] : _other.GetValueOrDefault(first);
        if (candidates is null)
        {
            return null;
        }

        Keyword? second = null;
        foreach (var candidate in candidates)
        {
            if (!candidate.Starts(line))
            {
                continue;
            }

            if (candidate.IsStep == stepsFirst)
            {
                return candidate;
            }

            second ??= candidate;
        }

        return second;
    }
}
