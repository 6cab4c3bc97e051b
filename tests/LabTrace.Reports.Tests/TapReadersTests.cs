using System.Diagnostics;
using System.Text.Json.Nodes;
using FsCheck.Fluent;
using LabTrace.Devices.Tap;
using LabTrace.Scenarios;

namespace LabTrace.Reports.Tests;

/// <summary>Runs with whatever names, in every dialect, are counted by every reader as the run has them.</summary>
public sealed class TapReadersTests
{
    private const int Runs = 600;

    private const string Perl = """
        use TAP::Parser;
        for my $file (@ARGV) {
            my $p = TAP::Parser->new({ tap => do { local (@ARGV, $/) = ($file); <> } });
            $p->run;
            print join("\t", $file, scalar($p->passed) - scalar($p->skipped), scalar($p->failed), scalar($p->skipped), scalar($p->parse_errors), $p->is_good_plan ? 1 : 0), "\n";
        }
        """;

    private const string Meson = """
        import sys
        from mesonbuild.mtest import TAPParser
        for name in sys.argv[1:]:
            counts = {}
            with open(name, encoding='utf-8') as f:
                for event in TAPParser().parse(f):
                    key = event.result.name if isinstance(event, TAPParser.Test) else type(event).__name__
                    counts[key] = counts.get(key, 0) + 1
            print(name, counts.get('OK', 0), counts.get('FAIL', 0), counts.get('SKIP', 0), counts.get('Error', 0), 1, sep='\t')
        """;

    private const string Kunit = """
        import io, sys
        sys.path.insert(0, sys.argv[1])
        import kunit_parser, kunit_printer
        for name in sys.argv[2:]:
            real, sys.stdout = sys.stdout, io.StringIO()
            kunit_printer.stdout = kunit_parser.stdout = kunit_printer.Printer(output=io.StringIO())
            with open(name, encoding='utf-8') as f:
                lines = f.read().splitlines()
            test = kunit_parser.parse_run_tests(lines)
            sys.stdout = real
            c = test.counts
            print(name, c.passed, c.failed + c.crashed, c.skipped, c.errors, 1, sep='\t')
        """;

    private static readonly List<MadeRun> Made = [.. TapPropertyTests.MadeRuns().Sample(Runs, 8).Where(run => run.Features.Count > 0)];

    [TestCase("tap")]
    [TestCase("tap14")]
    [TestCase("ktap")]
    public async Task LabTrace_counts_what_it_wrote(string kind)
    {
        foreach (var run in Made)
        {
            var text = await RenderAsync(run, kind);

            var report = TapReader.Read(new StringReader(text));

            var verdicts = run.Features.SelectMany(feature => feature.Scenarios).Select(scenario => scenario.Verdict).ToList();
            var isWhole = run.Finishes && !verdicts.Contains(null);
            var expected = verdicts.Contains(Verdict.Failed) || (kind != "ktap" && verdicts.Contains(Verdict.Broken)) ? TapVerdict.Failed
                : verdicts.Contains(Verdict.Broken) ? TapVerdict.Broken
                : verdicts.TrueForAll(verdict => verdict == Verdict.Skipped) ? TapVerdict.Skipped
                : TapVerdict.Passed;
            if (isWhole)
            {
                report.Verdict.Should().Be(expected, "of {0}", text);
            }
            else
            {
                report.Verdict.Should().BeOneOf([TapVerdict.Failed, TapVerdict.Broken], "of {0}", text);
            }

            report.Counts.Passed.Should().Be(verdicts.Count(verdict => verdict == Verdict.Passed), "of {0}", text);
            report.Counts.Skipped.Should().Be(verdicts.Count(verdict => verdict == Verdict.Skipped), "of {0}", text);
            if (isWhole)
            {
                var broken = verdicts.Count(verdict => verdict == Verdict.Broken);
                report.Counts.Failed.Should().Be(verdicts.Count(verdict => verdict == Verdict.Failed) + (kind == "ktap" ? 0 : broken), "of {0}", text);
                report.AllErrors.Should().BeEmpty("of {0}", text);
            }
        }
    }

