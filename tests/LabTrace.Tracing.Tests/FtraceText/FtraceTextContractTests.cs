using System.Text;
using LabTrace.TestKit;
using LabTrace.Tracing.Tests.TraceDat;

namespace LabTrace.Tracing.Tests.FtraceText;

public sealed class FtraceTextContractTests : TraceFormatContract
{
    protected override ITraceFormat Format { get; } = new FtraceTextFormat();

    protected override IEnumerable<byte[]> Samples
    {
        get
        {
            var output = new StringWriter { NewLine = "\n" };
            var trace = Version7.Recording(1).ToTrace();
            FtraceTextWriter.Write(output, trace);
            yield return Encoding.UTF8.GetBytes(output.ToString());
            yield return Encoding.UTF8.GetBytes(string.Concat(trace.Events.Take(20).Select(e => e + "\n")));
        }
    }
}
