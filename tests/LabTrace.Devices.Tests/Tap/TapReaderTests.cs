using FluentAssertions;
using LabTrace.Devices.Tap;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Tap;

/// <summary>The table of TAP.md, line by line.</summary>
public sealed class TapReaderTests
{
    [TestCase("", TapVerdict.Broken, "it is empty")]
    [TestCase("\n\n", TapVerdict.Broken, "no TAP or KTAP in 2 lines")]
    [TestCase("hello\nok then", TapVerdict.Broken, "no plan, so nobody knows whether tests are missing")]
    [TestCase("TAP version 13\n", TapVerdict.Broken, "no plan and no tests")]
    [TestCase("KTAP version 1\n", TapVerdict.Broken, "no plan and no tests")]
    [TestCase("1..0", TapVerdict.Broken, "nothing is planned, and no reason is given")]
    [TestCase("1..0\nok 1", TapVerdict.Broken, "0 tests are planned, 1 are reported")]
    [TestCase("1..3\nok 1", TapVerdict.Broken, "3 tests are planned, 1 are reported")]
    [TestCase("1..1\nok 1\nok 2", TapVerdict.Broken, "1 tests are planned, 2 are reported")]
    [TestCase("ok 1\n1..2\nok 2", TapVerdict.Broken, "the plan stands among the tests; it comes first or last")]
    [TestCase("1..1\n1..2\nok 1", TapVerdict.Broken, "a second plan, 1..2; line 1 has 1..1")]
    [TestCase("ok 1\nok 2", TapVerdict.Broken, "no plan, so nobody knows whether tests are missing")]
    [TestCase("1..2\nok 1\nok 1", TapVerdict.Broken, "test number 1 where 2 comes next")]
    [TestCase("1..2\nok 2\nok 1", TapVerdict.Broken, "test number 2 where 1 comes next")]
    [TestCase("1..2\nok 1\nBail out! board is dead", TapVerdict.Broken, "it gave up: board is dead")]
    [TestCase("bail OUT!", TapVerdict.Broken, "it gave up without a reason")]
    [TestCase("1..1\npragma +strict\nnoise\nok 1", TapVerdict.Broken, "a line that is not TAP, under pragma +strict")]
    [TestCase("1..0\nTAP version 13\n1..1\nok 1", TapVerdict.Broken, "the version line is not the first")]
    [TestCase("TAP version 12\n1..1\nok 1", TapVerdict.Broken, "version 12; a version line says 13 or more")]
    [TestCase("KTAP version 1\nok 1 a\nKernel panic - not syncing: Fatal exception", TapVerdict.Broken, "Kernel panic - not syncing: Fatal exception")]
    [TestCase("KTAP version 1\n1..1\n  KTAP version 1\n  # Subtest: a\nok 1 a", TapVerdict.Broken, "subtest 'a' is announced and reports no tests")]
    [TestCase("KTAP version 1\n1..1\n  KTAP version 1\n  # Subtest: a\n  1..1\n  ok 1 b", TapVerdict.Broken, "'a' has no test line of its own: it did not end")]
    public void What_is_empty_cut_or_contradictory_is_broken_and_says_why(string text, TapVerdict verdict, string error)
    {
        var report = Read(text);

        report.Verdict.Should().Be(verdict);
        report.AllErrors.Select(problem => problem.Message).Should().Contain(error);
    }

