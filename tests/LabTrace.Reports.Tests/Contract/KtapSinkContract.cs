using System.Text.RegularExpressions;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Tests.Contract;

/// <summary>KTAP: the scenarios' lines by their indent, and a feature that is not all right when something is missing.</summary>
public sealed partial class KtapSinkContract : RunSinkContract
{
    private protected override async Task<object> ReadAsync(IReadOnlyList<Envelope> stream, bool isReplay)
    {
        var lines = (await RenderAsync(stream, "ktap", isReplay)).Split('\n');
        lines[0].Should().Be("KTAP version 1");
        var results = lines.Select(static l => Result().Match(l)).Where(static m => m.Success).ToList();
        int Count(string word, bool isSkipped) => results.Count(m => m.Groups["word"].Value == word && m.Groups["skip"].Success == isSkipped);
        return (Count("ok", false), Count("not ok", false), Count("ok", true));
    }

    private protected override object Say(Totals totals) => (totals.Passed, totals.Failed + totals.Broken, totals.Skipped);

    [GeneratedRegex("^  (?<word>ok|not ok) [0-9]+ .*?(?<skip> # SKIP .*)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Result();
}
