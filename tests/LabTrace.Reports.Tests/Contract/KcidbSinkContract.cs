using System.Text.Json.Nodes;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Tests.Contract;

/// <summary>KCIDB's tests by status.</summary>
public sealed class KcidbSinkContract : RunSinkContract
{
    private protected override async Task<object> ReadAsync(IReadOnlyList<Envelope> stream, bool isReplay)
    {
        var tests = JsonNode.Parse(await RenderAsync(stream, "kcidb", isReplay))!["tests"]?.AsArray() ?? [];
        int Count(params string[] statuses) => tests.Count(t => statuses.Contains(t!["status"]?.GetValue<string>() ?? "none", StringComparer.Ordinal));
        tests.Select(static t => t!["id"]!.GetValue<string>()).Should().OnlyHaveUniqueItems();
        return (Count("PASS"), Count("FAIL"), Count("ERROR", "MISS"), Count("SKIP"));
    }

    // A scenario that never ran is one whose result is missing.
    private protected override object Say(Totals totals) => (totals.Passed, totals.Failed, totals.Broken + totals.NotRun, totals.Skipped);
}
