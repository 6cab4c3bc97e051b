using System.CommandLine;
using LabTrace.Tracing;

namespace LabTrace.Cli.Commands.Traces;

/// <summary><c>labtrace trace merge</c>: several captures of one clock as one.</summary>
internal static class MergeCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string[]> files = new("FILE") { Description = "captures of one trace clock, two or more", Arity = new ArgumentArity(2, 64) };
        var output = ConvertCommand.Output();
        var compression = ConvertCommand.Compression();
        Option<string?> shift = new("--shift")
        {
            Description = "what to add to the times of each capture, in their order: 0,1.5ms,-200us",
            HelpName = "TIME,…",
        };
        Command command = new("merge", """
            Join captures by time. In trace.dat each keeps a buffer of its own, named after its file; all must have one trace clock.

            Examples:
              labtrace trace merge host.dat guest.dat -o both.dat
              labtrace trace merge left.dat right.dat --shift 0,1.5ms -o both.pftrace
            """);
        command.Arguments.Add(files);
        command.Options.Add(output);
        command.Options.Add(compression);
        command.Options.Add(shift);
        var options = new TraceOptions().AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var path = parsed.GetValue(output);
            var paths = parsed.GetRequiredValue(files);
            var shifts = Shifts(parsed.GetValue(shift), paths.Length);
            using var input = options.Open(parsed, paths, shifts);
            return Task.FromResult((int)ConvertCommand.Run(
                input, CutCommand.KindOf(path, input.Info), path, new ExportOptions { Compression = parsed.GetRequiredValue(compression) }, cancellationToken));
        });
        return command;
    }

    private static Duration[] Shifts(string? text, int count)
    {
        if (text is null)
        {
            return new Duration[count];
        }

        var parts = text.Split(',');
        if (parts.Length != count)
        {
            throw new UsageException($"--shift has {parts.Length} times for {count} captures\n  try: one for each, 0 for those that stay");
        }

        return [.. parts.Select(p => p.Trim() == "0" ? Duration.Zero : Duration.TryParse(p, out var shift) ? shift
            : throw new UsageException($"'{p}' is no length of time; write for example 1.5ms or -200us"))];
    }
}
