using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Tests.Contract;

/// <summary>TAP 13, read by a reader written from its specification.</summary>
public sealed class Tap13SinkContract : RunSinkContract
{
    private protected override async Task<object> ReadAsync(IReadOnlyList<Envelope> stream, bool isReplay)
    {
        var reading = TapReading.Read(await RenderAsync(stream, "tap", isReplay));
        reading.Problems.Should().BeEmpty();
        return (reading.Ok, reading.NotOk, reading.Skipped, reading.BailedOut);
    }

    private protected override object Say(Totals totals) => (totals.Passed, totals.Failed + totals.Broken, totals.Skipped, totals.HasFault);
}