    [Test]
    public async Task In_TAP_14_names_are_read_as_they_are_but_for_number_signs()
    {
        var text = await RenderAsync(new MadeRun([new MadeFeature("f", new MadeScenario(@"issue #42, a\b, # skip it {", Verdict.Passed))], false, true), "tap14");

        TapReader.Read(new StringReader(text)).Streams.Single().Tests.Single().Subtests.Single().Tests.Single().Name
            .Should().Be(@"issue ＃42, a\b, ＃ skip it ｛");
    }

    [Test]
    public async Task In_KTAP_no_name_begins_with_a_dash_and_no_scenario_has_its_feature_s_name()
    {
        var text = await RenderAsync(new MadeRun([new MadeFeature("- boot", new MadeScenario("- boot", Verdict.Failed), new MadeScenario("-x", Verdict.Passed))], false, true), "ktap");

        text.Should().Contain("  # Subtest: － boot\n").And.Contain("  not ok 1 － boot (scenario)\n").And.Contain("  ok 2 －x\n").And.EndWith("not ok 1 － boot\n");
    }

    [TestCase("tap")]
    public async Task Prove_s_parser_counts_scenarios_and_features_as_the_run_has_them(string kind) =>
        await CompareAsync("perl", ["-e", Perl], "perl", "-MTAP::Parser", kind);

    [TestCase("tap")]
    [TestCase("tap14")]
    public async Task Meson_counts_scenarios_and_features_as_the_run_has_them(string kind) =>
        await CompareAsync("/usr/bin/python3", ["-c", Meson], "meson's Python module", "-cimport mesonbuild.mtest", kind);

    [TestCase("tap")]
    [TestCase("tap14")]
    public async Task Tap_parser_counts_scenarios_as_the_run_has_them(string kind)
    {
        TapPropertyTests.Require("tap-parser");
        foreach (var run in Made.Where(IsWhole).Take(25))
        {
            var text = await RenderAsync(run, kind);

            var (exitCode, output) = await TapPropertyTests.ReadAsync("tap-parser", text, "--json=1");

            var verdicts = run.Features.SelectMany(feature => feature.Scenarios).Select(scenario => scenario.Verdict).ToList();
            TapPropertyTests.Totals(JsonNode.Parse(output)!.AsArray()).Should().Be(
                (verdicts.Count(verdict => verdict is Verdict.Passed or Verdict.Skipped),
                    verdicts.Count(verdict => verdict is Verdict.Failed or Verdict.Broken),
                    verdicts.Count(verdict => verdict is Verdict.Skipped)),
                "of {0}\n{1}",
                text,
                output);
            (exitCode == 0).Should().Be(!verdicts.Exists(verdict => verdict is Verdict.Failed or Verdict.Broken), "of {0}", text);
        }
    }

    /// <summary>The kernel's own reader comes with its source, which is too much to fetch for every run: <c>LABTRACE_KUNIT</c> names tools/testing/kunit.</summary>
    [Test]
    public async Task The_kernels_kunit_parser_counts_scenarios_as_the_run_has_them()
    {
        var kunit = Environment.GetEnvironmentVariable("LABTRACE_KUNIT");
        Assume.That(kunit, Is.Not.Null, "LABTRACE_KUNIT names no tools/testing/kunit of Linux");
        var directory = Directory.CreateTempSubdirectory("labtrace-ktap");
        var expected = new Dictionary<string, (int Passed, int Failed, int Skipped)>();
        foreach (var run in Made.Where(run => IsWhole(run) && run.Features.All(feature => feature.Scenarios.Length > 0)))
        {
            var verdicts = run.Features.SelectMany(feature => feature.Scenarios).Select(scenario => scenario.Verdict).ToList();
            expected[await WriteAsync(directory, await RenderAsync(run, "ktap"))] = (
                verdicts.Count(verdict => verdict == Verdict.Passed),
                verdicts.Count(verdict => verdict is Verdict.Failed or Verdict.Broken),
                verdicts.Count(verdict => verdict == Verdict.Skipped));
        }

        expected.Count.Should().BeGreaterThan(100);
        var (exitCode, output) = await RunAsync("/usr/bin/python3", ["-c", Kunit, kunit!, .. expected.Keys]);

        exitCode.Should().Be(0, output);
        var rows = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(row => row.Split('\t')).ToList();
        rows.Should().HaveCount(expected.Count);
        foreach (var row in rows)
        {
            (int.Parse(row[1]), int.Parse(row[2]), int.Parse(row[3])).Should().Be(expected[row[0]], "of {0}", await File.ReadAllTextAsync(row[0]));
            row[4].Should().Be("0", "of {0}", await File.ReadAllTextAsync(row[0]));
        }

        directory.Delete(recursive: true);
    }

