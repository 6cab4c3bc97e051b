using System.Text.Json.Nodes;
using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

public sealed class TapCommandTests
{
    private Scratch scratch = null!;

    [SetUp]
    public void MakeScratch() => scratch = new Scratch();

    [TearDown]
    public void RemoveScratch() => scratch.Dispose();

    [TestCase("1..1\nok 1 - a\n", 0, "t.tap: passed (1 passed, 0 failed, 0 skipped, 0 broken)")]
    [TestCase("1..0 # SKIP no board\n", 0, "t.tap: skipped")]
    [TestCase("1..1\nnot ok 1 - a\n# why\n", 1, "failed  1 a\n        # why\n")]
    [TestCase("1..2\nok 1 - a\n", 3, "t.tap:1: 2 tests are planned, 1 are reported")]
    [TestCase("", 3, "t.tap:1: it is empty")]
    public async Task A_text_has_a_verdict_and_an_exit_code(string text, int exitCode, string told)
    {
        scratch.Write("t.tap", text);

        var result = await LabtraceProcess.RunAsync(scratch.Root, "tap", "t.tap");

        result.ExitCode.Should().Be(exitCode, result.Output + result.Error);
        result.Output.Should().Contain(told);
    }

    [Test]
    public async Task Several_files_are_one_array_and_the_worst_decides()
    {
        scratch.Write("a.tap", "1..1\nok 1 - a # SKIP no board\n");
        scratch.Write("b.tap", "1..1\nnot ok 1 - b\n");
        scratch.Write("c.tap", "");

        var result = await LabtraceProcess.RunAsync(scratch.Root, "tap", "--json", "a.tap", "b.tap", "c.tap");

        result.ExitCode.Should().Be(1, result.Error);
        var files = JsonNode.Parse(result.Output)!.AsArray();
        files.Select(file => file!["verdict"]!.GetValue<string>()).Should().Equal("skipped", "failed", "broken");
        files[0]!["streams"]![0]!["tests"]![0]!["reason"]!.GetValue<string>().Should().Be("no board");
    }

    [Test]
    public async Task A_terminal_is_not_driven_by_what_a_target_wrote()
    {
        scratch.Write("t.tap", "1..1\nnot ok 1 - \u001b[2Ja\n# \u001b]0;b\u0007\n");

        var result = await LabtraceProcess.RunAsync(scratch.Root, "tap", "t.tap");

        result.Output.Should().NotContain("\u001b").And.NotContain("\u0007");
    }

    [Test]
    public async Task A_file_that_is_not_there_is_wrong_usage()
    {
        var result = await LabtraceProcess.RunAsync(scratch.Root, "tap", "nowhere.tap");

        result.ExitCode.Should().Be(2);
        result.Error.Should().Contain("there is no file 'nowhere.tap'");
    }
}
