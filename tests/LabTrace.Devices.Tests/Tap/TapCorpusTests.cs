using System.Text.Json.Nodes;
using FluentAssertions;
using LabTrace.Devices.Tap;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Tap;

/// <summary>Texts of other projects with what their own readers make of them. <c>LABTRACE_CORPUS</c> names the folder they are below.</summary>
[Category("corpus")]
public sealed class TapCorpusTests
{
    // Where LabTrace says otherwise on purpose; TAP.md tells why.
    private static readonly HashSet<string> OtherThanTapParser = ["die", "echo", "empty", "out_err_mix", "plan-in-bad-places-pre", "skip-one-fail"];

    private static string Root => Path.Combine(
        Environment.GetEnvironmentVariable("LABTRACE_CORPUS") ?? throw new InconclusiveException("LABTRACE_CORPUS names no folder with other projects' texts"), "corpus", "tap");

    [TestCase("test_is_test_passed-all_passed", TapVerdict.Passed, 10, 0, 0, 0)]
    [TestCase("test_is_test_passed-all_passed_nested", TapVerdict.Passed, 7, 0, 0, 0)]
    [TestCase("test_is_test_passed-kselftest", TapVerdict.Passed, 4, 0, 0, 0)]
    [TestCase("test_is_test_passed-failure", TapVerdict.Failed, 9, 1, 0, 0)]
    [TestCase("test_is_test_passed-no_tests_run_no_header", TapVerdict.Broken, 0, 0, 0, 1)]
    [TestCase("test_is_test_passed-missing_plan", TapVerdict.Passed, 10, 0, 0, 0)]
    [TestCase("test_is_test_passed-no_tests_run_with_header", TapVerdict.Broken, 0, 0, 0, 1)]
    [TestCase("test_is_test_passed-no_tests_no_plan", TapVerdict.Broken, 1, 0, 0, 1)]
    [TestCase("test_insufficient_memory", TapVerdict.Broken, 0, 0, 0, 1)]
    [TestCase("test_skip_tests", TapVerdict.Passed, 4, 0, 1, 0)]
    [TestCase("test_skip_all_tests", TapVerdict.Skipped, 0, 0, 5, 0)]
    [TestCase("test_strip_hyphen", TapVerdict.Passed, 2, 0, 0, 0)]
    [TestCase("test_config_printk_time", TapVerdict.Passed, 10, 0, 0, 0)]
    [TestCase("test_multiple_prefixes", TapVerdict.Passed, 10, 0, 0, 0)]
    [TestCase("test_interrupted_tap_output", TapVerdict.Passed, 10, 0, 0, 0)]
    [TestCase("test_pound_sign", TapVerdict.Passed, 10, 0, 0, 0)]
    [TestCase("test_pound_no_prefix", TapVerdict.Passed, 10, 0, 0, 0)]
    [TestCase("test_output_isolated_correctly", TapVerdict.Passed, 2, 0, 0, 0)]
    [TestCase("test_output_with_prefix_isolated_correctly", TapVerdict.Passed, 10, 0, 0, 0)]
    [TestCase("test_parse_ktap_output", TapVerdict.Passed, 3, 0, 0, 0)]
    [TestCase("test_parse_attributes", TapVerdict.Passed, 1, 0, 0, 0)]
    [TestCase("test_parse_subtest_header", TapVerdict.Passed, 1, 0, 0, 0)]
    public void KUnit_logs_say_what_KUnit_reads_in_them(string name, TapVerdict verdict, int passed, int failed, int skipped, int errors)
    {
        var report = Read(Path.Combine(Root, "kunit", name + ".log"));

        report.Verdict.Should().Be(verdict);
        report.Counts.Should().Be(new TapCounts(passed, failed, skipped, 0, 0));
        report.AllErrors.Should().HaveCount(errors);
    }

    [Test]
    public void A_panic_in_the_middle_of_KUnit_breaks_it()
    {
        var report = Read(Path.Combine(Root, "kunit", "test_kernel_panic_interrupt.log"));

        report.Verdict.Should().Be(TapVerdict.Broken);
        report.Counts.Passed.Should().Be(8);
        report.Streams.Single().Tests.Select(test => test.Name).Should().Equal("kunit-resource-test", "kunit-try-catch-test", "string-stream-test");
    }

