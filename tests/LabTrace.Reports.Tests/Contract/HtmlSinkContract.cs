using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Tests.Contract;

/// <summary>The HTML report's rows.</summary>
public sealed class HtmlSinkContract : RunSinkContract
{
    private const int VerdictColumn = 6;

    private protected override async Task<object> ReadAsync(IReadOnlyList<Envelope> stream, bool isReplay)
    {
        var html = await HtmlReading.OfAsync(stream, new ReportContext { Out = TextWriter.Null, Console = TextWriter.Null, IsReplay = isReplay });
        int Count(int verdict) => html.Rows.Count(r => r[VerdictColumn]!.GetValue<int>() == verdict);
        html.Run["total"]!.GetValue<int>().Should().Be(html.Rows.Count());
        return (Count((int)Verdict.Passed), Count((int)Verdict.Failed), Count((int)Verdict.Skipped), Count((int)Verdict.Broken), Count(4), html.Run["finished"]!.GetValue<bool>());
    }

    private protected override object Say(Totals totals) => (totals.Passed, totals.Failed, totals.Skipped, totals.Broken, totals.NotRun, totals.IsWhole);
}
