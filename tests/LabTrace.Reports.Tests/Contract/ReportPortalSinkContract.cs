using LabTrace.Reports.Tests.ReportPortal;
using LabTrace.Scenarios.Messages;
using LabTrace.TestKit.Portal;

namespace LabTrace.Reports.Tests.Contract;

/// <summary>What a ReportPortal server has in the end.</summary>
public sealed class ReportPortalSinkContract : RunSinkContract
{
    private protected override async Task<object> ReadAsync(IReadOnlyList<Envelope> stream, bool isReplay)
    {
        await using PortalBench bench = new();
        await bench.ReportAsync(stream, isReplay);
        (await bench.DrainAsync()).Should().Be(0, bench.Console.ToString());
        bench.Server.Model.Violations.Should().BeEmpty();
        var items = bench.Server.Model.Launches.SelectMany(static l => l.Roots).SelectMany(Below).Where(static i => i is { Type: "STEP", HasStats: true, IsRetried: false }).ToList();
        int Count(params string[] statuses) => items.Count(i => statuses.Contains(i.Status, StringComparer.Ordinal));
        return (Count("PASSED"), Count("FAILED", "INTERRUPTED"), Count("SKIPPED"));
    }

    // What never started the server is not told of; what was cut off in the middle is interrupted.
    private protected override object Say(Totals totals) => (totals.Passed, totals.Failed + totals.Broken, totals.Skipped);

    private static IEnumerable<PortalItem> Below(PortalItem item) => [item, .. item.Children.SelectMany(Below)];
}
