using LabTrace.Cli.Commands.Timelines;

namespace LabTrace.Cli.Commands;

/// <summary><c>labtrace timeline</c>: what cpus and a GPU did, on one line of time.</summary>
internal static class TimelineCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Command command = new("timeline", "Merge what cpus and a GPU told into one timeline, and draw it.");
        command.Subcommands.Add(TimelineMergeCommand.Create());
        command.Subcommands.Add(TimelineShowCommand.Create());
        return command;
    }
}
