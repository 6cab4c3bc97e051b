using System.CommandLine;
using System.Text.Json;
using LabTrace.Tracing.KernelLog;

namespace LabTrace.Cli.Commands;

/// <summary><c>labtrace kernel-log</c>: finds a kernel's reports in its log, without a lab.</summary>
internal static class KernelLogCommand
{
    private const string StandardInput = "-";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string[]> files = new("FILE")
        {
            Description = "kernel logs: of dmesg, journalctl -k, a serial console, /dev/kmsg; .gz is opened as it is; - is standard input",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<bool> json = new("--json") { Description = "one JSON object: for each file the list of its reports, {title, type, line, …}" };
        Option<bool> excerpts = new("--excerpt") { Description = "with each report's lines" };
        Option<bool> traces = new("--traces") { Description = "in a log without other reports, also call traces that nothing announces" };
        Command command = new("kernel-log", """
            Find oopses, panics, warnings, lockdep, sanitizer, stall and leak reports in kernel logs.
            Titles name the defect, not the occurrence, so that they can be compared between logs. Exit code: 1 when there is a report, else 0; with --json always 0, for the object tells.
            """);
        command.Arguments.Add(files);
        command.Options.Add(json);
        command.Options.Add(excerpts);
        command.Options.Add(traces);
        command.SetAction(parsed => (int)Run(parsed.GetRequiredValue(files), parsed.GetValue(json), parsed.GetValue(excerpts), parsed.GetValue(traces)));
        return command;
    }

    private static ExitCode Run(string[] files, bool json, bool excerpts, bool traces)
    {
        List<(string File, IReadOnlyList<KernelReport> Reports)> logs = [];
        foreach (var file in files)
        {
            logs.Add((file, Read(file, traces)));
        }

        if (json)
        {
            WriteJson(logs, excerpts);
            return ExitCode.Passed;
        }

        WriteText(logs, excerpts);
        return logs.Exists(static l => l.Reports.Count > 0) ? ExitCode.Failed : ExitCode.Passed;
    }

    private static IReadOnlyList<KernelReport> Read(string file, bool traces)
    {
        if (file == StandardInput)
        {
            using var input = Console.OpenStandardInput();
            using MemoryStream whole = new();
            input.CopyTo(whole);
            return KernelLogReader.Read(whole.GetBuffer().AsSpan(0, (int)whole.Length), traces);
        }

        if (!File.Exists(file))
        {
            throw new UsageException(Directory.Exists(file) ? $"'{file}' is a directory: name the files in it" : $"there is no file '{file}'");
        }

        using var capture = Tracing.Capture.Open(file);
        return KernelLogReader.Read(capture.Bytes.Span, traces);
    }

    private static void WriteJson(List<(string File, IReadOnlyList<KernelReport> Reports)> logs, bool excerpts)
    {
        using var stream = Console.OpenStandardOutput();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            foreach (var (file, reports) in logs)
            {
                writer.WriteStartArray(file);
                foreach (var report in reports)
                {
                    WriteReport(writer, report, excerpts);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    private static void WriteReport(Utf8JsonWriter writer, KernelReport report, bool excerpt)
    {
        writer.WriteStartObject();
        writer.WriteString("title", report.Title);
        writer.WriteString("type", report.Type);
        writer.WriteNumber("line", report.Line);
        writer.WriteNumber("end_line", report.EndLine);
        if (excerpt)
        {
            writer.WriteStartArray("excerpt");
            foreach (var line in report.Excerpt)
            {
                writer.WriteStringValue(line);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteText(List<(string File, IReadOnlyList<KernelReport> Reports)> logs, bool excerpts)
    {
        foreach (var (file, reports) in logs)
        {
            foreach (var same in reports.GroupBy(static r => r.Title, StringComparer.Ordinal))
            {
                var first = same.First();
                var times = same.Skip(1).Any() ? $"  (and {same.Count() - 1} more)" : "";
                Console.WriteLine($"{file}:{first.Line}: {first.Title}  [{first.Type}]{times}");
                foreach (var line in excerpts ? first.Excerpt : [])
                {
                    Console.WriteLine("    " + line);
                }
            }
        }

        var found = logs.Sum(static l => l.Reports.Count);
        Console.WriteLine($"{found} {(found == 1 ? "report" : "reports")} in {logs.Count} {(logs.Count == 1 ? "log" : "logs")}");
    }
}
