using System.CommandLine;
using LabTrace.Cli.LabConfig;
using LabTrace.Devices;
using LabTrace.Emulation;

namespace LabTrace.Cli.Commands;

/// <summary><c>labtrace emulate</c>: the emulated lab's files where real programs find them.</summary>
internal static class EmulateCommand
{
    private static readonly TimeSpan RunLimit = TimeSpan.FromSeconds(30);

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<string> mount = new("--mount", "-m") { Description = "where: an empty directory, or one that is not there yet", HelpName = "DIR", Required = true };
        var place = CommandLineValues.Place();
        Option<string[]> run = new("--run")
        {
            Description = "a command to run on the emulated machine before its files are shown, as often as wanted; with & at its end it goes on",
            HelpName = "COMMAND",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };
        Option<bool> forAll = new("--for-all") { Description = "let other users use it as well; root always does" };
        Command command = new("emulate", """
            Show the emulated machine's /sys, debugfs, tracefs, /proc and /dev as files, until Ctrl-C: cat, echo and shell scripts meet
            the same texts, errors and waiting as on a real kernel. Its time goes with the real one.

            Root mounts directly; other users need fusermount3 (package fuse3) and /dev/fuse.

            Examples:
              labtrace emulate --mount /tmp/lab
              labtrace emulate --mount /tmp/lab --run "modprobe -a grtrace grtrace_drm_bridge" --run "glxgears &"
              cat /tmp/lab/sys/kernel/debug/grtrace/stats
            """);
        foreach (var option in new Option[] { mount, place, run, forAll })
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) => (int)await EmulateAsync(
            Places.Find(parsed.GetRequiredValue(place)),
            parsed.GetRequiredValue(mount),
            parsed.GetValue(run) ?? [],
            parsed.GetValue(forAll),
            cancellationToken));
        return command;
    }

    private static async Task<ExitCode> EmulateAsync(PlaceDescription place, string directory, string[] commands, bool forAll, CancellationToken cancellationToken)
    {
        if (place.Kind != TargetKind.Emulated)
        {
            throw new UsageException($"place '{place.Name}' is not emulated: its files are its own\n  try: a place of kind emulated, or leave --place out");
        }

        await using var opened = await Composition.OpenTargetAsync(place, cancellationToken);
        var target = (EmulatedTarget)opened;
        var running = new List<ITargetProcess>();
        try
        {
            foreach (var command in commands)
            {
                await RunAsync(target, command.Trim(), running, cancellationToken);
            }

            await using var mount = EmulatedMount.Mount(target, directory, forAll, Tell);
            Console.WriteLine($"{Path.GetFullPath(directory)} shows the files of '{place.Name}'; Ctrl-C ends it");
            await Console.Out.FlushAsync(cancellationToken);
            try
            {
                await mount.Unmounted.WaitAsync(cancellationToken);
                Tell($"{directory} was unmounted");
            }
            catch (OperationCanceledException)
            {
                // That is how it is meant to end.
            }

            return ExitCode.Passed;
        }
        finally
        {
            foreach (var process in running)
            {
                await process.DisposeAsync();
            }
        }
    }

    private static async Task RunAsync(EmulatedTarget target, string text, List<ITargetProcess> running, CancellationToken cancellationToken)
    {
        var goesOn = text.EndsWith('&');
        var command = new Devices.Command("sh", "-c", goesOn ? text[..^1] : text);
        if (goesOn)
        {
            running.Add(await target.StartAsync(command, cancellationToken));
            return;
        }

        var result = await target.RunAsync(command with { Timeout = RunLimit }, cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new UsageException($"'{text}' ended with {result.ExitCode} on the emulated machine: {result.ErrorText.Trim()}");
        }
    }

    private static void Tell(string message) => Console.Error.WriteLine($"labtrace: {message}");
}
