using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Tests.Contract;

/// <summary>TAP 14, whose lines are those of TAP 13 here.</summary>
public sealed class Tap14SinkContract : RunSinkContract
{
    private protected override async Task<object> ReadAsync(IReadOnlyList<Envelope> stream, bool isReplay)
    {
        var tap = await RenderAsync(stream, "tap14", isReplay);
        tap.Should().StartWith("TAP version 14\n");
        var reading = TapReading.Read("TAP version 13" + tap["TAP version 14".Length..]);
        reading.Problems.Should().BeEmpty();
        return (reading.Ok, reading.NotOk, reading.Skipped, reading.BailedOut);
    }

    private protected override object Say(Totals totals) => (totals.Passed, totals.Failed + totals.Broken, totals.Skipped, totals.HasFault);
}
