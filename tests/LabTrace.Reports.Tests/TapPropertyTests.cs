using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using LabTrace.Scenarios;

namespace LabTrace.Reports.Tests;

/// <summary>Whatever runs are called, readers of TAP count in them what the run says.</summary>
public sealed partial class TapPropertyTests
{
    private static readonly string[] NamePieces =
    [
        "a", " ", "#", "# SKIP", "# TODO x", "\\", "\\#", "\n", "\r\n", "ok 1 - x", "not ok 2", "1..3", "12", "...", "---", "Bail out!", "é", "测", "\u001b[1m", "\t", "\0",
        "- ", "\u2028", "TAP version 13", "    ", "\ud83e\uddea", "pragma +strict", "\u202e",
    ];

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public Property An_independent_reader_counts_the_same()
    {
        return Prop.ForAll(MadeRuns().ToArbitrary(), run =>
        {
            var tap = Runs.RenderAsync(Runs.Make(run.Features, run.IsShuffled ? new Random(1) : null, run.Finishes), "tap").GetAwaiter().GetResult();

            var reading = TapReading.Read(tap);

            var verdicts = run.Features.SelectMany(feature => feature.Scenarios).Select(scenario => scenario.Verdict).ToList();
            reading.Problems.Should().BeEmpty("of {0}", tap);
            reading.Ok.Should().Be(verdicts.Count(verdict => verdict == Verdict.Passed));
            reading.Skipped.Should().Be(verdicts.Count(verdict => verdict == Verdict.Skipped));
            reading.NotOk.Should().Be(verdicts.Count(verdict => verdict is Verdict.Failed or Verdict.Broken));
            reading.BailedOut.Should().Be(!run.Finishes || verdicts.Contains(null));
        });
    }

    [Test]
    public async Task Prove_counts_the_same()
    {
        Require("prove");
        var runs = MadeRuns().Sample(60, 8).Where(run => run.Features.Count > 0);

        foreach (var run in runs)
        {
            var tap = await Runs.RenderAsync(Runs.Make(run.Features, null, run.Finishes), "tap");
            var (exitCode, output) = await ReadAsync("prove", tap, "--exec", "cat");

            var verdicts = run.Features.Select(feature => feature.Scenarios.Select(scenario => scenario.Verdict).ToList()).ToList();
            var isWhole = run.Finishes && !verdicts.Exists(feature => feature.Contains(null));
            var mustPass = isWhole && !verdicts.Exists(feature => feature.Exists(verdict => verdict is Verdict.Failed or Verdict.Broken));
            (exitCode == 0).Should().Be(mustPass, "of {0}\n{1}", tap, output);
            output.Contains("Bailout called", StringComparison.Ordinal).Should().Be(!isWhole, "of {0}\n{1}", tap, output);
            if (isWhole)
            {
                output.Should().NotContain("Parse errors");
                Tests().Match(output).Groups["count"].Value.Should().Be(run.Features.Count.ToString(CultureInfo.InvariantCulture));
            }
        }
    }

    [Test]
    public async Task Tap_parser_counts_the_same()
    {
        Require("tap-parser");
        var runs = MadeRuns().Sample(12, 6).Where(run => run.Features.Count > 0);

        foreach (var run in runs)
        {
            var tap = await Runs.RenderAsync(Runs.Make(run.Features, null, run.Finishes), "tap");
            var (exitCode, output) = await ReadAsync("tap-parser", tap, "--json=1");

            var verdicts = run.Features.SelectMany(feature => feature.Scenarios).Select(scenario => scenario.Verdict).ToList();
            var isWhole = run.Finishes && !verdicts.Contains(null);
            var mustPass = isWhole && !verdicts.Exists(verdict => verdict is Verdict.Failed or Verdict.Broken);
            (exitCode == 0).Should().Be(mustPass, "of {0}\n{1}", tap, output);
            if (isWhole)
            {
                Totals(JsonNode.Parse(output)!.AsArray()).Should().Be(
                    (verdicts.Count(verdict => verdict is Verdict.Passed or Verdict.Skipped),
                        verdicts.Count(verdict => verdict is Verdict.Failed or Verdict.Broken),
                        verdicts.Count(verdict => verdict is Verdict.Skipped)),
                    "of {0}\n{1}",
                    tap,
                    output);
            }
        }
    }

    /// <summary>Sums what tap-parser found in the subtests.</summary>
    internal static (int Pass, int Fail, int Skip) Totals(JsonArray events)
    {
        var totals = (Pass: 0, Fail: 0, Skip: 0);
        foreach (var child in events.Where(item => item![0]!.GetValue<string>() == "child"))
        {
            var complete = child![1]!.AsArray().Single(item => item is JsonArray && item[0]!.ToString() == "complete")![1]!;
            totals.Pass += complete["pass"]!.GetValue<int>();
            totals.Fail += complete["fail"]!.GetValue<int>();
            totals.Skip += complete["skip"]!.GetValue<int>();
        }

        return totals;
    }

    internal static Gen<MadeRun> MadeRuns()
    {
        var names = from count in Gen.Choose(0, 5)
                    from pieces in Gen.ArrayOf(Gen.Elements(NamePieces), count)
                    select string.Concat(pieces);
        var verdicts = Gen.Frequency(
            (4, Gen.Constant<Verdict?>(Verdict.Passed)),
            (2, Gen.Constant<Verdict?>(Verdict.Failed)),
            (2, Gen.Constant<Verdict?>(Verdict.Skipped)),
            (2, Gen.Constant<Verdict?>(Verdict.Broken)),
            (1, Gen.Constant<Verdict?>(null)));
        var scenarios = from name in names
                        from verdict in verdicts
                        from message in names
                        from attempts in Gen.Choose(1, 3)
                        select new MadeScenario(name, verdict, message, attempts);
        var features = from name in names
                       from count in Gen.Choose(1, 4)
                       from list in Gen.ArrayOf(scenarios, count)
                       select new MadeFeature(name, list);
        return from count in Gen.Choose(0, 4)
               from list in Gen.ArrayOf(features, count)
               from isShuffled in Gen.Elements(true, false)
               from finishes in Gen.Frequency((5, Gen.Constant(true)), (1, Gen.Constant(false)))
               select new MadeRun(list, isShuffled, finishes);
    }

    /// <summary>Skips where a reader is not installed, with the reason; CI installs them all.</summary>
    internal static void Require(string program)
    {
        var isInstalled = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, program)));
        if (isInstalled)
        {
            return;
        }

        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail($"'{program}' is not installed, and CI must have it");
        }

        Assume.That(isInstalled, $"'{program}' is not installed");
    }

    /// <summary>prove reads the file, tap-parser its standard input.</summary>
    internal static async Task<(int ExitCode, string Output)> ReadAsync(string program, string tap, params string[] arguments)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllTextAsync(path, tap);
        try
        {
            var start = new ProcessStartInfo(program, program == "prove" ? [.. arguments, path] : arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
                UseShellExecute = false,
                StandardInputEncoding = new UTF8Encoding(false),
            };
            using var process = Process.Start(start)!;
            if (program != "prove")
            {
                await process.StandardInput.WriteAsync(tap);
            }

            process.StandardInput.Close();
            var error = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, output + await error);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [GeneratedRegex(@"Tests=(?<count>\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tests();
}
