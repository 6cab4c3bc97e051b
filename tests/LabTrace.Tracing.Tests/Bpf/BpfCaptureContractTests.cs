using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Bpf;

[TestFixture]
internal sealed class BpfCaptureContractTests : TraceFormatContract
{
    protected override ITraceFormat Format { get; } = new BpfCaptureFormat();

    protected override IEnumerable<byte[]> Samples
    {
        get
        {
            foreach (var layout in BpfLayouts.All.Where(l => l.Head == BpfHead.Own))
            {
                var records = Enumerable.Range(0, 40).Select(i => (
                    layout.Kind,
                    MadeRecords.Make(layout.Kind, layout.Type & 15, layout.Lengths[i % layout.Lengths.Length], (ulong)(1000 + (i * 10)), i & 1, (ulong)(i / 2))));
                yield return MadeRecords.Capture(
                    new BpfAbout { Program = BpfPrograms.NameOf(layout.Kind)!, Origin = "kernel", Functions = ["vfs_read"], Reasons = new Dictionary<int, string> { [0] = "NONE" } },
                    [new BpfCounters(0, 20, 0, 0, 0, 0), new BpfCounters(1, 20, 0, 0, 0, 0)],
                    [.. records]);
            }
        }
    }
}
