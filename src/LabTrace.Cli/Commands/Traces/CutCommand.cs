using LabTrace.Tracing;

namespace LabTrace.Cli.Commands.Traces;

/// <summary><c>labtrace trace cut</c>: a part of a capture as a capture.</summary>
internal static class CutCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var file = TraceOptions.File();
        var output = ConvertCommand.Output();
        var compression = ConvertCommand.Compression();
        Command command = new("cut", """
            Keep a part of a capture: a window of time, cpus, threads, events. Binary captures stay trace.dat, text stays text,
            unless the output's name says otherwise.

            Examples:
              labtrace trace cut trace.dat --after 1.5s --before 1.6s -o part.dat
              labtrace trace cut trace.dat --cpu 2 -e "sched:*" -o cpu2.dat --compression zstd
            """);
        command.Arguments.Add(file);
        command.Options.Add(output);
        command.Options.Add(compression);
        var options = new TraceOptions().AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var path = parsed.GetValue(output);
            using var input = options.Open(parsed, parsed.GetRequiredValue(file));
            return Task.FromResult((int)ConvertCommand.Run(
                input, KindOf(path, input.Info), path, new ExportOptions { Compression = parsed.GetRequiredValue(compression) }, cancellationToken));
        });
        return command;
    }

    /// <summary>What to write when nobody says: the kind of the output's name, else that of the capture.</summary>
    public static ExportKind KindOf(string? path, TraceInfo info) =>
        (path is null ? null : TraceExports.ForFile(path)) ?? TraceExports.Find(info.Explanation is null ? "text" : "dat")!;
}
