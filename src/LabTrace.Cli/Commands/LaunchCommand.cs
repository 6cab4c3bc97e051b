using System.CommandLine;
using LabTrace.Devices;
using LabTrace.Reports;
using LabTrace.Reports.ReportPortal;

namespace LabTrace.Cli.Commands;

/// <summary><c>labtrace launch</c>: starts and finishes a ReportPortal launch that many shards report into.</summary>
internal static class LaunchCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Command command = new("launch", "Start and finish a ReportPortal launch that many shards report into, each with RP_LAUNCH_ID set to its id.");
        command.Subcommands.Add(CreateStart());
        command.Subcommands.Add(CreateFinish());
        return command;
    }

    private static Command CreateStart()
    {
        var configuration = Configuration();
        Command start = new("start", "Start a launch as ReportPortal's configuration describes it, and print its id.");
        start.Options.Add(configuration);
        start.SetAction((parsed, cancellationToken) => DoAsync(parsed.GetValue(configuration), async launch => Console.WriteLine((await launch.StartAsync(cancellationToken)).ToString())));
        return start;
    }

    private static Command CreateFinish()
    {
        var configuration = Configuration();
        Argument<Guid> id = new("ID") { Description = "what `labtrace launch start` printed" };
        Command finish = new("finish", "Finish a launch when all its shards have ended.");
        finish.Arguments.Add(id);
        finish.Options.Add(configuration);
        finish.SetAction((parsed, cancellationToken) => DoAsync(
            parsed.GetValue(configuration),
            async launch => Console.WriteLine($"ReportPortal: finished{await launch.FinishAsync(parsed.GetValue(id), cancellationToken)}")));
        return finish;
    }

    private static Option<string?> Configuration() => new("--config") { Description = "a configuration file instead of ReportPortal.config.json", HelpName = "FILE" };

    private static async Task<int> DoAsync(string? configuration, Func<ReportPortalLaunch, Task> act)
    {
        ReportPortalLaunch launch;
        try
        {
            launch = new ReportPortalLaunch(configuration, SecretRedactor.Process.Add, TimeProvider.System);
        }
        catch (ReportException e)
        {
            throw new UsageException(e.Message);
        }

        using (launch)
        {
            await act(launch);
        }

        return (int)ExitCode.Passed;
    }
}