    private static bool IsWhole(MadeRun run) => run.Finishes && !run.Features.SelectMany(feature => feature.Scenarios).Any(scenario => scenario.Verdict is null);

    private static Task<string> RenderAsync(MadeRun run, string kind) =>
        Tests.Runs.RenderAsync(Tests.Runs.Make(run.Features, run.IsShuffled ? new Random(1) : null, run.Finishes), kind);

    /// <summary>These readers pass over subtests, so each feature's are given to them as a text of its own, and the features once more.</summary>
    private static async Task CompareAsync(string program, string[] arguments, string name, string probe, string kind)
    {
        var (hasIt, _) = await RunAsync(program, [probe, .. program == "perl" ? new[] { "-e1" } : []]);
        if (hasIt != 0 && Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail($"'{name}' is not installed, and CI must have it");
        }

        Assume.That(hasIt, Is.Zero, $"'{name}' is not installed");
        var directory = Directory.CreateTempSubdirectory("labtrace-tap");
        var expected = new Dictionary<string, (int Passed, int Failed, int Skipped)>();
        foreach (var run in Made.Where(run => IsWhole(run) && !run.IsShuffled))
        {
            var text = await RenderAsync(run, kind);
            var features = run.Features.Select(feature => feature.Scenarios.Any(scenario => scenario.Verdict is Verdict.Failed or Verdict.Broken)).ToList();
            expected[await WriteAsync(directory, text)] = (features.Count(isFailed => !isFailed), features.Count(isFailed => isFailed), 0);
            var parts = text.Split("\n# Subtest: ").Skip(1).ToList();
            parts.Should().HaveCount(run.Features.Count);
            foreach (var (part, feature) in parts.Zip(run.Features))
            {
                var lines = part.Split('\n').Where(line => line.StartsWith("    ", StringComparison.Ordinal)).Select(line => line[4..]);
                expected[await WriteAsync(directory, text[..14] + "\n" + string.Join('\n', lines) + "\n")] = (
                    feature.Scenarios.Count(scenario => scenario.Verdict == Verdict.Passed),
                    feature.Scenarios.Count(scenario => scenario.Verdict is Verdict.Failed or Verdict.Broken),
                    feature.Scenarios.Count(scenario => scenario.Verdict == Verdict.Skipped));
            }
        }

        expected.Count.Should().BeGreaterThan(100);
        var (exitCode, output) = await RunAsync(program, [.. arguments, .. expected.Keys]);

        exitCode.Should().Be(0, output);
        var rows = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(row => row.Split('\t')).ToList();
        rows.Should().HaveCount(expected.Count);
        foreach (var row in rows)
        {
            var because = $"of {await File.ReadAllTextAsync(row[0])}";
            (int.Parse(row[1]), int.Parse(row[2]), int.Parse(row[3])).Should().Be(expected[row[0]], because);
            row[4].Should().Be("0", because);
            row[5].Should().Be("1", because);
        }

        directory.Delete(recursive: true);
    }

    private static async Task<string> WriteAsync(DirectoryInfo directory, string text)
    {
        var path = Path.Combine(directory.FullName, Path.GetRandomFileName());
        await File.WriteAllTextAsync(path, text);
        return path;
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            var error = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, process.ExitCode == 0 ? output : output + await error);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (127, "not installed");
        }
    }
}
