using System.CommandLine;

namespace LabTrace.Cli.Commands.GpuRings;

/// <summary><c>labtrace grtrace emit</c>.</summary>
internal static class EmitCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var place = CommandLineValues.Place();
        var load = GrtracePlace.LoadOption();
        var count = CommandLineValues.Number("--count", "emit it so often, the seqno one more each time", least: 1, usual: 1);
        Argument<string[]> words = new("TYPE CTX ENGINE RING SEQNO [STATUS]")
        {
            Description = "an event's name, its context, the number of its engine's bit (0 graphics, 1 compute, 2 copy, 3 and 4 video), ring, seqno and status",
            Arity = new ArgumentArity(5, 6),
        };
        Command command = new("emit", """
            Inject an event, as a GPU driver would give it. While tracing is off it is counted and not written.

            Example:
              labtrace grtrace emit --place bench-3 submit 100 0 1 1
            """);
        command.Arguments.Add(words);
        command.Options.Add(place);
        command.Options.Add(load);
        command.Options.Add(count);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var event_ = parsed.GetRequiredValue(words);
            await using var opened = await GrtracePlace.OpenAsync(parsed.GetRequiredValue(place), parsed.GetValue(load), cancellationToken);
            var before = await opened.Grtrace.ReadStatsAsync(cancellationToken);
            for (var i = 0; i < parsed.GetValue(count); i++)
            {
                if (i > 0 && ulong.TryParse(event_[4], out var seqno))
                {
                    event_[4] = (seqno + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
                }

                await opened.Grtrace.EmitTextAsync(string.Join(' ', event_), cancellationToken);
            }

            var grown = (await opened.Grtrace.ReadStatsAsync(cancellationToken)).Since(before);
            var drops = string.Join(", ", grown.Values.Where(v => v.Value > 0 && Devices.GrtraceStats.IsDrop(v.Key)).Select(v => $"{v.Key} {v.Value}"));
            Console.WriteLine($"{grown.Written} written{(drops.Length == 0 ? "" : ", " + drops)}");
            return (int)ExitCode.Passed;
        });
        return command;
    }
}