    [TestCase("1..1\nok 1", TapVerdict.Passed)]
    [TestCase("ok\nok\n1..2", TapVerdict.Passed)]
    [TestCase("8..9\nok 8\nok 9", TapVerdict.Passed)]
    [TestCase("1..1\n1..1\nok 1", TapVerdict.Passed)]
    [TestCase("1..1 # SKIP rather not\nok 1", TapVerdict.Passed)]
    [TestCase("1..1\nok 1 - needs timecard # SKIP no board", TapVerdict.Skipped)]
    [TestCase("1..1\nok 1 # skipped: no board", TapVerdict.Skipped)]
    [TestCase("1..0 # SKIP lab offline", TapVerdict.Skipped)]
    [TestCase("1..1\nnot ok 1 # SKIP no board", TapVerdict.Failed)]
    [TestCase("KTAP version 1\n1..1\nnot ok 1 a # SKIP no board", TapVerdict.Skipped)]
    [TestCase("1..1\nnot ok 1 # TODO bug 7", TapVerdict.Passed)]
    [TestCase("KTAP version 1\n1..1\nnot ok 1 a # TODO bug 7", TapVerdict.Failed)]
    [TestCase("1..1\nok 1 # TODO bug 7", TapVerdict.Passed)]
    [TestCase("KTAP version 1\n1..1\nnot ok 1 a # XFAIL bug 7", TapVerdict.Failed)]
    [TestCase("KTAP version 1\n1..1\nnot ok 1 a # TIMEOUT 45 seconds", TapVerdict.Failed)]
    [TestCase("KTAP version 1\n1..1\nnot ok 1 a # ERROR no module", TapVerdict.Broken)]
    [TestCase("KTAP version 1\nok 1 a\nok 2 b", TapVerdict.Passed)]
    [TestCase("KTAP version 1\n1..2\nok 2 a\nok 1 b", TapVerdict.Passed)]
    [TestCase("KTAP version 1\n1..1\nok 1 a\nKernel panic - not syncing: too late", TapVerdict.Passed)]
    [TestCase("1..1\n# Subtest: a\n    1..1\n    not ok 1 - b\nok 1 - a", TapVerdict.Failed)]
    [TestCase("1..1\n# Subtest: a\n    1..2\n    ok 1 - b\nok 1 - a", TapVerdict.Broken)]
    [TestCase("1..1\n    1..1\n    ok 1 # SKIP why\nok 1 - a", TapVerdict.Skipped)]
    [TestCase("1..1\n    1..0 # SKIP why\nok 1 - a", TapVerdict.Skipped)]
    [TestCase("1..0 # no board here", TapVerdict.Skipped)]
    [TestCase("1..1\nok 1 - a {\n    1..1\n    not ok 1\n}", TapVerdict.Failed)]
    [TestCase("1..1\nok 1 - a # TODO b {\n    1..1\n    not ok 1\n}", TapVerdict.Passed)]
    [TestCase("1..1\nok 1 - looks like {", TapVerdict.Passed)]
    [TestCase("1..1\r\nok 1 - a\r\n", TapVerdict.Passed)]
    [TestCase("TAP version 13\n1..1\nok 1\nTAP version 13\n1..1\nnot ok 1", TapVerdict.Failed)]
    [TestCase("1..3\nnot ok 1\nok 2", TapVerdict.Failed)]
    public void A_text_says_what_the_rules_make_of_it(string text, TapVerdict verdict)
    {
        var report = Read(text);

        report.Verdict.Should().Be(verdict, "of {0}", string.Join("; ", report.AllErrors.Select(problem => problem.Message)));
    }

    [TestCase("ok 1 - a b # time=12ms", "a b", null, null)]
    [TestCase("ok 1 2 boards agree", "2 boards agree", null, null)]
    [TestCase("ok 1", "", null, null)]
    [TestCase("ok 1 - # SKIP why", "", "SKIP", "why")]
    [TestCase("ok 1 - issue #42 handled", "issue #42 handled", null, null)]
    [TestCase("ok 1 - issue \\#42 \\# TODO \\\\", "issue #42 # TODO \\", null, null)]
    [TestCase("ok 1 - url#todo is none", "url#todo is none", null, null)]
    [TestCase("ok 1 - #todo is one", "", "TODO", "is one")]
    [TestCase("ok 1 - some # skips here", "some # skips here", null, null)]
    [TestCase("ok 1 - \u0440\u0430\u0431\u043e\u0442\u0430 \u2713", "\u0440\u0430\u0431\u043e\u0442\u0430 \u2713", null, null)]
    public void A_name_ends_where_a_directive_begins(string line, string name, string? directive, string? reason)
    {
        var test = Read("1..1\n" + line).Streams.Single().Tests.Single();

        (test.Name, test.Directive, test.Reason).Should().Be((name, directive, reason));
    }

    [TestCase("ok 1 sysctl # rcode=0", "sysctl", "rcode=0")]
    [TestCase("ok 1 - back\\slash\\#", "back\\slash\\#", null)]
    public void In_KTAP_data_is_no_part_of_the_name_and_nothing_is_escaped(string line, string name, string? reason)
    {
        var test = Read("KTAP version 1\n1..1\n" + line).Streams.Single().Tests.Single();

        (test.Name, test.Reason).Should().Be((name, reason));
    }

    [TestCase("[    0.060000] ", "[   10.060000] ")]
    [TestCase("[99999.060000][    T1] ", "[100000.060000][ T1234] ")]
    [TestCase("<6>[    0.060000] ", "<12>[    0.060000] ")]
    [TestCase(" ", " ")]
    [TestCase("ttyS0: ", "ttyS0: ")]
    public void A_prefix_is_taken_off_every_line(string first, string later)
    {
        var report = Read($"booting ok\n{first}KTAP version 1\n{later}1..2\n{later}  KTAP version 1\n{later}  1..1\n{later}  ok 1 a\n{later}ok 1 b\n{later}not ok 2 c");

        report.Counts.Should().Be(new TapCounts(1, 1, 0, 0, 0));
        report.Streams.Single().Tests[0].Subtests.Single().Tests.Single().Name.Should().Be("a");
    }

