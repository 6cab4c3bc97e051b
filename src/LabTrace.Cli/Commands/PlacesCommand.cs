using LabTrace.Cli.LabConfig;
using LabTrace.Devices;

namespace LabTrace.Cli.Commands;

/// <summary><c>labtrace places</c>: what there is to run at.</summary>
internal static class PlacesCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Command command = new("places", "List the places of lab-config/ and those built in.");
        command.SetAction(_ => (int)List());
        return command;
    }

    private static ExitCode List()
    {
        var worst = ExitCode.Passed;
        foreach (var name in Places.Names())
        {
            try
            {
                var place = Places.Find(name);
                Console.WriteLine($"{name,-16} {place.Kind.ToString().ToLowerInvariant(),-10} {place.Description}  ({place.SourceFile ?? "built in"})");
            }
            catch (LabConfigException e)
            {
                Console.Error.WriteLine($"labtrace: {e.Message}");
                worst = ExitCode.Usage;
            }
        }

        return worst;
    }
}
