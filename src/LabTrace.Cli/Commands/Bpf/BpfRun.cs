using System.Text;
using System.Text.Json;
using LabTrace.Devices;
using LabTrace.Tracing;
using Spectre.Console;

namespace LabTrace.Cli.Commands.Bpf;

/// <summary>One recording from the command line.</summary>
internal sealed class BpfRun(ITarget target, BpfRequest request, string[] words, TimeSpan? duration, string? file, BpfOutput mode)
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(500);
    private readonly BpfTally _tally = new();
    private readonly BpfStreamDecoder _decoder = new();
    private readonly Lock _gate = new();

    public async Task<ExitCode> RunAsync(CancellationToken cancellationToken)
    {
        await using var changes = TargetChanges.InMemory(target);
        await using var process = words.Length == 0 ? null : await BpfRecorder.StartHeldAsync(
            changes, new Devices.Command(words[0], words[1..]), cancellationToken);
        var asked = process is null ? request : request with { Commands = [process.Pid] };
        await using var session = await BpfRecorder.StartAsync(changes, asked, cancellationToken);
        Tell($"{request.Program} on '{target.Name}', attached by {session.Report.Mechanism} in {session.Report.Elapsed.TotalMilliseconds:0} ms{(process is null && duration is null ? "; Ctrl-C ends it" : "")}");
        await using var capture = file is null ? null : File.Create(file);
        var reading = ReadAsync(session.Capture, capture);
        CommandResult? result = null;
        var isInterrupted = false;
        try
        {
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var showing = mode == BpfOutput.Live ? ShowAsync(session, ends.Token) : Task.CompletedTask;
            try
            {
                result = await WaitAsync(process, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // What was recorded until then is shown like any other recording.
                isInterrupted = true;
            }

            await ends.CancelAsync();
            await showing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            await session.StopAsync(CancellationToken.None);
        }

        await reading;
        Finish(result);
        return isInterrupted && words.Length > 0 ? ExitCode.Interrupted : ExitCode.Passed;
    }

    private static void Tell(string message) => Console.Error.WriteLine($"labtrace: {message}");

    private async Task<CommandResult?> WaitAsync(ITargetProcess? process, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (process is null)
        {
            await Task.Delay(duration ?? Timeout.InfiniteTimeSpan, target.Time, cancellationToken);
            return null;
        }

        await process.ReleaseAsync(cancellationToken);
        if (duration is not { } time)
        {
            return await process.WaitAsync(cancellationToken);
        }

        await using var timer = target.Time.CreateTimer(_ => limit.Cancel(), null, time, Timeout.InfiniteTimeSpan);
        try
        {
            return await process.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task ReadAsync(Stream from, Stream? into)
    {
        var buffer = new byte[1 << 18];
        var lines = new StringBuilder();
        while (await from.ReadAsync(buffer, CancellationToken.None) is > 0 and var count)
        {
            if (into is not null)
            {
                await into.WriteAsync(buffer.AsMemory(0, count), CancellationToken.None);
            }

            lock (_gate)
            {
                _decoder.Append(buffer.AsSpan(0, count));
                while (_decoder.TryRead(out var item))
                {
                    _tally.Add(item);
                    Show(lines, item);
                }
            }

            if (lines.Length > 0)
            {
                Console.Out.Write(lines);
                Console.Out.Flush();
                _ = lines.Clear();
            }
        }
    }

    private void Show(StringBuilder lines, in TraceEvent item)
    {
        if (mode == BpfOutput.Lines)
        {
            _ = lines.Append(BpfLines.Plain(item)).Append('\n');
        }
        else if (mode == BpfOutput.Json)
        {
            using var text = new MemoryStream();
            using (var json = new Utf8JsonWriter(text))
            {
                BpfView.WriteJson(json, item);
            }

            _ = lines.Append(Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length)).Append('\n');
        }
    }

    private async Task ShowAsync(IBpfSession session, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Refresh);
        await AnsiConsole.Live(new Text("")).StartAsync(async live =>
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                var status = await session.ReadStatusAsync(cancellationToken);
                lock (_gate)
                {
                    live.UpdateTarget(BpfView.Render(request.Program, _tally, status.Times, Footer(status.Counters.Sum(c => c.Dropped))));
                }
            }
        });
    }

    private string Footer(long dropped) => $"{_tally.Events:N0} events, {dropped:N0} dropped";

    private void Finish(CommandResult? result)
    {
        var summary = _decoder.Summary;
        if (mode is BpfOutput.Live or BpfOutput.Summary)
        {
            AnsiConsole.Write(BpfView.Render(request.Program, _tally, summary.Times, Footer(summary.Dropped)));
            AnsiConsole.WriteLine();
        }

        Tell($"{Footer(summary.Dropped)}{(summary.Missed > 0 ? $", {summary.Missed:N0} missed while another ran" : "")}{(file is null ? "" : $"; capture: {file}")}");
        if (result is { StandardOutput.Length: > 0 })
        {
            // What it printed, where it does not mix with the events.
            Console.Error.Write(result.OutputText);
        }

        if (result is { ExitCode: not 0 })
        {
            Tell($"the command ended with exit code {result.ExitCode}: {result.ErrorText.TrimEnd()}");
        }
    }
}

/// <summary>What is shown of what comes.</summary>
internal enum BpfOutput
{
    /// <summary>A line an event.</summary>
    Lines,

    /// <summary>A line of JSON an event.</summary>
    Json,

    /// <summary>A table and a histogram that follow what comes.</summary>
    Live,

    /// <summary>The table at the end.</summary>
    Summary,
}
