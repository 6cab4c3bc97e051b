using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LabTrace.Gherkin.Expressions;

/// <summary>Proposes cucumber expressions for a step that has no definition.</summary>
/// <param name="registry">The parameter types to look for.</param>
public sealed class CucumberExpressionGenerator(ParameterTypeRegistry registry)
{
    private const int MaxExpressions = 256;
    private const int MaxSearched = 500;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    /// <summary>Proposes expressions that match the text, the best one first.</summary>
    /// <param name="text">A step's text; parameters are looked for in its first 500 characters.</param>
    public IReadOnlyList<GeneratedExpression> Generate(string text)
    {
        ArgumentNullException.ThrowIfNull(text);

        var candidates = registry.All
            .Where(type => type.UseForSnippets)
            .SelectMany(type => type.Regexps.Select(regexp => (Type: type, Regex: TryMakeRegex(regexp))))
            .Where(candidate => candidate.Regex is not null)
            .ToList();
        var literals = new List<string>();
        var combinations = new List<ParameterType[]>();
        var position = 0;
        while (position < text.Length)
        {
            var found = candidates
                .Select(candidate => (candidate.Type, Range: TryFind(candidate.Regex!, text, position)))
                .Where(match => match.Range is not null)
                .GroupBy(match => match.Range!.Value, match => match.Type)
                .OrderBy(group => group.Key.Start)
                .ThenByDescending(group => group.Key.Length)
                .FirstOrDefault();
            if (found is null)
            {
                break;
            }

            literals.Add(Escape(text[position..found.Key.Start]));
            combinations.Add([.. found.Distinct().Order(Comparer<ParameterType>.Create(ParameterType.Compare))]);
            position = found.Key.Start + found.Key.Length;
        }

        literals.Add(Escape(text[position..]));
        return [.. Combine(combinations).Select(types => new GeneratedExpression(Join(literals, types), types))];
    }

    /// <summary>A parameter type with a bad regular expression is told of where it is used; here it is passed over.</summary>
    private static Regex? TryMakeRegex(string regexp)
    {
        try
        {
            return new Regex(regexp, RegexOptions.CultureInvariant, Timeout);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static (int Start, int Length)? TryFind(Regex regex, string text, int position)
    {
        try
        {
            return Find(regex, text, position);
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    private static (int Start, int Length)? Find(Regex regex, string text, int position)
    {
        var end = Math.Min(text.Length, MaxSearched);
        while (position < end)
        {
            var match = regex.Match(text, position, end - position);
            if (!match.Success)
            {
                return null;
            }

            if (match.Length > 0 && IsWholeWord(text, match.Index, match.Length))
            {
                return (match.Index, match.Length);
            }

            position = match.Index + 1;
        }

        return null;
    }

    private static bool IsWholeWord(string text, int start, int length) =>
        (start == 0 || IsBoundary(text[start - 1])) && (start + length == text.Length || IsBoundary(text[start + length]));

    private static bool IsBoundary(char character) =>
        char.IsSeparator(character) || char.IsPunctuation(character) || char.IsSymbol(character);

    private static string Escape(string text) => text.Replace("\\", @"\\").Replace("(", @"\(").Replace("{", @"\{").Replace("/", @"\/");

    private static IEnumerable<ParameterType[]> Combine(List<ParameterType[]> combinations)
    {
        IEnumerable<ParameterType[]> all = [[]];
        foreach (var types in combinations)
        {
            all = [.. all.SelectMany(before => types.Select(type => (ParameterType[])[.. before, type])).Take(MaxExpressions)];
        }

        return all;
    }

    private static string Join(List<string> literals, ParameterType[] types)
    {
        var source = new StringBuilder(literals[0]);
        for (var i = 0; i < types.Length; i++)
        {
            source.Append(CultureInfo.InvariantCulture, $"{{{types[i].Name}}}{literals[i + 1]}");
        }

        return source.ToString();
    }
}
