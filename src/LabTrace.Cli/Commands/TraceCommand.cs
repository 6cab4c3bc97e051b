using LabTrace.Cli.Commands.Traces;

namespace LabTrace.Cli.Commands;

/// <summary><c>labtrace trace</c>: looks into captures, asks them, writes them as other files; no lab is needed.</summary>
internal static class TraceCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Command command = new("trace", "Look into recorded traces, ask them, convert, cut and merge them.");
        command.Subcommands.Add(InfoCommand.Create());
        command.Subcommands.Add(ShowCommand.Create());
        command.Subcommands.Add(StatsCommand.Create());
        command.Subcommands.Add(QueryCommand.Create());
        command.Subcommands.Add(LatencyCommand.Create());
        command.Subcommands.Add(CompareCommand.Create());
        command.Subcommands.Add(ConvertCommand.Create());
        command.Subcommands.Add(CutCommand.Create());
        command.Subcommands.Add(MergeCommand.Create());
        return command;
    }
}
