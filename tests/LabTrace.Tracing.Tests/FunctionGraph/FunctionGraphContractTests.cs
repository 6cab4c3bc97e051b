using System.Text;
using LabTrace.TestKit;

namespace LabTrace.Tracing.Tests.FunctionGraph;

public sealed class FunctionGraphContractTests : TraceFormatContract
{
    protected override ITraceFormat Format { get; } = new FunctionGraphFormat();

    protected override IEnumerable<byte[]> Samples
    {
        get
        {
            yield return Encoding.UTF8.GetBytes("# tracer: function_graph\n#\n" + Calls(30));
            yield return Encoding.UTF8.GetBytes(Calls(20));
        }
    }

    private static string Calls(int count) => string.Concat(Enumerable.Range(0, count).Select(i =>
        $" {i % 2})               |  outer{i}() {{\n {i % 2})   0.{i:D3} us    |    inner{i}();\n {i % 2}) + 1{i % 10}.500 us   |  }} /* outer{i} */\n"));
}
