using System.Globalization;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>Draws a timeline as lines of characters: how busy each process was in ioctls and each ring with jobs, and how long jobs took.</summary>
/// <remarks>One pass, whatever the length: columns of time double when more comes than fits.</remarks>
public sealed class GrtTimelineLanes : IGrtTimelineSink
{
    private const int Columns = 1024;
    private const int MaxLanes = 200;
    private const int MaxJobs = 1 << 20;
    private const string Shades = " ▁▂▃▄▅▆▇█";

    private readonly Dictionary<string, Lane> _byName = new(StringComparer.Ordinal);
    private readonly List<Lane> _lanes = [];
    private readonly Dictionary<(ulong Ctx, uint Ring, ulong Seqno), (ulong Submit, ulong Start, ulong End)> _jobs = [];
    private ulong _columnNs = 1;
    private ulong _start;
    private bool _hasStart;
    private long _notDrawn;

    /// <summary>From the ioctl's entry to SUBMIT.</summary>
    public GrtIntervals Submit { get; } = new(4);

    /// <summary>From SUBMIT to START.</summary>
    public GrtIntervals Queue { get; } = new(4);

    /// <summary>From START to END.</summary>
    public GrtIntervals Exec { get; } = new(4);

    /// <summary>From END to COMPLETE.</summary>
    public GrtIntervals Completion { get; } = new(4);

    /// <summary>From SUBMIT to COMPLETE, or to END where that is never told.</summary>
    public GrtIntervals Total { get; } = new(4);

    /// <summary>When the last event was.</summary>
    public ulong Last { get; private set; }

    /// <inheritdoc/>
    public void Write(GrtTimelineEvent item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (!_hasStart)
        {
            (_start, _hasStart) = (item.Time, true);
        }

        Last = Math.Max(Last, item.Time);
        if (!item.IsGpu)
        {
            if (item is { Event: "IOCTL_EXIT", SinceNs: { } took })
            {
                Busy(LaneOf($"cpu  {(item.Comm.Length > 0 ? item.Comm : "?")}({item.Pid})"), item.Time - (ulong)Math.Max(took, 0), item.Time);
            }

            return;
        }

        var job = item.Job;
        var key = (job.CtxId, job.RingId, job.Seqno);
        switch (item.Kind)
        {
            case GrtEventKind.Submit:
                Submit.Add(item.SinceNs);
                if (_jobs.Count == MaxJobs)
                {
                    _jobs.Clear();
                }

                _jobs[key] = (item.Time, 0, 0);
                break;
            case GrtEventKind.Start:
                var state = _jobs.GetValueOrDefault(key);
                Queue.Add(state.Submit == 0 ? null : (long)(item.Time - state.Submit));
                _jobs[key] = state with { Start = item.Time };
                break;
            case GrtEventKind.End when _jobs.TryGetValue(key, out var running) && running.Start != 0:
                Exec.Add((long)(item.Time - running.Start));
                Busy(RingLane(job), running.Start, item.Time);
                _jobs[key] = running with { End = item.Time };
                break;
            case GrtEventKind.Complete:
                if (_jobs.Remove(key, out var ended))
                {
                    Completion.Add(ended.End == 0 ? null : (long)(item.Time - ended.End));
                    Total.Add(ended.Submit == 0 ? null : (long)(item.Time - ended.Submit));
                    if (ended is { Start: not 0, End: 0 })
                    {
                        // The adapter never tells END.
                        Busy(RingLane(job), ended.Start, item.Time);
                    }
                }

                if (job.Status != 0)
                {
                    Mark(RingLane(job), item.Time);
                }

                break;
            case GrtEventKind.Error:
                Mark(RingLane(job), item.Time);
                break;
        }
    }

    /// <inheritdoc/>
    public void Complete()
    {
    }

    /// <summary>The drawing.</summary>
    /// <param name="width">Columns of the terminal.</param>
    /// <param name="isAscii">Whether only ASCII characters may be used.</param>
    public string Draw(int width, bool isAscii)
    {
        var text = new StringBuilder();
        if (!_hasStart)
        {
            return "no events\n";
        }

        var label = Math.Min(28, _lanes.Count == 0 ? 4 : _lanes.Max(l => l.Name.Length));
        var cells = Math.Max(10, width - label - 10);
        var used = Math.Max(1, (int)((Last - _start) / _columnNs) + 1);
        cells = Math.Min(cells, Math.Max(1, used));
        var cellNs = (double)(Last - _start + 1) / cells;
        _ = text.Append(CultureInfo.InvariantCulture, $"{new string(' ', label)} {Seconds(_start)} {new string(isAscii ? '-' : '─', Math.Max(0, cells - 42))} {Seconds(Last)}  busy\n");
        foreach (var lane in _lanes.OrderBy(l => l.Name, StringComparer.Ordinal))
        {
            _ = text.Append(lane.Name.Length > label ? lane.Name[..label] : lane.Name.PadRight(label)).Append(' ');
            for (var cell = 0; cell < cells; cell++)
            {
                var from = (int)(cell * cellNs / _columnNs);
                var to = Math.Clamp((int)Math.Ceiling((cell + 1) * cellNs / _columnNs), from + 1, Columns);
                double busy = 0;
                var isMarked = false;
                for (var column = from; column < Math.Min(to, Columns); column++)
                {
                    busy += lane.Busy[column];
                    isMarked |= lane.Marks[column];
                }

                var share = Math.Clamp(busy / ((to - from) * (double)_columnNs), 0, 1);
                _ = text.Append(isMarked ? '!' : Shade(share, isAscii));
            }

            var all = Math.Clamp(lane.Busy.Sum() / Math.Max(1.0, Last - _start), 0, 1);
            _ = text.Append(CultureInfo.InvariantCulture, $" {all * 100,5:0.0} %\n");
        }

        _ = text.Append(CultureInfo.InvariantCulture, $"{new string(' ', label)} one column is {Length(cellNs)}; ! an error{(_notDrawn == 0 ? "" : $"; {_notDrawn:N0} intervals of lanes beyond {MaxLanes} are not drawn")}\n");
        return text.ToString();
    }

