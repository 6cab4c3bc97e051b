using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

public sealed class KernelLogCommandTests
{
    private const string Hung = """
        [  637.252691][ T1136] INFO: task toy:20434 blocked for more than 143 seconds.
        [  637.260866][ T1136]       Not tainted 6.18.0 #0
        [  637.287738][ T1136] Call Trace:
        [  637.291138][ T1136]  __schedule+0x937/0x1ff0
        [  637.291139][ T1136]  schedule+0x37/0x1f0
        [  637.291140][ T1136]  toy_flush+0x37/0x1f0

        """;

    private Scratch scratch = null!;

    [SetUp]
    public void MakeScratch() => scratch = new Scratch();

    [TearDown]
    public void RemoveScratch() => scratch.Dispose();

    [Test]
    public async Task As_json_each_file_has_the_list_of_its_reports()
    {
        scratch.Write("bad.log", Hung);
        scratch.Write("good.log", "[    0.000000] Linux version 6.18.0\n");

        var result = await LabtraceProcess.RunAsync(scratch.Root, "kernel-log", "--json", "bad.log", "good.log");

        result.ExitCode.Should().Be(0, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        json.RootElement.GetProperty("good.log").GetArrayLength().Should().Be(0);
        var report = json.RootElement.GetProperty("bad.log").EnumerateArray().Should().ContainSingle().Subject;
        report.GetProperty("title").GetString().Should().Be("INFO: task hung in toy_flush");
        report.GetProperty("type").GetString().Should().Be("HANG");
        report.GetProperty("line").GetInt32().Should().Be(1);
    }

    [Test]
    public async Task As_text_each_report_is_one_line_and_its_excerpt_is_there_when_asked_for()
    {
        scratch.Write("bad.log", Hung + Hung);

        var result = await LabtraceProcess.RunAsync(scratch.Root, "kernel-log", "bad.log", "--excerpt");

        result.ExitCode.Should().Be(1, result.Error);
        result.Output.Should().Contain("bad.log:1: INFO: task hung in toy_flush  [HANG]  (and 1 more)")
            .And.Contain("    INFO: task toy:20434 blocked").And.Contain("2 reports in 1 log");
    }

    [Test]
    public async Task Standard_input_is_a_log_too()
    {
        var start = LabtraceProcess.Describe(scratch.Root, "kernel-log", "-");

        var result = await LabtraceProcess.RunAsync(start);

        result.ExitCode.Should().Be(0, result.Error);
        result.Output.Should().Contain("0 reports in 1 log");
    }

    [Test]
    public async Task A_missing_file_is_a_usage_error_that_names_it()
    {
        var result = await LabtraceProcess.RunAsync(scratch.Root, "kernel-log", "no.log");

        result.ExitCode.Should().Be(2);
        result.Error.Should().Contain("there is no file 'no.log'");
    }
}
