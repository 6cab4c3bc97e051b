using System.CommandLine;
using LabTrace.Tracing;

namespace LabTrace.Cli.Commands.Traces;

/// <summary><c>labtrace trace show</c>: a capture's events for people.</summary>
internal static class ShowCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var file = TraceOptions.File();
        var head = CommandLineValues.Number("--head", "only the first N events; 0 for all", least: 0, usual: 0);
        Option<bool> lanes = new("--lanes", "-l") { Description = "a column for each cpu" };
        Option<bool> noPager = new("--no-pager") { Description = "do not page on a terminal" };
        var json = TraceOptions.Json("as JSON, one object a line");
        Command command = new("show", """
            Print a capture's events as ftrace does, page by page on a terminal; nothing is read before it is wanted.
            The text of a file is first looked through for events out of order; what comes through a pipe is shown as it comes.

            Examples:
              labtrace trace show trace.dat
              labtrace trace show trace.dat --lanes --cpu 0-3 --after 1.5s --before 1.6s
              labtrace trace show trace.dat -e "sched:sched_switch where next_comm = sleep" --head 10
              cat /sys/kernel/tracing/trace_pipe | labtrace trace show -
            """);
        command.Arguments.Add(file);
        foreach (var option in new Option[] { head, lanes, noPager, json })
        {
            command.Options.Add(option);
        }

        var options = new TraceOptions().AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            using var input = options.Open(parsed, parsed.GetRequiredValue(file), WantedOrder.TimeUnlessLive);
            using var output = TraceOutput.OpenPaged(!parsed.GetValue(noPager));
            var most = parsed.GetValue(head) is var n and > 0 ? n : long.MaxValue;
            using ITraceExport export = parsed.GetValue(lanes)
                ? new LaneExport(output.Stream, input.Info, LaneExport.TerminalColumns)
                : TraceConversion.Open(TraceExports.Find(parsed.GetValue(json) ? "jsonl" : "text")!, output.Stream, input.Info);
            Show(input, export, most, cancellationToken);
            return Task.FromResult((int)ExitCode.Passed);
        });
        return command;
    }

    private static void Show(TraceInput input, ITraceExport export, long most, CancellationToken cancellationToken)
    {
        input.LeaveTerminalToOutput();
        while (input.Events.Kept < most && input.Read(out var item, cancellationToken))
        {
            foreach (var loss in input.Events.Losses)
            {
                export.WriteLoss(loss.Cpu, loss.Count, loss.Buffer);
            }

            export.Write(item, input.Events.Buffer);
        }

        input.Progress.Clear();
        foreach (var note in export.Complete(input.Events.Tally))
        {
            Console.Error.WriteLine($"labtrace: {note}");
        }

        input.WriteWarnings();
    }
}
