using System.CommandLine;
using System.Text;
using LabTrace.Cli.Commands.Traces;
using LabTrace.Tracing;

namespace LabTrace.Cli.Commands.Timelines;

/// <summary><c>labtrace timeline show</c>: a timeline as lanes in the terminal, and how long jobs took.</summary>
internal static class TimelineShowCommand
{
    private const int UsualWidth = 120;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string?> file = new("FILE") { Description = "a merged timeline in either text form, or a GPU's stream", Arity = ArgumentArity.ZeroOrOne };
        var cpu = TimelineInput.CpuOption();
        var gpu = TimelineInput.GpuOption();
        var offset = TimelineInput.OffsetOption();
        Option<bool> latencyOnly = new("--latency-only") { Description = "no lanes" };
        Option<int> width = CommandLineValues.Number("--width", "columns; the terminal's when 0", least: 0, usual: 0);
        Option<bool> ascii = new("--ascii") { Description = "draw with ASCII characters" };
        Command command = new("show", """
            Draw how busy processes were in ioctls and rings with jobs, and tell how long jobs queued, ran and took to complete.

            Examples:
              labtrace timeline show merged.txt
              labtrace timeline show --cpu cpu_events.txt --gpu gpu_events.bin --clock-offset auto
              labtrace timeline show merged.txt --latency-only
            """);
        command.Arguments.Add(file);
        foreach (var option in new Option[] { cpu, gpu, offset, latencyOnly, width, ascii })
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancellationToken) =>
        {
            var lanes = new GrtTimelineLanes();
            var (path, cpuPath, gpuPaths) = (parsed.GetValue(file), parsed.GetValue(cpu), parsed.GetValue(gpu) ?? []);
            if (path is not null && (cpuPath is not null || gpuPaths.Length > 0))
            {
                throw new UsageException("a merged FILE and --cpu or --gpu exclude each other");
            }

            Read(path, cpuPath, gpuPaths, parsed.GetValue(offset), lanes, cancellationToken);
            if (!parsed.GetValue(latencyOnly))
            {
                Console.Write(lanes.Draw(Width(parsed.GetValue(width)), parsed.GetValue(ascii) || Console.OutputEncoding.CodePage != Encoding.UTF8.CodePage));
                Console.WriteLine();
            }

            Console.Write(lanes.Latencies());
            return Task.FromResult((int)ExitCode.Passed);
        });
        return command;
    }

    private static void Read(string? path, string? cpu, string[] gpu, string? offset, GrtTimelineLanes lanes, CancellationToken cancellationToken)
    {
        if (path is not null)
        {
            using var capture = TraceInput.Find(path);
            if (!new GrtFormat().Recognises(capture.Start.Span))
            {
                if (!new GrtTextFormat().Recognises(capture.Start.Span))
                {
                    throw new UsageException($"'{path}' is no timeline; it looks like {TraceFormats.Recognise(capture.Start.Span)?.Name ?? "nothing that LabTrace knows"}\n  try: what `labtrace timeline merge` wrote");
                }

                using var reader = TraceReader.Open(capture, ReadMode.Salvage);
                GrtMergedText.Run(reader, lanes, cancellationToken);
                foreach (var sample in reader.Tally.Samples)
                {
                    Console.Error.WriteLine($"labtrace: warning: failed to parse line at offset {sample.Offset}: {sample.Excerpt}");
                }

                return;
            }

            gpu = [path];
        }

        using var input = TimelineInput.Open(cpu, gpu, offset, cancellationToken);
        input.Run(lanes, cancellationToken);
        input.WriteWarnings();
    }

    private static int Width(int asked) => asked > 0 ? asked : Console.IsOutputRedirected ? UsualWidth : Math.Max(40, Console.WindowWidth - 1);
}
