using System.CommandLine;
using LabTrace.Tracing;
using Spectre.Console;

namespace LabTrace.Cli.Commands.Bpf;

/// <summary><c>labtrace bpf stats</c>: what a capture counts: calls, errors, durations, histograms, losses.</summary>
internal static class BpfStatsCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "a capture of `labtrace bpf run -o`; - is standard input" };
        Option<bool> json = new("--json") { Description = "one JSON object" };
        Option<bool> salvage = new("--salvage") { Description = "read a damaged capture up to its damage" };
        Command command = new("stats", "Count a BPF capture's events by what they are, with their durations and a histogram.");
        command.Arguments.Add(file);
        command.Options.Add(json);
        command.Options.Add(salvage);
        command.SetAction(parsed => (int)Count(parsed.GetRequiredValue(file), parsed.GetValue(json), parsed.GetValue(salvage) ? ReadMode.Salvage : ReadMode.Strict));
        return command;
    }

    private static ExitCode Count(string file, bool isJson, ReadMode mode)
    {
        using var capture = BpfDecodeCommand.Open(file, isRaw: false, kind: null);
        var tally = new BpfTally();
        var (found, summary) = BpfCaptureFormat.ReadWithSummary(capture, mode);
        foreach (var item in found.Events)
        {
            tally.Add(item);
        }

        if (isJson)
        {
            JsonOutput.Write(json => BpfView.WriteJson(json, tally, summary));
        }
        else
        {
            var title = summary.About.FirstOrDefault(a => a.Key == "program").Value ?? "capture";
            AnsiConsole.Write(BpfView.Render(title, tally, summary.Times, found.Tally.ToString()));
            AnsiConsole.WriteLine();
        }

        return found.Tally.Missing.Count > 0 || found.Tally.Malformed > 0 ? ExitCode.Broken : ExitCode.Passed;
    }
}
