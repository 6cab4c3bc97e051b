using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Tests.Contract;

/// <summary>GitHub's annotations: an error for each thing that is not all right.</summary>
public sealed class GitHubSinkContract : RunSinkContract
{
    private protected override async Task<object> ReadAsync(IReadOnlyList<Envelope> stream, bool isReplay) =>
        (await RenderAsync(stream, "github", isReplay)).Split('\n').Count(static l => l.StartsWith("::error ", StringComparison.Ordinal));

    private protected override object Say(Totals totals) => totals.Failed + totals.Broken + (totals.HasFault ? 1 : 0);
}
