using System.CommandLine;
using LabTrace.Devices;

namespace LabTrace.Cli.Commands.GpuRings;

/// <summary><c>labtrace grtrace record</c>: the relay buffers of all cpus into one file.</summary>
internal static class RecordCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var place = CommandLineValues.Place();
        var load = GrtracePlace.LoadOption();
        Option<string> output = new("--output", "-o") { Description = "the file to write; it must not be there yet unless --force is given", HelpName = "FILE", Required = true };
        Option<bool> force = new("--force", "-f") { Description = "overwrite the file" };
        Option<TimeSpan?> length = new("--for") { Description = "how long, for example 10s; until Ctrl-C when not given", CustomParser = CommandLineValues.TimeLimit, HelpName = "TIME" };
        Option<string?> run = new("--run") { Description = "a program to run at the place; recording ends with it", HelpName = "COMMAND" };
        Command command = new("record", """
            Record the GPU's events until Ctrl-C, for a time, or while a program runs. Reads are destructive: what is recorded here nobody else gets.
            Tracing is started if it is off, and then stopped at the end. Ctrl-C keeps what was recorded; the exit code is 130 where --for or --run was not over.
            """);
        foreach (var option in new Option[] { place, load, output, force, length, run })
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) => (int)await RecordAsync(
            await GrtracePlace.OpenAsync(parsed.GetRequiredValue(place), parsed.GetValue(load), cancellationToken),
            parsed.GetRequiredValue(output),
            parsed.GetValue(force),
            parsed.GetValue(length),
            parsed.GetValue(run),
            cancellationToken));
        return command;
    }

    private static async Task<ExitCode> RecordAsync(GrtracePlace opened, string path, bool force, TimeSpan? length, string? run, CancellationToken cancellationToken)
    {
        await using var place = opened;
        var grtrace = place.Grtrace;
        if (!force && File.Exists(path))
        {
            throw new UsageException($"{path} is there already\n  try: another name, or --force");
        }

        await using var file = File.Create(path);
        var before = await grtrace.ReadStatsAsync(cancellationToken);
        var bytes = 0L;
        var status = ExitCode.Passed;
        try
        {
            if (!before.IsEnabled)
            {
                await grtrace.StartAsync(cancellationToken);
            }

            status = await WhileAsync(place, run, length, async () => bytes += await CopyAsync(grtrace, file, CancellationToken.None), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            status = Cut(run, length);
        }
        finally
        {
            if (!before.IsEnabled)
            {
                await grtrace.StopAsync(CancellationToken.None);
            }
        }

        bytes += await CopyAsync(grtrace, file, CancellationToken.None);
        var grown = (await grtrace.ReadStatsAsync(CancellationToken.None)).Since(before);
        Console.WriteLine($"{path}: {bytes} bytes, {grown.Written} events, {grown.Dropped} dropped, {grown.Lost} lost");
        if (grown.Lost > 0)
        {
            await Console.Error.WriteLineAsync("labtrace: the relay buffers were full at times\n  try: a larger buffer_size, or fewer events: labtrace grtrace config sample=50");
        }

        return status;
    }

    /// <summary>Copies now and then while a program runs, for a time, or until it is cancelled.</summary>
    public static async Task<ExitCode> WhileAsync(GrtracePlace place, string? run, TimeSpan? length, Func<Task> copy, CancellationToken cancellationToken)
    {
        var time = place.Target.Time;
        var started = time.GetTimestamp();
        await using var process = run is null ? null : await place.Target.StartAsync(CommandLine.Parse(run), cancellationToken);
        var end = process?.WaitAsync(cancellationToken);
        while (end is not { IsCompleted: true } && (length is null || time.GetElapsedTime(started) < length))
        {
            await copy();
            var pause = Task.Delay(Pause, time, cancellationToken);
            await (end is null ? pause : Task.WhenAny(end, pause));
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (end is null || !end.IsCompleted)
        {
            return ExitCode.Passed;
        }

        var result = await end;
        if (result.ExitCode != 0)
        {
            await Console.Error.WriteLineAsync($"labtrace: `{run}` ended with exit code {result.ExitCode}; it wrote:\n{result.ErrorText.TrimEnd()}");
        }

        return result.ExitCode == 0 ? ExitCode.Passed : ExitCode.Failed;
    }

    /// <summary>What Ctrl-C means: the end where none was given, otherwise that less was recorded than was asked for.</summary>
    public static ExitCode Cut(string? run, TimeSpan? length) => run is null && length is null ? ExitCode.Passed : ExitCode.Interrupted;

    private static async Task<long> CopyAsync(Grtrace grtrace, FileStream file, CancellationToken cancellationToken)
    {
        var capture = new GrtraceCapture();
        var bytes = await grtrace.CollectAsync(capture, cancellationToken);
        foreach (var (_, stream) in capture.Streams)
        {
            await file.WriteAsync(stream, cancellationToken);
        }

        return bytes;
    }
}
