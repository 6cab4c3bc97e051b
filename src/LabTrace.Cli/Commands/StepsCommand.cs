using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Bindings;

namespace LabTrace.Cli.Commands;

/// <summary><c>labtrace steps</c>: the sentences scenarios can be written with.</summary>
internal static class StepsCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<bool> json = new("--json") { Description = "as a JSON array" };
        Option<Regex?> grep = new("--grep", "-g") { Description = "only sentences that match", HelpName = "RE", CustomParser = CommandLineValues.Pattern };
        var steps = CommandLineValues.Steps();
        Command command = new("steps", "List the sentences scenarios can be written with: types, an example, source.");
        command.Options.Add(json);
        command.Options.Add(grep);
        command.Options.Add(steps);
        command.SetAction(parsed => (int)List(parsed.GetValue(json), parsed.GetValue(grep), parsed.GetValue(steps) ?? []));
        return command;
    }

    private static ExitCode List(bool json, Regex? grep, IReadOnlyList<string> steps)
    {
        var features = Directory.Exists("features") ? FeatureSet.Load(["features"]) : null;
        var entries = Vocabulary.List(BindingRegistry.Build([.. Composition.LoadSteps(steps)]), features)
            .Where(e => grep?.IsMatch(e.Sentence) ?? true)
            .ToList();
        if (json)
        {
            WriteJson(entries);
            return ExitCode.Passed;
        }

        foreach (var entry in entries)
        {
            Console.WriteLine($"{string.Join('|', entry.Kinds)} {entry.Sentence}");
            if (entry.Parameters.Count > 0)
            {
                Console.WriteLine($"    takes    {string.Join(", ", entry.Parameters.Select(p => $"{p.Name}: {p.Type}"))}");
            }

            Console.WriteLine($"    example  {entry.Example}");
            Console.WriteLine($"    source   {entry.Source} {entry.Method}");
        }

        return ExitCode.Passed;
    }

    private static void WriteJson(List<VocabularyEntry> entries)
    {
        using var output = Console.OpenStandardOutput();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartArray();
            foreach (var entry in entries)
            {
                writer.WriteStartObject();
                writer.WriteStartArray("kinds");
                foreach (var kind in entry.Kinds)
                {
                    writer.WriteStringValue(kind.ToString());
                }

                writer.WriteEndArray();
                writer.WriteString("sentence", entry.Sentence);
                writer.WriteString("expression", entry.Expression);
                writer.WriteStartArray("parameters");
                foreach (var parameter in entry.Parameters)
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", parameter.Name);
                    writer.WriteString("type", parameter.Type);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteString("example", entry.Example);
                writer.WriteString("scope", entry.Scope);
                writer.WriteString("method", entry.Method);
                writer.WriteString("source", entry.Source.ToString());
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        output.WriteByte((byte)'\n');
    }
}
