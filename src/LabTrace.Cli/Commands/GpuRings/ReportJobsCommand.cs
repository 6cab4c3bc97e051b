using System.CommandLine;
using LabTrace.Cli.Commands.Traces;
using LabTrace.Tracing.Queries;

namespace LabTrace.Cli.Commands.GpuRings;

/// <summary><c>labtrace grtrace report</c>: the jobs of a GRT stream, one a line, or what they come to.</summary>
internal static class ReportJobsCommand
{
    private static readonly string[] Histograms = ["lat", "size", "result"];

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<string[]> input = new("--input", "-i")
        {
            Description = "a recorded stream, or the files of several cpus; - is standard input; without it the place's relay buffers are read while they fill",
            HelpName = "FILE",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
        Option<int> top = CommandLineValues.Number("--topn", "only the N jobs that ran longest (t_exec; where it is not known, first to last event)", least: 0, usual: 0);
        Option<string?> histogram = new("--hist")
        {
            Description = "a histogram: lat (first to last event of a job, ns), size (bytes of records) or result (status of jobs)",
            HelpName = "lat|size|result",
            Arity = ArgumentArity.ZeroOrOne,
        };
        histogram.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !Histograms.Contains(result.Tokens[0].Value, StringComparer.Ordinal))
            {
                result.AddError($"'{result.Tokens[0].Value}' is no histogram; write lat, size or result");
            }
        });
        Option<bool> perRing = new("--per-ring") { Description = "sum up by ring" };
        Option<bool> perContext = new("--per-ctx") { Description = "sum up by context" };
        Option<string?> engine = new("--engine") { Description = "only this engine, by its name in any case", HelpName = "NAME" };
        Option<uint?> ring = new("--ring") { Description = "only this ring", HelpName = "ID" };
        Option<TimePoint?> since = Point("--since", "from here on: 1.5s behind the first event, or @2822.408285 on the stream's clock");
        Option<TimePoint?> until = Point("--until", "up to here, likewise");
        var json = TraceOptions.Json("as one JSON object");
        var place = CommandLineValues.Place();
        var load = GrtracePlace.LoadOption();
        Option<TimeSpan?> length = new("--for") { Description = "without --input: how long, for example 10s; until Ctrl-C when not given", CustomParser = CommandLineValues.TimeLimit, HelpName = "TIME" };
        Option<string?> run = new("--run") { Description = "without --input: a program to run at the place; the report ends with it", HelpName = "COMMAND" };
        Command command = new("report", """
            Tell of each job in a GRT stream how long it queued, ran and waited.

            Columns, in ns: t_queue = START - COMMIT (from SUBMIT, marked s, where the adapter never tells COMMIT), t_exec = END - START,
            t_gpu_wait = the sum of SYNC_WAIT_EXIT - SYNC_WAIT_ENTER, t_complete = COMPLETE - END. NA where the adapter cannot know.

            Examples:
              labtrace grtrace report -i data.bin
              labtrace grtrace report -i events0 events1 --per-ring
              labtrace grtrace report -i data.bin --engine GRAPHICS --topn 20
              labtrace grtrace report -i data.bin --hist lat --json
              labtrace grtrace report --place bench-3 --for 10s
            """);
        foreach (var option in new Option[] { input, top, histogram, perRing, perContext, engine, ring, since, until, json, place, load, length, run })
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new GrtraceReportRequest
            {
                Top = parsed.GetValue(top),
                Histogram = parsed.GetResult(histogram) is null ? null : parsed.GetValue(histogram) ?? "lat",
                PerRing = parsed.GetValue(perRing),
                PerContext = parsed.GetValue(perContext),
                Engine = parsed.GetValue(engine),
                Ring = parsed.GetValue(ring),
                Since = parsed.GetValue(since),
                Until = parsed.GetValue(until),
            };
            using var output = TraceOutput.OpenPaged(mayPage: false);
            if (parsed.GetValue(input) is not { Length: > 0 } files)
            {
                await using var opened = await GrtracePlace.OpenAsync(parsed.GetRequiredValue(place), parsed.GetValue(load), cancellationToken);
                return (int)await LiveReport.RunAsync(opened, request, output.Stream, parsed.GetValue(json), parsed.GetValue(run), parsed.GetValue(length), cancellationToken);
            }

            using var stream = GrtraceInput.Open(files, cancellationToken);
            new GrtraceReport(request, stream.Reader, output.Stream, parsed.GetValue(json)) { TextMalformed = stream.MalformedLines }.Run(stream.Progress, cancellationToken);
            foreach (var warning in stream.TextWarnings)
            {
                await Console.Error.WriteLineAsync($"labtrace: warning: {warning}");
            }

            return (int)ExitCode.Passed;
        });
        return command;
    }

    private static Option<TimePoint?> Point(string name, string description) =>
        new(name) { Description = description, HelpName = "TIME", CustomParser = r => TraceOptions.Parsed<TimePoint?>(r, text => TimePoint.Parse(text)) };
}
