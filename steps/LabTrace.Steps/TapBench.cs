using System.Text;
using System.Text.Json;
using LabTrace.Devices;
using LabTrace.Devices.Tap;
using NUnit.Framework;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>Programs that test themselves and say so in TAP or KTAP: what they say becomes sub-results of the scenario.</summary>
public sealed class TapBench(ScenarioPlace place, IReqnrollOutputHelper output)
{
    private const string DirectoryVariable = "LABTRACE_KSELFTEST_DIR";
    private const string Runner = "run_kselftest.sh";
    private const int MaxTold = 20;

    private static readonly string[] UsualDirectories =
        ["/usr/lib/kselftests", "/usr/libexec/kselftests", "/usr/lib/linux/kselftest", "/opt/kselftests", "/opt/kselftest", "/kselftest", "/root/kselftest"];

    private int count;

    /// <summary>Runs one of the kernel's selftests: <c>collection:test</c>, a whole <c>collection</c>, or the path of a test program.</summary>
    public async Task RunKselftestAsync(string name)
    {
        if (name.StartsWith('/'))
        {
            await RunAsync(new Command(name) { WorkingDirectory = Path.GetDirectoryName(name) }, name);
            return;
        }

        var target = (await place.OpenAsync()).Target;
        string[] directories = Environment.GetEnvironmentVariable(DirectoryVariable) is { Length: > 0 } given ? [given] : UsualDirectories;
        foreach (var directory in directories)
        {
            var runner = $"{directory}/{Runner}";
            if (await target.ExistsAsync(runner, place.Cancellation))
            {
                await RunAsync(new Command(runner, name.Contains(':', StringComparison.Ordinal) ? "-t" : "-c", name) { WorkingDirectory = directory }, name);
                return;
            }
        }

        throw new IgnoreException(
            $"place '{place.Lab.Place.Name}' lacks the kernel's selftests: no {Runner} in {string.Join(", ", directories)}; "
            + $"try: make -C tools/testing/selftests install, copy it there and set {DirectoryVariable}");
    }

    /// <summary>Runs any program that writes TAP or KTAP.</summary>
    public Task RunProgramAsync(string commandLine) => RunAsync(CommandLine.Parse(commandLine), commandLine);

    /// <summary>Reads what a KUnit suite that ran in the target's kernel reported.</summary>
    public async Task ReadKUnitAsync(string suite)
    {
        var target = (await place.OpenAsync()).Target;
        var path = $"/sys/kernel/debug/kunit/{suite}/results";
        if (!await target.ExistsAsync(path, place.Cancellation))
        {
            throw new IgnoreException(
                $"place '{place.Lab.Place.Name}' lacks the KUnit suite '{suite}': there is no {path}; try: boot a kernel with CONFIG_KUNIT_DEBUGFS=y and load the suite's module");
        }

        var text = await target.ReadAsync(path, place.Cancellation);
        Judge($"KUnit suite '{suite}'", await KeepAsync(suite, text, TapDialect.Ktap));
    }

    private async Task RunAsync(Command command, string name)
    {
        var ran = await (await place.OpenAsync()).Target.RunAsync(command, place.Cancellation);
        var report = await KeepAsync(name, ran.StandardOutput, dialect: null);
        if (report.Verdict is TapVerdict.Passed or TapVerdict.Skipped && (ran.TimedOut || ran.OutputDropped > 0 || ran.ExitCode is not (0 or 4)))
        {
            var end = ran.TimedOut ? "did not end in time" : ran.OutputDropped > 0 ? $"wrote {ran.OutputDropped} bytes more than are kept" : $"ended with {ran.ExitCode}";
            throw new TapInDoubtException($"'{name}' reports no failure, but it {end}; it wrote to standard error:\n{ran.ErrorText.TrimEnd()}");
        }

        Judge($"'{name}'", report);
    }

    /// <summary>What the program wrote, and what it means, lie beside the captures and in the report, whatever the verdict.</summary>
    private async Task<TapReport> KeepAsync(string name, byte[] text, TapDialect? dialect)
    {
        var report = TapReader.Read(new MemoryStream(text), dialect);
        var directory = (await place.OpenAsync()).CaptureDirectory;
        _ = Directory.CreateDirectory(directory);
        count++;
        var file = Path.Combine(directory, count == 1 ? "results.tap" : $"results-{count}.tap");
        await File.WriteAllBytesAsync(file, text, place.Cancellation);
        await using (var stream = File.Create(file + ".json"))
        await using (var json = new Utf8JsonWriter(stream))
        {
            TapJson.Write(json, report, name);
        }

        output.AddAttachment(file);
        output.AddAttachment(file + ".json");
        return report;
    }

    private static void Judge(string name, TapReport report)
    {
        var counts = $"{report.Counts.Passed} passed, {report.Counts.Failed} failed, {report.Counts.Skipped} skipped, {report.Counts.Broken} broken";
        switch (report.Verdict)
        {
            case TapVerdict.Failed:
                Assert.Fail($"expected every test of {name} to pass\nfound:    {counts}{Tell(report, TapVerdict.Failed)}");
                break;
            case TapVerdict.Broken:
                var errors = string.Concat(report.AllErrors.Take(MaxTold).Select(error => $"\n  line {error.Line}: {error.Message}"));
                throw new TapInDoubtException($"{name} does not say whether all is well: {counts}{errors}{Tell(report, TapVerdict.Broken)}");
            case TapVerdict.Skipped:
                var reason = report.Streams.Select(stream => stream.SkipReason).Concat(Leaves(report.Streams, "").Select(leaf => leaf.Test.Reason)).FirstOrDefault(text => text is not null);
                throw new IgnoreException($"{name} skipped all of its tests: {reason ?? "no reason given"}");
        }
    }

    private static string Tell(TapReport report, TapVerdict verdict)
    {
        var text = new StringBuilder();
        var leaves = Leaves(report.Streams, "").Where(leaf => leaf.Test.Verdict == verdict).ToList();
        foreach (var (path, test) in leaves.Take(MaxTold))
        {
            _ = text.Append("\n  ").Append(path).Append(test.Reason is null ? "" : $": {test.Reason}");
        }

        return leaves.Count > MaxTold ? text.Append($"\n  and {leaves.Count - MaxTold} more").ToString() : text.ToString();
    }

    private static IEnumerable<(string Path, TapTest Test)> Leaves(IReadOnlyList<TapStream> streams, string path)
    {
        foreach (var test in streams.SelectMany(stream => stream.Tests))
        {
            var own = path.Length == 0 ? test.Name : $"{path} › {test.Name}";
            if (test.Subtests.Count == 0)
            {
                yield return (own, test);
                continue;
            }

            foreach (var leaf in Leaves(test.Subtests, own))
            {
                yield return leaf;
            }
        }
    }
}
