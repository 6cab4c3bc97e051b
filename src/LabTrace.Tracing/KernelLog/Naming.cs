using System.Text.RegularExpressions;

namespace LabTrace.Tracing.KernelLog;

/// <summary>Makes a report's title and type.</summary>
internal static partial class Naming
{
    private const string Unknown = "corrupted";

    /// <summary>Names a report by the first rule that its lines bear out.</summary>
    /// <returns>Null when none does.</returns>
    public static (string Title, string Type)? Of(Classification kind, ReportWindow window)
    {
        foreach (var rule in kind.Rules)
        {
            var header = rule.Header.Match(kind.Text);
            var detail = Match.Empty;
            if (rule.Detail is not null && !TryFindDetail(rule, window.Lines, out detail))
            {
                continue;
            }

            string? function = null;
            if (rule.Title.Contains("{func}", StringComparison.Ordinal))
            {
                var named = Group(detail, "func") ?? Group(header, "func");
                function = rule.Ways.Length > 0 ? GuiltyFunction.Find(rule, Group(header, "func"), window.Lines) : named;
            }

            string Fill(Match hole) => Value(hole.Groups["name"].Value, kind.Text, header, detail, function);
            return (Hole().Replace(rule.Title, Fill), Hole().Replace(rule.Type, Fill));
        }

        return Stable(kind);
    }

    // The first line was printed and nothing behind it that its kind has: its own words are all there is.
    private static (string Title, string Type)? Stable(Classification kind)
    {
        var type = kind.Rules[0].Type;
        var begin = kind.Rules[0].Header.Match(kind.Text).Index;
        return (TitleText.Stable(kind.Text[begin..].TrimEnd(' ', ']', '.')), type.Contains('{', StringComparison.Ordinal) ? "UNKNOWN" : type);
    }

    private static bool TryFindDetail(ReportRule rule, IReadOnlyList<string> lines, out Match detail)
    {
        detail = Match.Empty;
        var expected = 0;
        for (var i = 1; i < lines.Count; i++)
        {
            if (expected < rule.Before.Length && lines[i].Contains(rule.Before[expected], StringComparison.Ordinal))
            {
                expected++;
                if (expected < rule.Before.Length)
                {
                    continue;
                }
            }

            if (expected == rule.Before.Length && rule.Detail!.Match(lines[i]) is { Success: true } found)
            {
                detail = found;
                return true;
            }
        }

        return false;
    }

    private static string? Group(Match match, string name) => match.Groups[name] is { Success: true } group ? group.Value : null;

    private static string Value(string name, string text, Match header, Match detail, string? function)
    {
        if (name == "func")
        {
            return function is null ? Unknown : TitleText.Family(function);
        }

        if (name == "AFTERFREE")
        {
            return header.Groups["kind"].Value.Contains("use-after-free", StringComparison.Ordinal) ? "USE-AFTER-FREE-" : "";
        }

        if (name == "text")
        {
            return TitleText.Stable(text[(header.Index + header.Value.IndexOf(": ", StringComparison.Ordinal) + 2)..].TrimEnd(' ', ']', '.'));
        }

        var value = Group(detail, Lower(name)) ?? Group(header, Lower(name)) ?? Unknown;
        return name == Lower(name) ? (value.StartsWith(' ') ? " " : "") + TitleText.Stable(value) : value.ToUpperInvariant();
    }

    private static string Lower(string name) => name.ToLowerInvariant();

    [GeneratedRegex(@"\{(?<name>[A-Za-z]+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Hole();
}
