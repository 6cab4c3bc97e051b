using System.Text;
using Reqnroll;
using Reqnroll.Bindings;

namespace LabTrace.Scenarios.Bindings;

/// <summary>Tells cucumber expressions from regular ones by their look, as Reqnroll does, and makes expressions from method names.</summary>
internal static class ExpressionKind
{
    private const string WordBreak = @"\W+";
    private const string Argument = @"[""']?(.*?)[""']?";

    public static ExpressionType Detect(string expression)
    {
        if (expression.StartsWith('^') || expression.EndsWith('$'))
        {
            return ExpressionType.RegularExpression;
        }

        if (HasParameter(expression))
        {
            return ExpressionType.CucumberExpression;
        }

        return HasQuantifiedGroup(expression)
            || expression.Contains(".*", StringComparison.Ordinal)
            || expression.Contains(@"\.", StringComparison.Ordinal)
            || expression.Contains(@"\d+", StringComparison.Ordinal)
            ? ExpressionType.RegularExpression
            : ExpressionType.CucumberExpression;
    }

    /// <summary>Makes a regular expression of a method's name: <c>When_I_eat_P0_cucumbers</c>, <c>WhenIEat_COUNT_Cucumbers</c>.</summary>
    public static string FromMethod(BoundMethod call, StepDefinitionType[] kinds)
    {
        var name = call.Method.Name;
        foreach (var kind in kinds.Select(kind => kind.ToString()).Where(kind => name.Length > kind.Length && name.StartsWith(kind, StringComparison.Ordinal)))
        {
            name = name[kind.Length..];
            break;
        }

        var pattern = new StringBuilder("(?i)");
        var first = true;
        foreach (var word in Words(name))
        {
            if (!first)
            {
                pattern.Append(WordBreak);
            }

            first = false;
            pattern.Append(IsParameter(call, word) ? Argument : System.Text.RegularExpressions.Regex.Escape(word));
        }

        return pattern.Append(@"\W*").ToString();
    }

    private static bool IsParameter(BoundMethod call, string word)
    {
        for (var i = 0; i < call.Parameters.Length; i++)
        {
            if (word == $"P{i}" || word == call.Parameters[i].Name?.ToUpperInvariant())
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<string> Words(string name)
    {
        foreach (var part in name.Split('_', StringSplitOptions.RemoveEmptyEntries))
        {
            var start = 0;
            for (var i = 1; i < part.Length; i++)
            {
                var startsWord = char.IsUpper(part[i]) && (!char.IsUpper(part[i - 1]) || (i + 1 < part.Length && char.IsLower(part[i + 1])));
                if (startsWord && !part.All(letter => char.IsUpper(letter) || char.IsDigit(letter)))
                {
                    yield return part[start..i];
                    start = i;
                }
            }

            yield return part[start..];
        }
    }

    // {name} or {}; {2} is a quantifier of a regular expression, never a parameter.
    private static bool HasParameter(string expression)
    {
        for (var open = expression.IndexOf('{'); open >= 0; open = expression.IndexOf('{', open + 1))
        {
            var end = open + 1;
            while (end < expression.Length && (char.IsLetterOrDigit(expression[end]) || expression[end] == '_'))
            {
                end++;
            }

            if (end < expression.Length && expression[end] == '}' && !(end > open + 1 && char.IsDigit(expression[open + 1])))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasQuantifiedGroup(string expression)
    {
        for (var open = expression.IndexOf('('); open >= 0; open = expression.IndexOf('(', open + 1))
        {
            var close = expression.IndexOf(')', open);
            if (close > open + 2 && expression[close - 1] is '*' or '+')
            {
                return true;
            }
        }

        return false;
    }
}