    [Test]
    public void Kernel_messages_between_test_lines_are_output_and_never_tests()
    {
        var report = Read("TAP version 13\n1..1\n[   12.345678] not ok 1 - says the kernel\nok 1 - a\n[   12.345679] ptp_ocp: ok 2\n");

        report.Verdict.Should().Be(TapVerdict.Passed);
        report.Streams.Single().Tests.Should().ContainSingle().Which.Log.Should().Contain("[   12.345679] ptp_ocp: ok 2");
    }

    [Test]
    public void What_the_selftest_runner_wraps_in_comments_are_subtests_to_any_depth()
    {
        var report = Read("""
            TAP version 13
            1..3
            # selftests: timers: posix_timers
            # TAP version 13
            # 1..2
            # ok 1 check_itimer
            # # selftests: inner
            # # TAP version 13
            # # 1..1
            # # not ok 1 deep
            # ok 2 check_timer
            ok 1 selftests: timers: posix_timers
            # selftests: timers: skew
            # 1..0 # SKIP needs root
            ok 2 selftests: timers: skew # SKIP
            # selftests: timers: slow
            not ok 3 selftests: timers: slow # TIMEOUT 45 seconds
            """);

        var tests = report.Streams.Single().Tests;
        tests.Select(test => (test.Verdict, test.Reason)).Should().Equal(
            (TapVerdict.Failed, "ok, but a subtest of it is not"), (TapVerdict.Skipped, "needs root"), (TapVerdict.Failed, "45 seconds"));
        tests[0].Subtests.Single().Tests[1].Subtests.Single().Tests.Single().Name.Should().Be("deep");
        report.Counts.Should().Be(new TapCounts(1, 2, 1, 0, 0));
    }

    [Test]
    public void A_selftest_that_took_the_machine_down_is_named()
    {
        var report = Read("TAP version 13\n1..2\nok 1 selftests: a: b\n# selftests: a: c\n# TAP version 13\n# 1..2\n# ok 1 x\n[  5.000000] Kernel panic - not syncing: Oops\n");

        report.Verdict.Should().Be(TapVerdict.Broken);
        report.Streams.Single().Tests[^1].Should().Match<TapTest>(test => test.Name == "selftests: a: c" && test.Reason == "it did not end" && test.Number == null);
        report.Errors.Should().ContainSingle().Which.Message.Should().Be("Kernel panic - not syncing: Oops");
    }

    [Test]
    public void A_suite_that_never_ended_does_not_swallow_the_next_one()
    {
        var report = Read("KTAP version 1\n1..2\n  KTAP version 1\n  # Subtest: a\n  1..2\n  ok 1 x\n  KTAP version 1\n  # Subtest: b\n  1..1\n  ok 1 y\nok 2 b\n");

        report.Verdict.Should().Be(TapVerdict.Broken);
        report.Counts.Passed.Should().Be(2);
    }

    [Test]
    public void Yaml_holds_no_tests_whatever_it_says()
    {
        var report = Read("1..1\nnot ok 1 - x\n  ---\n  log: |\n    ok 2\n    ...\n    1..9\n  ...\n");

        report.AllErrors.Should().BeEmpty();
        report.Streams.Single().Tests.Single().Log.Should().HaveCount(4);
    }

    [Test]
    public void Output_is_kept_up_to_a_bound_and_the_rest_counted()
    {
        var report = Read("1..1\nok 1\n" + string.Concat(Enumerable.Repeat(new string('x', 5000) + "\n", 250)));

        var test = report.Streams.Single().Tests.Single();
        (test.Log.Count, test.Log[0].Length, test.LogLinesLeftOut).Should().Be((100, 1001, 150));
    }

    [Test]
    public void Subtests_deeper_than_the_bound_are_an_error_not_a_crash()
    {
        var deep = string.Concat(Enumerable.Range(0, 5000).Select(depth => $"{new string(' ', 4 * depth)}ok 1 - x\n"));

        var report = Read("TAP version 13\n" + deep);

        report.Verdict.Should().Be(TapVerdict.Broken);
        report.AllErrors.Select(problem => problem.Message).Should().Contain("subtests deeper than 64 levels are not read");
    }

    [Test]
    public void A_dialect_can_be_asked_for() =>
        TapReader.Read(new StringReader("KTAP version 1\nok 1 a"), TapDialect.Tap).Verdict.Should().Be(TapVerdict.Broken);

    private static TapReport Read(string text) => TapReader.Read(new StringReader(text));
}
