using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using LabTrace.Gherkin;

namespace LabTrace.Benchmarks.Engine;

/// <summary>Reading one feature file of many megabytes: what it costs must grow as the file does.</summary>
[Config(typeof(Config))]
[MemoryDiagnoser]
public class GherkinBenchmarks
{
    private string _text = string.Empty;

    /// <summary>The size of the file.</summary>
    [Params(1, 10, 50)]
    public int Megabytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var text = new StringBuilder("Feature: a large one\n");
        for (var i = 0; text.Length < Megabytes * 1_000_000; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"""

                  @tag{i % 7} @slow
                  Scenario Outline: reading {i} of <device>
                    Given a device "<device>" with {i} entries
                      | name  | value | unit |
                      | first | {i}   | ns   |
                    When I read <count> of them
                      '''json
                      {i}: not all that is text is a step
                      '''
                    Then they are the first <count>

                    Examples: of all kinds
                      | device | count |
                      | ocp0   | {i}   |
                      | ocp1   | 7     |

                """).Replace("'''", "\"\"\"", text.Length - Math.Min(text.Length, 700), Math.Min(text.Length, 700));
        }

        _text = text.ToString();
    }

    /// <summary>The least a reader does: lines, trimmed and told apart by how they start.</summary>
    [Benchmark(Baseline = true)]
    public int ReadLineStartsWith()
    {
        using var reader = new StringReader(_text);
        string[] keywords = ["Feature:", "Scenario Outline:", "Given ", "When ", "Then ", "Examples:", "@", "|"];
        var found = 0;
        while (reader.ReadLine() is { } line)
        {
            var trimmed = line.Trim();
            found += Array.Exists(keywords, keyword => trimmed.StartsWith(keyword, StringComparison.Ordinal)) ? 1 : 0;
        }

        return found;
    }

    /// <summary>The document with all its nodes.</summary>
    [Benchmark]
    public object? Document() => GherkinParser.Parse("large.feature", _text, NewIds()).Document;

    /// <summary>The document and its scenarios, outlines expanded.</summary>
    [Benchmark]
    public int DocumentAndScenarios()
    {
        var newId = NewIds();
        return PickleCompiler.Compile(GherkinParser.Parse("large.feature", _text, newId).Document!, "large.feature", newId).Count;
    }

    private static Func<string> NewIds()
    {
        var last = 0;
        return () => (last++).ToString(CultureInfo.InvariantCulture);
    }

    private sealed class Config() : EngineConfig("MB/s", (megabytes, nanoseconds) => megabytes * 1e9 / nanoseconds);
}
