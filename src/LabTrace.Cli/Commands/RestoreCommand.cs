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
        if (listOnly)
        {
            foreach (var left in JournalDirectory.OfPlace(StateDirectory.Default, place.StateName, TimeProvider.System).List())
            {
                Console.WriteLine($"{left.Since:u} pid {left.OwnerPid} ({(left.OwnerIsAlive ? "running" : "dead")}): {left.Changes} changes of scenario '{left.Scenario}' ({left.Path})");
            }

            return ExitCode.Passed;
        }

        await using var lab = await Lab.OpenAsync(new LabOptions(place, Composition.OpenTargetAsync, Directory.GetCurrentDirectory()), cancellationToken);
        Console.WriteLine(lab.Leftovers.ToString());
        return lab.Leftovers.IsComplete ? ExitCode.Passed : ExitCode.Broken;
    }
}
