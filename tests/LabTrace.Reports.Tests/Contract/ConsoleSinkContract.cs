using System.Globalization;
using System.Text.RegularExpressions;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Tests.Contract;

/// <summary>The console's last line.</summary>
public sealed partial class ConsoleSinkContract : RunSinkContract
{
    private protected override async Task<object> ReadAsync(IReadOnlyList<Envelope> stream, bool isReplay)
    {
        var text = await RenderAsync(stream, "console", isReplay);
        var summary = text.Split('\n').Last(static l => l.Contains("scenario", StringComparison.Ordinal) && l.Contains("passed,", StringComparison.Ordinal));
        int Count(string word) => Counts().Matches(summary).FirstOrDefault(m => m.Groups["word"].Value == word) is { } m ? int.Parse(m.Groups["count"].Value, CultureInfo.InvariantCulture) : 0;
        return (Count("passed"), Count("failed"), Count("skipped"), Count("broken"), text.Contains("\nthe run was cut off\n", StringComparison.Ordinal));
    }

    private protected override object Say(Totals totals) => (totals.Passed, totals.Failed, totals.Skipped, totals.Broken, !totals.IsWhole);

    [GeneratedRegex("(?<count>[0-9]+) (?<word>passed|failed|skipped|broken)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Counts();
}