    /// <summary>How long the parts of jobs took.</summary>
    public string Latencies()
    {
        var text = new StringBuilder();
        _ = text.Append(CultureInfo.InvariantCulture, $"{"",-22}{"count",10}{"min",12}{"p50",12}{"p90",12}{"p99",12}{"max",12}\n");
        foreach (var (name, interval) in ((string, GrtIntervals)[])[("ioctl to SUBMIT", Submit), ("SUBMIT to START", Queue), ("START to END", Exec), ("END to COMPLETE", Completion), ("SUBMIT to COMPLETE", Total)])
        {
            _ = interval.Count == 0
                ? text.Append(CultureInfo.InvariantCulture, $"{name,-22}{"NA",10}\n")
                : text.Append(CultureInfo.InvariantCulture, $"{name,-22}{interval.Count,10}{Length(interval.MinNs),12}{Length(interval.QuantileNs(0.5)!.Value),12}{Length(interval.QuantileNs(0.9)!.Value),12}{Length(interval.QuantileNs(0.99)!.Value),12}{Length(interval.MaxNs),12}\n");
        }

        return text.ToString();
    }

    private static string Seconds(ulong ns) => string.Create(CultureInfo.InvariantCulture, $"{ns / 1_000_000_000}.{ns % 1_000_000_000:D9}");

    private static string Length(double ns) => Math.Abs(ns) switch
    {
        < 1e3 => string.Create(CultureInfo.InvariantCulture, $"{ns:0} ns"),
        < 1e6 => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e3:0.0} us"),
        < 1e9 => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e6:0.00} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e9:0.00} s"),
    };

    private static char Shade(double share, bool isAscii)
    {
        const string ascii = " .:-=+*#%@";
        var shades = isAscii ? ascii : Shades;

        // Whatever is not nothing shows.
        var index = share <= 0 ? 0 : Math.Max(1, (int)Math.Round(share * (shades.Length - 1)));
        return shades[index];
    }

    private Lane RingLane(in GrtJob job) => LaneOf($"ring {job.RingId} {job.Engine}".TrimEnd());

    private Lane LaneOf(string name)
    {
        if (_byName.TryGetValue(name, out var lane))
        {
            return lane;
        }

        lane = new Lane(name);
        if (_lanes.Count < MaxLanes)
        {
            _byName[name] = lane;
            _lanes.Add(lane);
        }
        else
        {
            _notDrawn++;
        }

        return lane;
    }

    private void Mark(Lane lane, ulong time) => lane.Marks[Column(time)] = true;

    private void Busy(Lane lane, ulong from, ulong to)
    {
        from = Math.Max(from, _start);
        var last = Column(Math.Max(from, to));
        for (var column = Column(from); column <= last; column++)
        {
            var (begin, end) = (_start + ((ulong)column * _columnNs), _start + ((ulong)(column + 1) * _columnNs));
            lane.Busy[column] += Math.Min(to, end) - Math.Max(from, begin);
        }
    }

    private int Column(ulong time)
    {
        var since = time < _start ? 0 : time - _start;
        while (since / _columnNs >= Columns)
        {
            foreach (var lane in _lanes)
            {
                lane.Halve();
            }

            _columnNs *= 2;
        }

        return (int)(since / _columnNs);
    }

    private sealed class Lane(string name)
    {
        public string Name { get; } = name;

        public double[] Busy { get; } = new double[Columns];

        public bool[] Marks { get; } = new bool[Columns];

        public void Halve()
        {
            for (var i = 0; i < Columns / 2; i++)
            {
                Busy[i] = Busy[2 * i] + Busy[(2 * i) + 1];
                Marks[i] = Marks[2 * i] || Marks[(2 * i) + 1];
            }

            Array.Clear(Busy, Columns / 2, Columns / 2);
            Array.Clear(Marks, Columns / 2, Columns / 2);
        }
    }
}
