using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LabTrace.Cli.Commands.Traces;
using LabTrace.Cli.LabConfig;
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
        Option<bool> list = new("--list") { Description = "only list the driver's functions that this kernel can trace" };
        Command command = new("trace", """
            Trace calls of ptp_ocp's functions with their durations, by the kernel's function_graph tracer.
            A summary with a histogram for each function follows at the end.
            """);
        foreach (var option in new Option[] { place, functions, least, duration, json, list })
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) => (int)await TraceAsync(
            parsed.GetRequiredValue(place), parsed.GetValue(functions) ?? [], (long)(parsed.GetValue(least) * 1000), parsed.GetValue(duration),
            parsed.GetValue(json), parsed.GetValue(list), cancellationToken));
        return command;
    }

    private static async Task<ExitCode> TraceAsync(
        string placeName, string[] names, long leastNs, TimeSpan? duration, bool asJson, bool onlyList, CancellationToken cancellationToken)
    {
        var place = Places.Find(placeName);
        await using var target = await Composition.OpenTargetAsync(place, cancellationToken);
        await using var changes = await TimeCardCommand.ChangesAsync(place, target, "labtrace timecard trace", cancellationToken);
        var functions = await DriverFunctions.ResolveAsync(target, names, cancellationToken);
        if (onlyList)
        {
            foreach (var function in functions)
            {
                Console.WriteLine(function);
            }

            return functions.Count > 0 ? ExitCode.Passed : ExitCode.NothingSelected;
        }

        using var deadline = new CancellationTokenSource();
        if (duration is { } limit)
        {
            deadline.CancelAfter(limit);
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var times = new SortedDictionary<string, List<long>>(StringComparer.Ordinal);
        await using var trace = await DriverTrace.StartAsync(changes, functions, cancellationToken);
        await foreach (var call in trace.ReadAsync(either.Token))
        {
            if (call.DurationNs < leastNs)
            {
                continue;
            }

            if (!times.TryGetValue(call.Function, out var list))
            {
                times.Add(call.Function, list = []);
            }

            list.Add(call.DurationNs);
            Console.WriteLine(asJson ? Json(call) : call.ToString());
        }

        Summarise(times, asJson);
        return ExitCode.Passed;
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
                Console.WriteLine(JsonSerializer.Serialize(new { function, calls = list.Count, min_ns = least, median_ns = median, average_ns = average, max_ns = most }));
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

    private static string Json(DriverCall call) => JsonSerializer.Serialize(new
    {
        timestamp_ns = call.AtNs,
        comm = call.Comm,
        pid = call.Pid,
        tid = call.Pid,
        cpu = call.Cpu,
        function = call.Function,
        duration_ns = call.DurationNs,
    });
}
