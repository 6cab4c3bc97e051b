using System.CommandLine;
using LabTrace.Cli.LabConfig;
using LabTrace.Tracing;

namespace LabTrace.Cli.Commands.Bpf;

/// <summary><c>labtrace bpf run</c>: records, and shows what comes: lines, JSON, or on a terminal a live table and histogram.</summary>
internal static class BpfRunCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string> program = new("PROGRAM") { Description = $"one of {string.Join(", ", BpfPrograms.Names)}" };
        Argument<string[]> words = new("COMMAND") { Description = "record this command and its children, until it ends", Arity = ArgumentArity.ZeroOrMore };
        Option<string> place = new("--place") { Description = "a place of lab-config/, or the path of a place file", DefaultValueFactory = _ => "emulated", HelpName = "NAME|FILE" };
        Option<TimeSpan?> duration = new("--duration", "-d") { Description = "stop after so long: 500ms, 10s, 2m; else at the command's end or Ctrl-C", HelpName = "TIME", CustomParser = CommandLineValues.TimeLimit };
        Option<string?> output = new("--output", "-o") { Description = "write the capture to this file, to be read with `labtrace bpf decode`, `labtrace bpf stats` or `labtrace trace`", HelpName = "FILE" };
        Option<bool> json = new("--json") { Description = "each event as a line of JSON" };
        Option<bool> events = new("--events") { Description = "each event as a line also on a terminal, instead of a live table" };
        Option<bool> summary = new("--summary", "-c") { Description = "no events, only the table at the end" };
        BpfRunOptions options = new();
        Command command = new("run", """
            Record with an eBPF program until its command ends, a time has passed, or Ctrl-C.
            On a terminal a live table and histogram; else one line an event, as strace prints them. The program is detached on every way out.
            Exit code: 0, or 3 when the program cannot run there; with a COMMAND that fails also 0, its exit code is told.
            """);
        command.Arguments.Add(program);
        command.Arguments.Add(words);
        foreach (var option in (Option[])[place, duration, output, json, events, summary])
        {
            command.Options.Add(option);
        }

        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var name = parsed.GetRequiredValue(program);
            await using var target = await Composition.OpenTargetAsync(Places.Find(parsed.GetRequiredValue(place)), cancellationToken);
            var request = await options.ReadAsync(name, parsed, target, cancellationToken);
            var mode = parsed.GetValue(summary) ? BpfOutput.Summary
                : parsed.GetValue(json) ? BpfOutput.Json
                : parsed.GetValue(events) || Console.IsOutputRedirected ? BpfOutput.Lines : BpfOutput.Live;
            var run = new BpfRun(target, request, parsed.GetValue(words) ?? [], parsed.GetValue(duration), parsed.GetValue(output), mode);
            return (int)await run.RunAsync(cancellationToken);
        });
        return command;
    }
}
