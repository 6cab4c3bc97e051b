using System.CommandLine;
using LabTrace.Cli.LabConfig;
using LabTrace.Devices;

namespace LabTrace.Cli.Commands;

/// <summary><c>labtrace restore</c>: undoes what runs that were killed left changed.</summary>
internal static class RestoreCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var place = CommandLineValues.Place();
        place.DefaultValueFactory = _ => "local";
        Option<bool> list = new("--list") { Description = "only list what is left, undo nothing" };
        Command command = new("restore", "Undo what runs that were killed left changed at a place.");
        command.Options.Add(place);
        command.Options.Add(list);
        command.SetAction(async (parsed, cancellationToken) => (int)await RestoreAsync(parsed.GetRequiredValue(place), parsed.GetValue(list), cancellationToken));
        return command;
    }

    private static async Task<ExitCode> RestoreAsync(string name, bool listOnly, CancellationToken cancellationToken)
    {
        var place = Places.Find(name);
        var journals = JournalDirectory.OfPlace(StateDirectory.Default, place.Name, TimeProvider.System);
        if (listOnly)
        {
            foreach (var left in journals.List())
            {
                Console.WriteLine($"{left.Since:u} pid {left.OwnerPid} ({(left.OwnerIsAlive ? "running" : "dead")}): {left.Changes} changes of scenario '{left.Scenario}' ({left.Path})");
            }

            return ExitCode.Passed;
        }

        await using var target = await Composition.OpenTargetAsync(place, cancellationToken);
        var report = await journals.RestoreAsync(target, cancellationToken);
        Console.WriteLine(report.ToString());
        return report.IsComplete ? ExitCode.Passed : ExitCode.Broken;
    }
}
