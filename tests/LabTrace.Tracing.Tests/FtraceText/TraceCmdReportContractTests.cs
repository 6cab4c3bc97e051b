using System.Text;
using LabTrace.TestKit;

namespace LabTrace.Tracing.Tests.FtraceText;

public sealed class TraceCmdReportContractTests : TraceFormatContract
{
    protected override ITraceFormat Format { get; } = new TraceCmdReportFormat();

    protected override IEnumerable<byte[]> Samples =>
    [
        Encoding.UTF8.GetBytes("cpus=2\n" + string.Concat(Enumerable.Range(0, 40).Select(i =>
            $"              sh-{11000 + i} [{i % 2:D3}]  2468.{303981 + i}: sched_wakeup:         tr:{i} [120] CPU:000\n"))),
    ];
}
