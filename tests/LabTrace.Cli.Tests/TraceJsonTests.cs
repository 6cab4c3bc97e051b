using System.Text.Json;
using FluentAssertions;
using LabTrace.Tracing;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

/// <summary>What <c>labtrace trace … --json</c> prints is what <c>docs/trace-json.md</c> says, so that scripts can rely on it.</summary>
public sealed class TraceJsonTests
{
    private const string Rt = "gpio-toggler/rt.dat";
    private const string Lts = "gpio-toggler/lts.dat";
    private const string Overrun = "ftrace-text/overrun/input.txt";
    private const string Stacks = "ftrace-text/stacks/input.txt";

    public static IEnumerable<TestCaseData> Cases()
    {
        yield return Case("info", ["info", Rt], ["info", Overrun], ["info", "CUT"]);
        yield return Case("stats", ["stats", Rt], ["stats", Overrun, "--by", "pid"]);
        yield return Case("show", ["show", Rt, "--head", "3"], ["show", Stacks], ["show", "LOST"]);
        yield return Case("query (events)", ["query", Rt, "--head", "3"], ["query", Overrun]);
        yield return Case("query --fields", ["query", Rt, "--fields", "gpio,nosuch", "--head", "2"]);
        yield return Case("query --count", ["query", Rt, "--count"]);
        yield return Case("query --rate", ["query", Rt, "--rate", "100ms"]);
        yield return Case("query --gaps", ["query", Lts, "--gaps", "2ms", "--on", "gpio"]);
        yield return Case("query --order", ["query", Lts, "--order", "gpio_value where value = 0", "--order", "gpio_value where value = 1"]);
        yield return Case("query --stacks", ["query", Stacks, "--stacks"]);
        yield return Case("latency", ["latency", Lts, "--from", "gpio:gpio_value", "--deadline", "1.2ms"], ["latency", Rt, "--from", "nosuch"]);
        yield return Case("compare --from", ["compare", Rt, Lts, "--from", "gpio:gpio_value", "--deadline", "1.2ms"], ["compare", Rt, Lts, "--from", "nosuch"]);
        yield return Case("compare", ["compare", Rt, Lts]);
    }

    [TestCaseSource(nameof(Cases))]
    public async Task What_is_printed_is_what_the_page_says(string heading, string[][] commands)
    {
        using var scratch = new Scratch();
        var documented = Documented(heading);
        var seen = new HashSet<string>();
        foreach (var command in commands)
        {
            var arguments = command.Select(a => a switch
            {
                "CUT" => Cut(scratch),
                "LOST" => scratch.Write("lost.txt", "CPU:1 [LOST 7 EVENTS]\n               a-1       [001] .....     1.000000: tracing_mark_write: one\nCPU:1 [LOST EVENTS]\n" +
                    "               a-1       [001] .....     2.000000: tracing_mark_write: two\n"),
                _ => a.Contains('/', StringComparison.Ordinal) ? Path.Combine(Repository.Root, "fixtures", a) : a,
            });

            var result = await LabtraceProcess.RunAsync(scratch.Root, ["trace", .. arguments, "--json"]);

            result.ExitCode.Should().BeOneOf([0, 1, 3], result.Error);
            foreach (var document in Documents(result.Output))
            {
                foreach (var (path, type) in Flatten(document.RootElement, ""))
                {
                    var found = documented.Where(d => Glob.IsMatch(d.Path, path)).ToArray();
                    found.Should().NotBeEmpty($"docs/trace-json.md must say what {path} of {heading} is");
                    found.Should().Contain(d => d.Types.Contains(type) || d.Types.Contains("any"), $"{path} of {heading} is a {type}");
                    seen.UnionWith(found.Select(d => d.Text));
                }

                document.Dispose();
            }
        }

        documented.Where(d => !d.IsOptional).Select(d => d.Text).Should().BeSubsetOf(seen);
    }

    private static TestCaseData Case(string heading, params string[][] commands) => new TestCaseData(heading, commands).SetArgDisplayNames(heading);

    private static string Cut(Scratch scratch)
    {
        var file = Path.Combine(scratch.Root, "cut.dat");
        File.WriteAllBytes(file, File.ReadAllBytes(Path.Combine(Repository.Root, "fixtures", Rt))[..^3000]);
        return file;
    }

    private static IEnumerable<JsonDocument> Documents(string output) => output.StartsWith("{\n", StringComparison.Ordinal)
        ? [JsonDocument.Parse(output)]
        : output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line));

    private static List<(string Text, string Path, string[] Types, bool IsOptional)> Documented(string heading)
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "trace-json.md")).Split("\n## ").Single(s => s.StartsWith(heading + "\n", StringComparison.Ordinal));
        var blocks = page.Split("```").Where((_, i) => i % 2 == 1);
        return [.. blocks.SelectMany(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Select(line =>
        {
            var at = line.LastIndexOf(": ", StringComparison.Ordinal);
            return (line, line[..at].Replace("?", "", StringComparison.Ordinal), line[(at + 2)..].Split('|'), line.Contains('?', StringComparison.Ordinal));
        })];
    }

    private static IEnumerable<(string Path, string Type)> Flatten(JsonElement value, string path)
    {
        var type = value.ValueKind switch
        {
            JsonValueKind.True or JsonValueKind.False => "boolean",
            var kind => kind.ToString().ToLowerInvariant(),
        };
        if (path.Length > 0)
        {
            yield return (path, type);
        }

        // Fields are whatever the event has.
        if (path == "fields")
        {
            yield return ("fields.any", "any");
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var inner in value.EnumerateObject().SelectMany(p => Flatten(p.Value, path.Length == 0 ? p.Name : $"{path}.{p.Name}")))
            {
                yield return inner;
            }
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var inner in value.EnumerateArray().SelectMany(v => Flatten(v, path + "[]")))
            {
                yield return inner;
            }
        }
    }
}
