using System.CommandLine;
using LabTrace.Cli.Commands.Traces;
using LabTrace.Tracing;

namespace LabTrace.Cli.Commands.Timelines;

/// <summary><c>labtrace timeline merge</c>: annotations of cpus and a GPU's stream as one.</summary>
internal static class TimelineMergeCommand
{
    private static readonly string[] Kinds = ["text", "pretty", "chrome"];

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var cpu = TimelineInput.CpuOption();
        var gpu = TimelineInput.GpuOption();
        var offset = TimelineInput.OffsetOption();
        Option<bool> stats = new("--stats-only") { Description = "only count: events, rates, who submitted how many jobs" };
        Option<string?> output = new("--output", "-o") { Description = "the file to write; standard output when none is named", HelpName = "FILE" };
        Option<string?> kind = new("--as")
        {
            Description = "text for programs, pretty for people, chrome for Perfetto and chrome://tracing [default: chrome for FILE.json, otherwise text]",
            HelpName = "text|pretty|chrome",
        };
        kind.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !Kinds.Contains(token.Value, StringComparer.Ordinal))
            {
                result.AddError($"'{token.Value}' is no form of a timeline; write text, pretty or chrome");
            }
        });
        Option<bool> verbose = new("--verbose", "-v") { Description = "count as well, on standard error" };
        var json = TraceOptions.Json("with --stats-only: as one JSON object");
        Command command = new("merge", """
            Merge annotations of cpus and a GPU's stream by time, and say for each job whose ioctl submitted it.

            The clock offset is ADDED to the GPU's times: when its clock is ahead, the offset is negative. (Where it is found by hand as
            gpu time - cpu time of one event, give it with the other sign.)

            Examples:
              labtrace timeline merge --cpu cpu_events.txt --gpu gpu_events.bin -o merged.txt
              labtrace timeline merge --cpu cpu_events.txt --gpu gpu_events.bin --clock-offset auto --as pretty
              labtrace timeline merge --cpu cpu_events.txt --gpu gpu_events.bin -o both.json
              labtrace timeline merge --cpu cpu_events.txt --gpu gpu_events.bin --stats-only
            """);
        foreach (var option in new Option[] { cpu, gpu, offset, stats, output, kind, verbose, json })
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancellationToken) =>
        {
            using var input = TimelineInput.Open(parsed.GetValue(cpu), parsed.GetValue(gpu) ?? [], parsed.GetValue(offset), cancellationToken);
            if (parsed.GetValue(stats))
            {
                input.Run(null, cancellationToken);
                TimelineStats.Tell(input, Console.Out, parsed.GetValue(json));
            }
            else
            {
                Merge(input, parsed.GetValue(output), parsed.GetValue(kind), cancellationToken);
                if (parsed.GetValue(verbose))
                {
                    TimelineStats.Tell(input, Console.Error, isJson: false);
                }
            }

            input.WriteWarnings();
            return Task.FromResult((int)ExitCode.Passed);
        });
        return command;
    }

    private static void Merge(TimelineInput input, string? path, string? kind, CancellationToken cancellationToken)
    {
        kind ??= path?.EndsWith(".json", StringComparison.OrdinalIgnoreCase) == true ? "chrome" : "text";
        using var output = TraceOutput.Open(path, isBinary: false);
        if (kind == "chrome")
        {
            using var chrome = new GrtTimelineChrome(output.Stream, input.Gpu?.Session.Metadata.Gpu ?? "");
            input.Run(chrome, cancellationToken);
        }
        else
        {
            var text = new GrtTimelineText(output.Stream, isForPeople: kind == "pretty");
            text.WriteHeader();
            input.Run(text, cancellationToken);
        }

        output.Complete();
    }
}
