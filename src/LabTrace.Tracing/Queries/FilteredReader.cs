namespace LabTrace.Tracing.Queries;

/// <summary>Reads the events that a filter keeps, and counts the others.</summary>
/// <param name="reader">Where events come from; it is not closed.</param>
/// <param name="filter">What to keep.</param>
/// <param name="from">Where to begin, null for the filter's own.</param>
/// <param name="to">Where to end, null for the filter's own.</param>
public sealed class FilteredReader(TraceReader reader, EventFilter filter, TimePoint? from = null, TimePoint? to = null)
{
    private readonly List<Loss> _losses = [];
    private readonly Dictionary<int, long> _lostOutside = [];
    private EventFilter _filter = filter ?? throw new ArgumentNullException(nameof(filter));
    private bool _hasRead;
    private long _skipped;

    /// <summary>What the capture says about itself.</summary>
    public TraceInfo Info => reader.Info;

    /// <summary>How many events were kept so far.</summary>
    public long Kept { get; private set; }

    /// <summary>The number of the current event among all of the capture, zero-based.</summary>
    public long Index => reader.Count - 1;

    /// <summary>The ring buffer of the current event: empty for the top one, or the instance's name.</summary>
    public string Buffer => reader.BufferName;

    /// <summary>Where the kernel lost events, since the last event that was kept.</summary>
    public IReadOnlyList<Loss> Losses => _losses;

    /// <summary>What reading found; events that the filter left out are skipped. Losses outside the window of time and on other cpus took nothing away from
    /// what is kept and do not count.</summary>
    public ReadTally Tally
    {
        get
        {
            var tally = reader.Tally;
            var lost = tally.Lost
                .Where(l => l.Cpu < 0 || _filter.Cpus.Count == 0 || _filter.Cpus.Contains(l.Cpu))
                .Select(l => l with { Count = Math.Max(l.Count - _lostOutside.GetValueOrDefault(l.Cpu), 0) })
                .Where(l => l.Count > 0 || !l.IsExact);
            return tally with { Events = Kept, Skipped = tally.Skipped + _skipped, Lost = [.. lost] };
        }
    }

    /// <summary>Advances to the next event that is kept; false at the end.</summary>
    /// <param name="item">The event; its payload is valid until the next call.</param>
    /// <exception cref="TraceFormatException">The container is damaged here and the mode is strict.</exception>
    public bool Read(out TraceEvent item)
    {
        _losses.Clear();
        while (reader.Read(out item))
        {
            if (!_hasRead)
            {
                _hasRead = true;
                _filter = _filter with { From = from?.In(item.Time) ?? _filter.From, To = to?.In(item.Time) ?? _filter.To };
            }

            if (reader.LostBefore != 0)
            {
                Note(new Loss(reader.LostOnCpu, reader.LostBefore, Buffer), _filter.Covers(item.Time));
            }

            if (_filter.Matches(item))
            {
                Kept++;
                return true;
            }

            _skipped++;
        }

        foreach (var (cpu, count) in reader.LostAtEnd)
        {
            Note(new Loss(cpu, count, ""), isInside: _filter.To is null);
        }

        return false;
    }

    private void Note(Loss loss, bool isInside)
    {
        if (!isInside)
        {
            _lostOutside[loss.Cpu] = _lostOutside.GetValueOrDefault(loss.Cpu) + Math.Max(loss.Count, 0);
        }
        else if (_filter.Cpus.Count == 0 || _filter.Cpus.Contains(loss.Cpu))
        {
            _losses.Add(loss);
        }
    }
}

/// <summary>Events that the kernel lost.</summary>
/// <param name="Cpu">The cpu, zero-based.</param>
/// <param name="Count">How many, -1 when the kernel does not say.</param>
/// <param name="Buffer">The ring buffer: empty for the top one, or the instance's name.</param>
public readonly record struct Loss(int Cpu, long Count, string Buffer);
