using System.CommandLine;
using LabTrace.Cli.LabConfig;
using LabTrace.Devices.Recordings;

namespace LabTrace.Cli.Commands.TimeCards;

/// <summary><c>labtrace record-place</c>: reads a real machine's Time Card tree into a fixture that an emulated place replays.</summary>
internal static class RecordPlaceCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var place = CommandLineValues.Place();
        place.DefaultValueFactory = _ => "local";
        Argument<string> directory = new("DIR") { Description = "the directory to write; it must not be there, or be empty" };
        Command command = new("record-place", """
            Read the Time Cards of a machine, all attributes, links and errors, into a directory.
            A place file with `kind: emulated` and `replay: DIR` replays it: evidence of level L1.
            devices.umockdev in it is for umockdev; `replay:` takes such a file too.
            """);
        command.Arguments.Add(directory);
        command.Options.Add(place);
        command.SetAction(async (parsed, cancellationToken) =>
            (int)await RecordAsync(parsed.GetRequiredValue(place), parsed.GetRequiredValue(directory), cancellationToken));
        return command;
    }

    private static async Task<ExitCode> RecordAsync(string placeName, string directory, CancellationToken cancellationToken)
    {
        if (File.Exists(directory) || (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any()))
        {
            throw new UsageException($"'{directory}' is there already, and not an empty directory");
        }

        await using var target = await Composition.OpenTargetAsync(Places.Find(placeName), cancellationToken);
        var recording = await PlaceRecorder.RecordAsync(target, message => Console.Error.WriteLine($"labtrace: {message}"), cancellationToken);
        await recording.WriteAsync(directory, cancellationToken);
        var refused = recording.Entries.Count(e => e.Errno != Devices.Errno.None);
        Console.WriteLine($"{recording.Entries.Count} entries of {placeName} ({recording.Kernel.Release}) recorded in {directory}, {refused} of them refusals");
        Console.WriteLine($"replay them with a place file: kind: emulated, replay: {directory}");
        return ExitCode.Passed;
    }
}