    [Test]
    public void Texts_of_tap_parser_say_what_it_reads_in_them_but_where_told()
    {
        // The verdicts of npm tap-parser 18.3.4.
        var notOk = new HashSet<string>(
        [
            "bailout-no-raison", "basic", "bignum", "buffered-nested-failure-top-ok-diag", "buffered-nested-failure-top-ok", "buffered-nested-ok-top-failure",
            "combined_compat", "comment-mid-diag", "delayed", "duplicates", "fail-right-before-indented-child-diag", "garbage-yamlish", "indented-stdout-noise",
            "line-break", "no-numbers", "no_nums", "node-test-mjs", "not-ok", "outside-plan-end-many", "outside-plan-start", "perl-test2-buffered",
            "repeat-test-point-id", "skip-all-with-test", "strict", "switches", "tap-tests", "too-many", "unfinished", "version_old-strict", "wrong-last", "zero_valid",
        ]);

        var different = Directory.GetFiles(Path.Combine(Root, "tapjs"), "*.tap")
            .Select(file => (Name: Path.GetFileNameWithoutExtension(file), Report: Read(file)))
            .Where(text => text.Report.Verdict is TapVerdict.Passed or TapVerdict.Skipped == notOk.Contains(text.Name))
            .Select(text => text.Name);

        different.Should().BeEquivalentTo(OtherThanTapParser);
    }

    [Test]
    public void Lines_are_the_tests_that_meson_finds()
    {
        foreach (var vector in JsonNode.Parse(File.ReadAllText(Path.Combine(Root, "meson", "taptests.json")))!.AsArray())
        {
            var input = vector!["input"]!.GetValue<string>();
            var events = vector["meson_1_0_1"]!.AsArray();

            var report = TapReader.Read(new StringReader(input), TapDialect.Tap);

            var tests = events.Where(e => e!["event"]!.GetValue<string>() == "Test").Select(e => (e!["number"]!.GetValue<long>(), e["name"]!.GetValue<string>()));
            report.Streams.SelectMany(stream => stream.Tests).Select(test => (test.Number!.Value, test.Name)).Should().Equal(tests, "of {0}", input);
            var failed = events.Any(e => e!["result"]?.GetValue<string>() == "FAIL");
            (report.Verdict == TapVerdict.Failed).Should().Be(failed, "of {0}", input);
            if (events.Any(e => e!["event"]!.GetValue<string>() is "Bailout"))
            {
                report.BailOut.Should().NotBeNull();
            }
        }
    }

    [Test]
    public void What_LabTrace_may_write_is_read_as_told_in_the_table()
    {
        var verdicts = Directory.GetFiles(Path.Combine(Root, "labtrace-edge"), "*.tap")
            .ToLookup(file => Read(file).Verdict, file => Path.GetFileNameWithoutExtension(file));

        verdicts[TapVerdict.Failed].Should().BeEquivalentTo(
            "a-tap13-flat-yaml-fail", "b-tap13-subtests-childfail-parentok", "b-tap14-subtests-childfail", "c-ktap1-nested-fail", "d-notok-skip", "e-notok-timeout",
            "e-notok-xfail", "f-hash-injection", "j-yaml-block-scalar", "j-yaml-control-chars");
        verdicts[TapVerdict.Broken].Should().BeEquivalentTo(
            "g-bail", "g-truncated", "h-no-plan", "i-empty", "i-header-only", "m-duplicate-number", "m-out-of-order");
        verdicts[TapVerdict.Skipped].Should().BeEquivalentTo("d-ok-skip", "d-skip-all");
    }

    [Test]
    public void No_text_cut_at_a_line_passes_for_more_than_it_holds()
    {
        foreach (var file in Directory.GetFiles(Root, "*.*", SearchOption.AllDirectories).Where(file => file.EndsWith(".tap", StringComparison.Ordinal) || file.EndsWith(".log", StringComparison.Ordinal)))
        {
            var lines = File.ReadAllLines(file);
            for (var count = 0; count <= Math.Min(lines.Length, 400); count++)
            {
                var report = TapReader.Read(new StringReader(string.Join('\n', lines.Take(count))));

                if (report.Verdict is TapVerdict.Passed or TapVerdict.Skipped)
                {
                    report.Streams.Should().AllSatisfy(stream => (stream.Planned ?? stream.Tests.Count).Should().Be(stream.Tests.Count));
                    report.Streams.Should().Contain(stream => stream.Tests.Count > 0 || stream.SkipReason != null);
                }
            }
        }
    }

    private static TapReport Read(string file)
    {
        using var stream = File.OpenRead(file);
        return TapReader.Read(stream);
    }
}
