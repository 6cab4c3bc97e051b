using LabTrace.TestKit;

namespace LabTrace.Tracing.Tests.TraceDat;

public sealed class TraceDatContractTests : TraceFormatContract
{
    protected override ITraceFormat Format { get; } = new TraceDatFormat();

    protected override IEnumerable<byte[]> Samples
    {
        get
        {
            var recording = Version7.Recording(2);
            var output = new MemoryStream();
            TraceDatWriter.Write(output, recording);
            yield return output.ToArray();
            yield return Version7.Make(recording, "none");
            yield return Version7.Make(recording, "zlib");
        }
    }
}
