using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using LabTrace.Devices.Tap;

namespace LabTrace.Cli.Commands;

/// <summary><c>labtrace tap</c>: says what TAP and KTAP texts say, from a selftest, a kernel log, or any other program.</summary>
internal static class TapCommand
{
    private const string StandardInput = "-";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string[]> files = new("FILE")
        {
            Description = "TAP 12 to 14 or KTAP: a selftest's output, a kernel log with KUnit in it; - for standard input",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<bool> json = new("--json") { Description = "as one JSON array, an object a file" };
        Option<bool> all = new("--all", "-a") { Description = "tell what passed as well" };
        Option<TapDialect?> dialect = new("--dialect")
        {
            Description = "whose rules apply: tap or ktap [default: told from the text]",
            HelpName = "tap|ktap",
            CustomParser = ParseDialect,
        };
        Command command = new("tap", "Read test results in TAP or KTAP. What is empty or cut short is broken, never passed.");
        command.Arguments.Add(files);
        command.Options.Add(json);
        command.Options.Add(all);
        command.Options.Add(dialect);
        command.SetAction(parsed => (int)Read(parsed.GetRequiredValue(files), parsed.GetValue(dialect), parsed.GetValue(json), parsed.GetValue(all)));
        return command;
    }

    private static TapDialect? ParseDialect(ArgumentResult result)
    {
        switch (result.Tokens[0].Value)
        {
            case "tap":
                return TapDialect.Tap;
            case "ktap":
                return TapDialect.Ktap;
            default:
                result.AddError($"'{result.Tokens[0].Value}' is not a dialect; write tap or ktap");
                return null;
        }
    }

    private static ExitCode Read(string[] files, TapDialect? dialect, bool json, bool all)
    {
        if (files.Count(file => file == StandardInput) > 1)
        {
            throw new UsageException("standard input is named twice");
        }

        foreach (var file in files.Where(file => file != StandardInput && !File.Exists(file)))
        {
            throw new UsageException($"there is no file '{file}'");
        }

        var worst = ExitCode.Passed;
        using var output = Console.OpenStandardOutput();
        using var writer = json ? new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true }) : null;
        writer?.WriteStartArray();
        foreach (var file in files)
        {
            using var stream = file == StandardInput ? Console.OpenStandardInput() : File.OpenRead(file);
            var report = TapReader.Read(stream, dialect);
            if (writer is not null)
            {
                TapJson.Write(writer, report, file);
            }
            else
            {
                TapText.Write(Console.Out, file, report, all);
            }

            worst = Worse(worst, report.Verdict);
        }

        writer?.WriteEndArray();
        writer?.Flush();
        if (json)
        {
            output.WriteByte((byte)'\n');
        }

        return worst;
    }

    /// <summary>A failure outweighs what is broken, as in a run.</summary>
    private static ExitCode Worse(ExitCode worst, TapVerdict verdict) => verdict switch
    {
        TapVerdict.Failed => ExitCode.Failed,
        TapVerdict.Broken when worst != ExitCode.Failed => ExitCode.Broken,
        _ => worst,
    };
}
