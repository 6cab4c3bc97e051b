using System.CommandLine;
using System.Diagnostics;
using LabTrace.Cli.LabConfig;
using LabTrace.Devices;
using LabTrace.Devices.Vm;

namespace LabTrace.Cli.Commands;

/// <summary><c>labtrace vm</c>: a virtual machine of a place, for people.</summary>
internal static class VmCommand
{
    private const string UsualPlace = "vm";
    private static readonly TimeSpan DownLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Command command = new("vm", "Start, enter and end a virtual machine of a place of kind vm. Runs of scenarios start machines of their own.");
        command.Subcommands.Add(Up());
        command.Subcommands.Add(Ssh());
        command.Subcommands.Add(Down());
        return command;
    }

    private static Option<string> Place()
    {
        var place = CommandLineValues.Place();
        place.DefaultValueFactory = _ => UsualPlace;
        return place;
    }

    private static Command Up()
    {
        var place = Place();
        Command up = new("up", "Start a machine with an ssh server and hold it until Ctrl-C, or `labtrace vm down`; `labtrace vm up &` leaves the terminal free.");
        up.Options.Add(place);
        up.SetAction(async (parsed, cancellationToken) =>
        {
            var found = VmPlace(parsed.GetRequiredValue(place));
            VmTarget.Require(found);
            var agent = await AgentProgram.FindAsync(Tell, cancellationToken);
            var console = Path.Combine("artifacts", "vm", found.Name + "-console.log");
            await PeoplesVm.HoldAsync(
                found,
                agent,
                Composition.Cards(found),
                console,
                Tell,
                vm =>
                {
                    Console.WriteLine($"up: ssh {CommandLine.Join(vm.SshArguments)}");
                    Console.WriteLine($"  or: labtrace vm ssh --place {found.Name}; labtrace vm down --place {found.Name}; its console is in {console}");
                },
                TimeProvider.System,
                cancellationToken);
            return (int)ExitCode.Passed;
        });
        return up;

        static void Tell(string message) => Console.Error.WriteLine($"labtrace: {message}");
    }

    private static Command Ssh()
    {
        var place = Place();
        Argument<string[]> words = new("COMMAND") { Description = "what to run there; a shell when nothing is given", Arity = ArgumentArity.ZeroOrMore };
        Command ssh = new("ssh", "Enter the machine that is up, or run a command there.");
        ssh.Options.Add(place);
        ssh.Arguments.Add(words);
        ssh.SetAction(async (parsed, cancellationToken) =>
        {
            var running = Running(parsed.GetRequiredValue(place));
            using var process = Process.Start(new ProcessStartInfo("ssh", [.. running.SshArguments, .. parsed.GetValue(words) ?? []]) { UseShellExecute = false })!;
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode;
        });
        return ssh;
    }

    private static Command Down()
    {
        var place = Place();
        Command down = new("down", "End the machine that is up.");
        down.Options.Add(place);
        down.SetAction(async (parsed, cancellationToken) =>
        {
            var name = parsed.GetRequiredValue(place);
            if (PeoplesVm.Find(VmPlace(name)) is not { } running)
            {
                Console.WriteLine($"no machine of '{name}' is up");
                return (int)ExitCode.Passed;
            }

            await using var machine = new LocalTarget();
            _ = await machine.RunAsync(new Devices.Command("kill", "-TERM", running.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture)), cancellationToken);
            var started = TimeProvider.System.GetTimestamp();
            while (PeoplesVm.Find(VmPlace(name)) is not null)
            {
                if (TimeProvider.System.GetElapsedTime(started) > DownLimit)
                {
                    throw new TargetUnreachableException(name, $"pid {running.Pid}, which holds its machine, does not end", $"kill -KILL {running.Pid}");
                }

                await Task.Delay(Poll, TimeProvider.System, cancellationToken);
            }

            Console.WriteLine($"'{name}' is down");
            return (int)ExitCode.Passed;
        });
        return down;
    }

    private static PlaceDescription VmPlace(string name)
    {
        var place = Places.Find(name);
        return place.Kind == TargetKind.Vm ? place : throw new LabConfigException($"place '{place.Name}' is of kind {place.Kind.ToString().ToLowerInvariant()}, not vm", "labtrace places");
    }

    private static RunningVm Running(string name) => PeoplesVm.Find(VmPlace(name))
        ?? throw new LabConfigException($"no machine of '{name}' is up", $"labtrace vm up --place {name}");
}
