using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

/// <summary>Programs that test themselves, run by a scenario on the emulated place.</summary>
public sealed class TapStepsTests
{
    private Scratch scratch = null!;

    [SetUp]
    public void MakeScratch() => scratch = new Scratch();

    [TearDown]
    public void RemoveScratch() => scratch.Dispose();

    [TestCase(@"1..2\nok 1 - a\nok 2 - b\n", 0, "1 passed", "1 scenario")]
    [TestCase(@"1..2\nok 1 - a\nnot ok 2 - b # why\n", 1, "1 failed", "expected every test of")]
    [TestCase(@"1..3\nok 1 - a\n", 3, "1 broken", "line 1: 3 tests are planned, 1 are reported")]
    [TestCase(@"", 3, "1 broken", "it is empty")]
    [TestCase(@"1..0 # SKIP no card\n", 0, "1 skipped", "skipped all of its tests: no card")]
    public async Task What_a_program_says_is_the_scenario_s_verdict(string tap, int exitCode, string counts, string told)
    {
        scratch.Feature($"Scenario: s\n  When I run the TAP test \"printf '{tap}'\"");

        var run = await LabtraceProcess.RunAsync(scratch.Root, "run", "--out", "run", "--report", "console", "--report", "junit:r.xml");

        run.ExitCode.Should().Be(exitCode, run.Output + run.Error);
        run.Output.Should().Contain(counts).And.Contain(told);
        File.Exists(Path.Combine(scratch.Root, "run/captures/s/results.tap")).Should().BeTrue();
    }

    [Test]
    public async Task Each_test_of_the_program_is_a_case_of_the_report()
    {
        scratch.Feature(@"Scenario: s
  When I run the TAP test ""printf '1..2\nok 1 - a\nnot ok 2 - b\n'""");

        await LabtraceProcess.RunAsync(scratch.Root, "run", "--out", "run", "--report", "junit:r.xml");

        (await File.ReadAllTextAsync(Path.Combine(scratch.Root, "r.xml"))).Should().Contain("name=\"s › a\"").And.Contain("name=\"s › b\"");
    }

    [Test]
    public async Task A_program_that_crashes_after_its_tests_does_not_pass()
    {
        scratch.Feature(@"Scenario: s
  When I run the TAP test ""sh -c \""printf '1..1\\nok 1\\n'; exit 139\""""");

        var run = await LabtraceProcess.RunAsync(scratch.Root, "run", "--out", "run");

        run.ExitCode.Should().Be(3, run.Output + run.Error);
        run.Output.Should().Contain("ended with 139");
    }

    [Test]
    public async Task A_place_without_selftests_says_so()
    {
        scratch.Feature("Scenario: s\n  When I run the kselftest \"timers:posix_timers\"");

        var run = await LabtraceProcess.RunAsync(scratch.Root, "run", "--out", "run");

        run.ExitCode.Should().Be(0, run.Output + run.Error);
        run.Output.Should().Contain("lacks the kernel's selftests: no run_kselftest.sh in ");
    }
}
