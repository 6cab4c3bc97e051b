using LabTrace.Gherkin.Ast;

namespace LabTrace.Gherkin.Parsing;

/// <summary>The keywords of one spoken language, indexed by their first character.</summary>
internal sealed partial class Dialect
{
    private const int AsciiCount = 128;

    private readonly Keyword[]?[] _ascii = new Keyword[AsciiCount][];
    private readonly Dictionary<char, Keyword[]> _other = [];

    /// <remarks>Plain loops: this runs at every start, and generic code over value types would be compiled then.</remarks>
    private Dialect(string name, List<Keyword> keywords)
    {
        Name = name;
        keywords.Sort((left, right) => right.Text.Length - left.Text.Length);
        foreach (var keyword in keywords)
        {
            var first = keyword.Text[0];
            Keyword[] same = first < AsciiCount ? _ascii[first] ?? [] : _other.GetValueOrDefault(first, []);
            same = [.. same, keyword];
            if (first < AsciiCount)
            {
                _ascii[first] = same;
            }
            else
            {
                _other[first] = same;
            }
        }
    }

    public string Name { get; }

    public IEnumerable<Keyword> Keywords => _ascii.OfType<Keyword[]>().Concat(_other.Values).SelectMany(group => group);

    /// <summary>Makes a dialect from the lists of gherkin-languages.json, by their names there.</summary>
    public static Dialect From(string name, Func<string, string[]> list)
    {
        var keywords = new List<Keyword>();
        AddTitles("feature", TokenKind.FeatureLine);
        AddTitles("rule", TokenKind.RuleLine);
        AddTitles("background", TokenKind.BackgroundLine);
        AddTitles("scenario", TokenKind.ScenarioLine);
        AddTitles("scenarioOutline", TokenKind.ScenarioLine);
        AddTitles("examples", TokenKind.ExamplesLine);
        AddSteps("given", StepKeywordType.Context);
        AddSteps("when", StepKeywordType.Action);
        AddSteps("then", StepKeywordType.Outcome);
        AddSteps("and", StepKeywordType.Conjunction);
        AddSteps("but", StepKeywordType.Conjunction);
        return new Dialect(name, keywords);

        void AddTitles(string key, TokenKind kind)
        {
            foreach (var text in list(key))
            {
                keywords.Add(new Keyword(text, kind, StepKeywordType.Unknown));
            }
        }

        void AddSteps(string key, StepKeywordType type)
        {
            foreach (var text in list(key))
            {
                var known = keywords.FindIndex(keyword => keyword.IsStep && keyword.Text == text);
                if (known >= 0)
                {
                    keywords[known] = new Keyword(text, TokenKind.StepLine, StepKeywordType.Unknown);
                }
                else
                {
                    keywords.Add(new Keyword(text, TokenKind.StepLine, type));
                }
            }
        }
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
