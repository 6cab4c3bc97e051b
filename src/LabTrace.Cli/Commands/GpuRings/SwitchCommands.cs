namespace LabTrace.Cli.Commands.GpuRings;

/// <summary><c>labtrace grtrace start</c> and <c>stop</c>.</summary>
internal static class SwitchCommands
{
    /// <summary>Makes <c>start</c>.</summary>
    public static Command CreateStart() => Create("start", "Start tracing; it goes on until it is stopped.", on: true);

    /// <summary>Makes <c>stop</c>.</summary>
    public static Command CreateStop() => Create("stop", "Stop tracing; what was recorded can still be read.", on: false);

    private static Command Create(string name, string description, bool on)
    {
        var place = CommandLineValues.Place();
        var load = GrtracePlace.LoadOption();
        Command command = new(name, description);
        command.Options.Add(place);
        command.Options.Add(load);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var opened = await GrtracePlace.OpenAsync(parsed.GetRequiredValue(place), parsed.GetValue(load), cancellationToken);
            var wasOn = await opened.Grtrace.IsEnabledAsync(cancellationToken);
            await (on ? opened.Grtrace.StartAsync(cancellationToken) : opened.Grtrace.StopAsync(cancellationToken));
            Console.WriteLine($"grtrace on '{opened.Target.Name}' {(wasOn == on ? $"was {(on ? "started" : "stopped")} already" : on ? "started" : "stopped")}");
            return (int)ExitCode.Passed;
        });
        return command;
    }
}
