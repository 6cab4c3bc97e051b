using System.Diagnostics;
using System.Globalization;
using LabTrace.Tracing;

namespace LabTrace.Benchmarks.TraceDat;

/// <summary>What the table of figures asks of a trace.dat file, each written as a user of the library would.</summary>
internal static class TraceTasks
{
    private const string Usage = "trace generate FILE [EVENTS [none|zlib|zstd]], or trace iterate|fields|columns FILE [ROUNDS]";

    /// <summary>Runs one: <c>trace iterate|fields|columns FILE [ROUNDS]</c>, or <c>trace generate FILE [EVENTS [COMPRESSION]]</c>.</summary>
    public static int Run(ReadOnlySpan<string> arguments)
    {
        if (arguments is not [var task, var path, ..] || (arguments.Length > 2 && !int.TryParse(arguments[2], NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        var number = arguments.Length > 2 ? int.Parse(arguments[2], CultureInfo.InvariantCulture) : 0;
        Func<string, (long Events, ulong Sum)>? run = task switch { "iterate" => Iterate, "fields" => Fields, "columns" => Columns, _ => null };
        if (task == "generate")
        {
            TraceFileGenerator.WriteFile(path, number > 0 ? number : TraceFileGenerator.UsualEvents, arguments.Length > 3 ? arguments[3] : "none");
        }
        else if (run is null)
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }
        else
        {
            Measure(run, path, Math.Max(number, 1));
        }

        return 0;
    }

    /// <summary>Time order, kind and thread of every event.</summary>
    public static (long Events, ulong Sum) Iterate(string path)
    {
        using var reader = TraceReader.Open(path);
        ulong sum = 0;
        while (reader.Read())
        {
            sum += reader.Time.Nanoseconds + (uint)reader.EventId + (uint)reader.Pid;
        }

        return (reader.Count, sum);
    }

    /// <summary>Every field of every event that is a number.</summary>
    public static (long Events, ulong Sum) Fields(string path)
    {
        using var reader = TraceReader.Open(path);
        ulong sum = 0;
        while (reader.Read())
        {
            foreach (ref readonly var field in reader.Numbers)
            {
                sum += reader.TryGetNumber(field, out var value) ? (ulong)value : 0;
            }
        }

        return (reader.Count, sum);
    }

    /// <summary>Time, cpu, thread and kind of every event in memory.</summary>
    public static (long Events, ulong Sum) Columns(string path)
    {
        using var reader = TraceReader.Open(path);
        var columns = TraceColumns.Read(reader);
        ulong sum = 0;
        for (var i = 0; i < columns.Count; i++)
        {
            sum += columns.Times[i] + (uint)columns.EventIds[i] + (uint)columns.Pids[i];
        }

        return (columns.Count, sum);
    }

    /// <summary>The fastest of some rounds in one process, and its processor time: the code is compiled in the first.</summary>
    private static void Measure(Func<string, (long Events, ulong Sum)> run, string path, int rounds)
    {
        using var self = Process.GetCurrentProcess();
        var (best, bestCpu) = (double.MaxValue, double.MaxValue);
        var result = (Events: 0L, Sum: 0UL);
        for (var i = 0; i < rounds; i++)
        {
            self.Refresh();
            var (start, cpu) = (Stopwatch.GetTimestamp(), self.TotalProcessorTime);
            result = run(path);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            self.Refresh();
            bestCpu = Math.Min(bestCpu, (self.TotalProcessorTime - cpu).TotalSeconds);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Events} events, sum {result.Sum:x}, {best:F3} s, cpu {bestCpu:F3} s, {result.Events / bestCpu / 1e6:F1} M events/s of cpu, peak {self.PeakWorkingSet64 >> 20} MB"));
    }
}
