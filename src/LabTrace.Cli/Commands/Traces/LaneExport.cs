using System.Globalization;
using System.Text;
using LabTrace.Tracing;

namespace LabTrace.Cli.Commands.Traces;

/// <summary>Draws a column for each cpu: an event stands in its cpu's, the others show whether a thread runs.</summary>
internal sealed class LaneExport : ITraceExport
{
    private const int LeastColumn = 18;
    private const int TimeColumn = 16;

    private readonly StreamWriter _output;
    private readonly TraceInfo _info;
    private readonly int _columns;
    private int _width;
    private int[] _cpus = [];
    private readonly Dictionary<int, bool> _isBusy = [];
    private long _withoutLane;

    /// <summary>Makes the lanes.</summary>
    /// <param name="output">Where to; left open.</param>
    /// <param name="info">What the capture says about itself.</param>
    /// <param name="columns">How wide a line may be.</param>
    public LaneExport(Stream output, TraceInfo info, int columns)
    {
        _output = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        _info = info;
        _columns = columns;
        if (info.Cpus.Count > 0)
        {
            SetLanes(info.Cpus);
        }
    }

    /// <summary>How wide the terminal is, or what a line may be elsewhere.</summary>
    public static int TerminalColumns => Console.IsOutputRedirected || Console.WindowWidth <= 0 ? 132 : Console.WindowWidth;

    /// <inheritdoc/>
    public void Write(in TraceEvent item, string buffer = "")
    {
        if (!HasLane(item.Cpu))
        {
            _withoutLane++;
            return;
        }

        var text = item.Name.Name == "sched_switch" ? Switch(item) : $"{item.Comm}: {item.Name.Name} {item.Text}";
        Line(_info.IsClockInNanoseconds ? item.Time.ToMicrosecondText() : item.Time.Nanoseconds.ToString(CultureInfo.InvariantCulture), item.Cpu, text);
    }

    /// <inheritdoc/>
    public void WriteLoss(int cpu, long count, string buffer = "")
    {
        if (HasLane(cpu))
        {
            Line("", cpu, count < 0 ? "LOST EVENTS" : string.Create(CultureInfo.InvariantCulture, $"LOST {count} EVENTS"));
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Complete(ReadTally tally)
    {
        _output.Flush();
        return _withoutLane == 0
            ? []
            : [string.Create(CultureInfo.InvariantCulture, $"{_withoutLane:N0} events of other cpus have no lane: {_cpus.Length} cpus fit; choose with --cpu")];
    }

    /// <inheritdoc/>
    public void Dispose() => _output.Dispose();

    /// <summary>Text does not say beforehand which cpus there are: a new one gets a lane, if there is room, and the lanes are named anew.</summary>
    private bool HasLane(int cpu)
    {
        if (Array.IndexOf(_cpus, cpu) < 0 && cpu >= 0)
        {
            SetLanes(_cpus.Append(cpu).Order());
        }

        return Array.IndexOf(_cpus, cpu) >= 0;
    }

    private void SetLanes(IEnumerable<int> cpus)
    {
        int[] fitting = [.. cpus.Take(Math.Max((_columns - TimeColumn) / LeastColumn, 1))];
        if (fitting.AsSpan().SequenceEqual(_cpus))
        {
            return;
        }

        _cpus = fitting;
        _width = Math.Max((_columns - TimeColumn) / _cpus.Length, LeastColumn);
        var names = _cpus.Select(cpu => Cell(string.Create(CultureInfo.InvariantCulture, $"cpu {cpu}")));
        _output.WriteLine($"{"time",TimeColumn - 2}  {string.Concat(names)}".TrimEnd());
    }

    private string Switch(in TraceEvent item)
    {
        var next = item.TryGetField("next_comm", out var comm) ? comm.ToString() : "?";
        var pid = item.TryGetField("next_pid", out var number) && number.TryGetInteger(out var value) ? value : -1;
        _isBusy[item.Cpu] = pid != 0;
        return pid == 0 ? "= idle" : string.Create(CultureInfo.InvariantCulture, $"> {next}-{pid}");
    }

    private void Line(string time, int cpu, string text)
    {
        var line = new StringBuilder(time.PadLeft(TimeColumn - 2)).Append("  ");
        foreach (var lane in _cpus)
        {
            _ = line.Append(Cell(lane == cpu ? OneLine(text) : _isBusy.TryGetValue(lane, out var busy) ? busy ? "|" : "." : ""));
        }

        _output.WriteLine(line.ToString().TrimEnd());
    }

    private string Cell(string text) => text.Length < _width ? text.PadRight(_width) : string.Concat(text.AsSpan(0, _width - 2), "… ");

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").TrimEnd();
}
