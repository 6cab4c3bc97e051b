using System.Text.RegularExpressions;

namespace LabTrace.Tracing.KernelLog;

/// <summary>What a line begins: the rules that may name the report, tried in order.</summary>
internal sealed partial record Classification(IReadOnlyList<ReportRule> Rules, string Text)
{
    /// <summary>Whether such a line, behind another report by the same caller, is a part of that one.</summary>
    public bool MayFollow => Follows().IsMatch(Text);

    /// <summary>Classifies a line.</summary>
    /// <returns>Null when it begins no report.</returns>
    public static Classification? Of(string text)
    {
        foreach (var family in ReportRules.All)
        {
            if (!text.Contains(family.Word, StringComparison.Ordinal))
            {
                continue;
            }

            var rules = family.Rules.Where(r => r.Header.IsMatch(text)).ToArray();
            if (rules.Length > 0)
            {
                // A rule without a title says that the line is none of the kernel's troubles.
                return rules[0].Title.Length == 0 ? null : new Classification(rules, text);
            }
        }

        return null;
    }

    [GeneratedRegex(ReportRules.FollowsPattern, RegexOptions.CultureInvariant)]
    private static partial Regex Follows();
}
