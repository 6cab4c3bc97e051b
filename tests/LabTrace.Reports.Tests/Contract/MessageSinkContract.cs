using LabTrace.Reports.Record;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Tests.Contract;

/// <summary>The message stream itself, written and read again.</summary>
public sealed class MessageSinkContract : RunSinkContract
{
    private protected override async Task<object> ReadAsync(IReadOnlyList<Envelope> stream, bool isReplay)
    {
        using Scratch scratch = new();
        var file = scratch.File("messages.ndjson");
        _ = await RenderAsync(stream, "messages:" + file, isReplay);
        RunRecord run = new();
        await using var input = File.OpenRead(file);
        await foreach (var envelope in MessageReader.ReadAsync(input, CancellationToken.None))
        {
            _ = run.Apply(envelope);
        }

        int Count(Verdict? verdict) => run.Scenarios.Count(s => s.Verdict == verdict);
        return new Totals(Count(Verdict.Passed), Count(Verdict.Failed), Count(Verdict.Skipped), Count(Verdict.Broken), Count(null), run.Finished is not null);
    }

    private protected override object Say(Totals totals) => totals with { IsCutInside = false };
}
