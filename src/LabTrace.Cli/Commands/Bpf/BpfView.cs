using System.Globalization;
using System.Text.Json;
using LabTrace.Tracing;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace LabTrace.Cli.Commands.Bpf;

/// <summary>Tables, histograms and JSON of what BPF programs counted.</summary>
internal static class BpfView
{
    private const int MostRows = 20;
    private const int BarWidth = 40;

    /// <summary>The table and, when there are durations, the histogram below it.</summary>
    public static IRenderable Render(string title, BpfTally tally, IReadOnlyList<BpfFunctionTimes> times, string footer)
    {
        List<IRenderable> parts = [Table(title, tally)];
        foreach (var function in times.Where(t => t.Count > 0))
        {
            parts.Add(new Text($"{function.Function}: {function.Count:N0} calls, {Time(function.AverageNs)} on average, {Time(function.ShortestNs)} to {Time(function.LongestNs)}"));
            parts.Add(Histogram([.. function.Log2]));
        }

        if (times.Count == 0 && tally.Log2.Sum() > 0)
        {
            parts.Add(Histogram(tally.Log2));
        }

        parts.Add(new Text(footer));
        return new Rows(parts);
    }

    /// <summary>One line of a histogram for each power of two between the shortest and the longest.</summary>
    public static IRenderable Histogram(long[] log2)
    {
        var first = Array.FindIndex(log2, c => c > 0);
        var last = Array.FindLastIndex(log2, c => c > 0);
        if (first < 0)
        {
            return new Text("");
        }

        var most = log2.Max();
        var lines = Enumerable.Range(first, last - first + 1).Select(i =>
        {
            var bar = new string('#', (int)((log2[i] * BarWidth) + most - 1 > 0 ? ((log2[i] * BarWidth) + most - 1) / most : 0));
            return string.Create(CultureInfo.InvariantCulture, $"{Time(i == 0 ? 0 : 1L << i),10} .. {Time(1L << (i + 1)),-10} {log2[i],10:N0} |{bar,-BarWidth}|");
        });
        return new Text(string.Join('\n', lines));
    }

    public static void WriteJson(Utf8JsonWriter json, BpfTally tally, BpfSummary summary)
    {
        json.WriteStartObject();
        json.WriteStartObject("about");
        foreach (var (key, value) in summary.About)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
        json.WriteNumber("events", tally.Events);
        json.WriteNumber("dropped", summary.Dropped);
        json.WriteNumber("missed", summary.Missed);
        json.WriteBoolean("complete", summary.IsComplete);
        json.WriteStartArray("rows");
        foreach (var row in tally.Rows)
        {
            json.WriteStartObject();
            json.WriteString("name", row.Name);
            json.WriteNumber("count", row.Count);
            json.WriteNumber("errors", row.Errors);
            if (row.Timed > 0)
            {
                json.WriteNumber("total_ns", row.TotalNs);
                json.WriteNumber("min_ns", row.ShortestNs);
                json.WriteNumber("max_ns", row.LongestNs);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("functions");
        foreach (var function in summary.Times)
        {
            function.WriteTo(json);
        }

        json.WriteEndArray();
        json.WriteStartArray("cpus");
        foreach (var cpu in summary.Counters)
        {
            cpu.WriteTo(json);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>One event as a line of JSON.</summary>
    public static void WriteJson(Utf8JsonWriter json, in TraceEvent item)
    {
        json.WriteStartObject();
        json.WriteNumber("time_ns", item.Time.Nanoseconds);
        json.WriteString("event", item.Name.ToString());
        json.WriteNumber("cpu", item.Cpu);
        json.WriteNumber("pid", item.Pid);
        json.WriteNumber("tgid", item.Tgid);
        json.WriteString("comm", item.Comm);
        foreach (var (name, value) in item.Fields)
        {
            if (value.Shape == FieldShape.Integer && !value.IsAddress && value.TryGetInteger(out var number) && number >= long.MinValue && number <= long.MaxValue)
            {
                json.WriteNumber(name, (long)number);
            }
            else
            {
                json.WriteString(name, value.ToRawText());
            }
        }

        json.WriteString("text", item.Text);
        json.WriteEndObject();
    }

    /// <summary>A length of time in the unit that reads best.</summary>
    public static string Time(long ns) => ns switch
    {
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{ns} ns"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e3:0.##} µs"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e6:0.##} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e9:0.##} s"),
    };

    private static Table Table(string title, BpfTally tally)
    {
        var rows = tally.Rows;
        var table = new Table { Border = TableBorder.Simple, Title = new TableTitle(Markup.Escape(title)) };
        _ = table.AddColumn("what").AddColumn(Right("count")).AddColumn(Right("errors")).AddColumn(Right("total")).AddColumn(Right("average")).AddColumn(Right("longest"));
        foreach (var row in rows.Take(MostRows))
        {
            _ = table.AddRow(
                new Text(row.Name),
                Number(row.Count),
                new Text(row.Errors == 0 ? "" : row.Errors.ToString("N0", CultureInfo.InvariantCulture)),
                new Text(row.Timed == 0 ? "" : Time(row.TotalNs)),
                new Text(row.Timed == 0 ? "" : Time(row.TotalNs / row.Timed)),
                new Text(row.Timed == 0 ? "" : Time(row.LongestNs)));
        }

        if (rows.Count > MostRows)
        {
            _ = table.AddRow(new Text($"and {rows.Count - MostRows} more"), Number(rows.Skip(MostRows).Sum(r => r.Count)), new Text(""), new Text(""), new Text(""), new Text(""));
        }

        return table;
    }

    private static Text Number(long number) => new(number.ToString("N0", CultureInfo.InvariantCulture));

    private static TableColumn Right(string name) => new TableColumn(name).RightAligned();
}
