using LabTrace.TestKit;

namespace LabTrace.Tracing.Tests.Grtrace;

public sealed class GrtFormatContractTests : TraceFormatContract
{
    protected override ITraceFormat Format { get; } = new GrtFormat();

    protected override IEnumerable<byte[]> Samples =>
        [MadeStream.Jobs(12), MadeStream.Chunked(MadeStream.Jobs(30, cpus: 4), 20), MadeStream.Jobs(10, hasStart: false)];
}
