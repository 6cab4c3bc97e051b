using System.CommandLine;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using LabTrace.Cli.Commands.Traces;
using LabTrace.Cli.LabConfig;
using LabTrace.Devices;
using LabTrace.Devices.TimeCards;
using LabTrace.Tracing.Queries;

namespace LabTrace.Cli.Commands.TimeCards;

/// <summary><c>labtrace timecard trace</c>: which functions of the driver are called, by whom, for how long.</summary>
internal static class CallsCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var place = CommandLineValues.Place();
        Option<string[]> functions = new("--function", "-f") { Description = "only this function, as often as wanted; all of the driver's when none is named", HelpName = "NAME" };
        Option<double> least = new("--min-duration", "-d") { Description = "only calls that took at least so many microseconds", DefaultValueFactory = _ => 0, HelpName = "US" };
        Option<TimeSpan?> duration = new("--for") { Description = "how long to trace [default: until Ctrl-C]", HelpName = "TIME", CustomParser = CommandLineValues.TimeLimit };
        Option<bool> json = new("--json") { Description = "one JSON object a line for each call, and one for the summary" };
        Option<string?> means = new("--by") { Description = "see calls by this means only: function_graph, kprobe, bpf [default: the first that works]", HelpName = "MEANS" };
        _ = means.AcceptOnlyFromAmong([.. DriverTrace.AllMeans]);
        Argument<string[]> words = new("COMMAND") { Description = "trace while this command runs there, and end with it", Arity = ArgumentArity.ZeroOrMore };
        Option<bool> list = new("--list") { Description = "only list the driver's functions that this kernel can trace" };
        Command command = new("trace", """
            Trace calls of ptp_ocp's functions with their durations: by the tracer function_graph, kprobes or BPF, whichever works first.
            A summary with a histogram for each function follows at the end.
            """);
        command.Arguments.Add(words);
        foreach (var option in new Option[] { place, functions, least, duration, means, json, list })
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var open = await OpenAsync(parsed.GetRequiredValue(place), cancellationToken);
            var found = await DriverFunctions.ResolveAsync(open.Target, parsed.GetValue(functions) ?? [], cancellationToken);
            if (parsed.GetValue(list))
            {
                foreach (var function in found)
                {
                    Console.WriteLine(function);
                }

                return (int)(found.Count > 0 ? ExitCode.Passed : ExitCode.NothingSelected);
            }

            var shortest = TimeSpan.FromMicroseconds(parsed.GetValue(least));
            await using var trace = await DriverTrace.StartAsync(open.Changes, found, parsed.GetValue(means), shortest, cancellationToken);
            await Console.Error.WriteLineAsync($"labtrace: {found.Count} functions on '{open.Target.Name}' by {trace.Means}{string.Concat(trace.Refused.Select(r => $"\n  not by {r}"))}");
            return (int)await TraceAsync(open, trace, shortest, parsed.GetValue(duration), parsed.GetValue(words) ?? [], parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    private static async Task<OpenPlace> OpenAsync(string name, CancellationToken cancellationToken)
    {
        var place = Places.Find(name);
        var target = await Composition.OpenTargetAsync(place, cancellationToken);
        return new OpenPlace(target, await TimeCardCommand.ChangesAsync(place, target, "labtrace timecard trace", cancellationToken));
    }

    private static async Task<ExitCode> TraceAsync(
        OpenPlace open, DriverTrace trace, TimeSpan shortest, TimeSpan? duration, string[] words, bool asJson, CancellationToken cancellationToken)
    {
        using var deadline = duration is { } limit ? new CancellationTokenSource(limit, open.Target.Time) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var times = new SortedDictionary<string, List<long>>(StringComparer.Ordinal);
        var running = RunAsync(open.Changes, words, either);
        await foreach (var call in trace.ReadAsync(open.Target.Time, either.Token))
        {
            Show(call);
        }

        await trace.StopAsync(CancellationToken.None);
        foreach (var call in await trace.TakeAsync(CancellationToken.None))
        {
            Show(call);
        }

        Summarise(times, asJson);
        if (trace.Lost > 0)
        {
            await Console.Error.WriteLineAsync($"labtrace: {trace.Lost} calls were lost, or seen in part only\n  try: name fewer functions with -f");
        }

        _ = (await running)?.EnsureSuccess();
        return ExitCode.Passed;

        void Show(DriverCall call)
        {
            if (call.DurationNs < shortest.Ticks * TimeSpan.NanosecondsPerTick)
            {
                return;
            }

            if (!times.TryGetValue(call.Function, out var list))
            {
                times.Add(call.Function, list = []);
            }

            list.Add(call.DurationNs);
            Console.WriteLine(asJson ? Json(call, trace.ClockStart) : call.ToLine(trace.ClockStart));
        }
    }

    /// <summary>Runs the command, if there is one, and ends the trace with it.</summary>
    private static async Task<CommandResult?> RunAsync(TargetChanges changes, string[] words, CancellationTokenSource ends)
    {
        if (words.Length == 0)
        {
            return null;
        }

        try
        {
            await using var process = await changes.StartAsync(new Devices.Command(words[0], words[1..]), ends.Token);
            return await process.WaitAsync(ends.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            await ends.CancelAsync();
        }
    }

    private static void Summarise(SortedDictionary<string, List<long>> times, bool asJson)
    {
        foreach (var (function, list) in times)
        {
            list.Sort();
            var (least, median, most) = (list[0], list[list.Count / 2], list[^1]);
            var average = list.Average();
            if (asJson)
            {
                Console.WriteLine(JsonSerializer.Serialize(new
                {
                    function,
                    calls = list.Count,
                    min_ns = least,
                    median_ns = median,
                    average_ns = average,
                    max_ns = most,
                    log2_histogram = Enumerable.Range(0, BitOperations.Log2((ulong)most) + 1).Select(b => list.Count(t => BitOperations.Log2((ulong)t) == b)),
                }));
                continue;
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"\n{function}: {list.Count} calls, min {least / 1000.0:F2} µs, median {median / 1000.0:F2} µs, average {average / 1000:F2} µs, max {most / 1000.0:F2} µs"));
            var histogram = new LogHistogram();
            list.ForEach(t => histogram.Add(t));
            HistogramText.Write(Console.Out, histogram);
        }

        if (times.Count == 0 && !asJson)
        {
            Console.WriteLine("no function of the driver was called");
        }
    }

    private static string Json(DriverCall call, DateTimeOffset clockStart) => JsonSerializer.Serialize(new
    {
        timestamp_ns = call.AtNs,
        time = clockStart.AddTicks(call.AtNs / 100).ToString("O", CultureInfo.InvariantCulture),
        comm = call.Comm,
        pid = call.Tgid,
        tid = call.Pid,
        cpu = call.Cpu,
        function = call.Function,
        duration_ns = call.DurationNs,
    });

    private sealed record OpenPlace(ITarget Target, TargetChanges Changes) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Changes.DisposeAsync();
            await Target.DisposeAsync();
        }
    }
}
