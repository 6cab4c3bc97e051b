using System.Text;
using FluentAssertions;
using LabTrace.Tracing.Queries;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.FunctionGraph;

public sealed class FunctionGraphTests
{
    [TestCase(" 1)    sh-4802    =>   x)-5)")]
    [TestCase(" 1)    sh-4802    =>   5")]
    [TestCase(" 1)   nothing that is known")]
    public void A_line_that_is_almost_a_banner_is_malformed(string line)
    {
        var trace = Read(" 1)               |  a() {\n" + line + "\n 1)   0.100 us    |  }\n");

        trace.Events.Should().HaveCount(2);
        trace.Tally.Malformed.Should().Be(1);
    }

    [TestCase("1234.567 us ", 1_234_567)]
    [TestCase("! 389.505 us", 389_505)]
    [TestCase("@ 123456.7 us", 123_456_700)]
    [TestCase("$ 1234567 us", 1_234_567_000)]
    [TestCase("* 10000.12 us", 10_000_120)]
    public void Durations_are_exact_nanoseconds_whatever_their_decimals(string duration, long expected)
    {
        var trace = Read($" 0) {duration} |  leaf();\n");

        trace.Events[1].TryGetField("duration", out var found).Should().BeTrue();
        found.EqualsLiteral(expected.ToString()).Should().BeTrue($"{found} is {expected}");
    }

    [TestCase("# 1200.000 us |  slow();\n", 2)]
    [TestCase("# 1200.000 us |  } /* slow */\n", 1)]
    [TestCase("#  DURATION                  FUNCTION CALLS\n#   |   |                     |   |   |   |\n", 0)]
    public void Without_the_cpu_a_call_of_a_millisecond_looks_like_a_comment_and_is_none(string line, int events)
    {
        var trace = Read("# tracer: function_graph\n" + line);

        trace.Events.Should().HaveCount(events);
        trace.Tally.Malformed.Should().Be(0);
    }

    [Test]
    public void The_kernels_comment_names_what_returns_where_calls_of_several_cpus_mix()
    {
        var trace = Read("# tracer: function_graph\n               |  schedule_timeout() {\n# 2329.997 us |  } /* schedule_idle */\n");

        trace.Events[1].TryGetField("func", out var function).Should().BeTrue();
        function.ToString().Should().Be("schedule_idle");
    }

    [Test]
    public void A_marker_and_a_stack_of_several_lines_are_one_event_each()
    {
        const string text = """
            # tracer: function_graph
             1743.314728 |   0)               |  vfs_write() {
             1743.314868 |   0)               |  /* two
             => lines
            and a third */
                          sh-137     [000] d.s3.  1743.314900: <stack trace>
             => try_to_wake_up
             => queue_work_on
             1743.315124 |   0) ! 399.738 us  |  }

            """;

        var trace = Read(text);

        trace.Tally.Malformed.Should().Be(0);
        trace.Events.Select(e => e.Name.Name).Should().Equal("funcgraph_entry", "print", "kernel_stack", "funcgraph_exit");
        trace.Events[1].Text.Should().Be("two\n => lines\nand a third");
        trace.Events[2].Text.Should().Be("<stack trace>\n => try_to_wake_up\n => queue_work_on");
        trace.Events[2].Time.Nanoseconds.Should().Be(1_743_314_900_000);
    }

    [Test]
    public void A_marker_that_never_ends_its_comment_swallows_no_call()
    {
        var trace = Read(" 0)               |  /* begun\nand gone on\n 0)   0.100 us    |  leaf();\n");

        trace.Events.Select(e => e.Text).Should().HaveCount(3).And.HaveElementAt(0, "begun\nand gone on");
    }

    [Test]
    public void Returns_in_pages_have_the_duration_that_the_text_prints()
    {
        const string common = "field:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n" +
            "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n";
        var format = EventFormat.Parse("ftrace", Encoding.ASCII.GetBytes("name: funcgraph_exit\nID: 10\nformat:\n\t" + common +
            "\tfield:unsigned long func;\toffset:8;\tsize:8;\tsigned:0;\n\tfield:int depth;\toffset:16;\tsize:4;\tsigned:1;\n\tfield:unsigned int overrun;\toffset:20;\tsize:4;\tsigned:0;\n" +
            "\tfield:unsigned long long calltime;\toffset:24;\tsize:8;\tsigned:0;\n\tfield:unsigned long long rettime;\toffset:32;\tsize:8;\tsigned:0;\n\n" +
            "print fmt: \"<-- %ps (%d) (start: %llx  end: %llx) over: %d\", (void *)REC->func, REC->depth, REC->calltime, REC->rettime, REC->depth\n"));
        var writer = new SubBufferWriter(SubBufferLayout.Linux64);
        writer.TryAppend(1000, new PayloadBuilder(format).Common(7, 0).Set("calltime", 4_000_000_000).Set("rettime", 9_294_967_296).ToPayload()).Should().BeTrue();
        var trace = new RawRecording { Layout = SubBufferLayout.Linux64, Formats = new EventFormats([format]), Cpus = [new RawCpu(0, writer.ToPage())] }.ToTrace();

        trace.Events[0].TryGetField("duration", out var duration).Should().BeTrue();
        duration.ToString().Should().Be("5294967296");
        trace.Events[0].Fields.Select(f => f.Key).Should().Equal("func", "depth", "overrun", "calltime", "rettime", "duration");
        EventSelector.Parse("funcgraph_exit where duration > 5s").Matches(trace.Events[0]).Should().BeTrue();
    }

    private static Trace Read(string text)
    {
        using var capture = Capture.Of(Encoding.UTF8.GetBytes(text));
        return TraceFormats.Read(capture);
    }
}
