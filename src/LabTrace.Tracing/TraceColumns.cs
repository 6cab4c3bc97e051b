using System.Runtime.InteropServices;

namespace LabTrace.Tracing;

/// <summary>A trace as columns of numbers, for questions that arithmetic answers: 18 bytes an event, and 8 more for each chosen field.</summary>
/// <remarks>
/// <code>
/// using var reader = TraceReader.Open("trace.dat");
/// var columns = TraceColumns.Read(reader, "next_pid", "prev_state");
/// var switches = columns.Field("next_pid");
/// for (var i = 0; i &lt; columns.Count; i++)
/// {
///     if (switches.Has(i)) { busy[columns.Cpus[i]] += columns.Times[i] - last; }
/// }
/// </code>
/// </remarks>
public sealed class TraceColumns
{
    /// <summary>Room for so many events at first, unless the capture tells how large it is.</summary>
    private const int FirstRows = 1 << 12;

    private readonly Dictionary<int, EventName> _names = [];
    private readonly List<TraceFieldColumn> _fields;
    private ulong[] _times;
    private short[] _cpus;
    private int[] _pids;
    private int[] _eventIds;

    private TraceColumns(IEnumerable<string> fields, int rows)
    {
        _times = GC.AllocateUninitializedArray<ulong>(rows);
        _cpus = GC.AllocateUninitializedArray<short>(rows);
        _pids = GC.AllocateUninitializedArray<int>(rows);
        _eventIds = GC.AllocateUninitializedArray<int>(rows);
        _fields = [.. fields.Distinct(StringComparer.Ordinal).Select(name => new TraceFieldColumn(name, rows))];
    }

    /// <summary>How many events there are.</summary>
    public int Count { get; private set; }

    /// <summary>When each was recorded: nanoseconds of the trace clock, or its ticks.</summary>
    public ReadOnlySpan<ulong> Times => _times.AsSpan(0, Count);

    /// <summary>The cpu that recorded each, zero-based; -1 when the capture does not say.</summary>
    public ReadOnlySpan<short> Cpus => _cpus.AsSpan(0, Count);

    /// <summary>The thread that ran at each.</summary>
    public ReadOnlySpan<int> Pids => _pids.AsSpan(0, Count);

    /// <summary>The number of each one's kind, a key of <see cref="Names"/>.</summary>
    public ReadOnlySpan<int> EventIds => _eventIds.AsSpan(0, Count);

    /// <summary>The names of the kinds.</summary>
    public IReadOnlyDictionary<int, EventName> Names => _names;

    /// <summary>What reading found and what it did not.</summary>
    public ReadTally Tally { get; private set; } = ReadTally.Empty;

    /// <summary>Reads all that follows.</summary>
    /// <param name="reader">Where the events come from; it is read to its end.</param>
    /// <param name="fields">Fields to keep of every event that has them as a whole number.</param>
    /// <exception cref="TraceFormatException">The container is damaged and the reader's mode is strict, or the events do not fit one array.</exception>
    public static TraceColumns Read(TraceReader reader, params ReadOnlySpan<string> fields)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var rows = (int)Math.Clamp(reader.LikelyEvents, FirstRows, 1 << 26);
        var columns = new TraceColumns(fields.ToArray(), rows);
        while (reader.Read())
        {
            columns.Add(reader);
        }

        columns.Tally = reader.Tally;
        return columns;
    }

    /// <summary>The column of a chosen field.</summary>
    /// <param name="name">One of the fields that were asked for.</param>
    /// <exception cref="ArgumentException">It was not asked for.</exception>
    public TraceFieldColumn Field(string name) =>
        _fields.Find(f => f.Name == name)
        ?? throw new ArgumentException($"the field '{name}' was not read; read were: {string.Join(", ", _fields.Select(f => f.Name))}", nameof(name));

    private void Add(TraceReader reader)
    {
        var row = Count;
        if (row == _times.Length)
        {
            Grow();
        }

        var id = reader.EventId;
        _times[row] = reader.Time.Nanoseconds;
        _cpus[row] = (short)reader.Cpu;
        _pids[row] = reader.Pid;
        _eventIds[row] = id;
        ref var name = ref CollectionsMarshal.GetValueRefOrAddDefault(_names, id, out var isKnown);
        if (!isKnown)
        {
            name = reader.Current.Name;
        }

        foreach (var field in _fields)
        {
            field.Set(row, reader);
        }

        Count++;
    }

    private void Grow()
    {
        if (Count >= Array.MaxLength / 2)
        {
            TraceFormatException.Throw($"the capture has more than {Count:N0} events, too many for columns", "cut it, or read it event by event");
        }

        var rows = Count + (Count / 2);
        Array.Resize(ref _times, rows);
        Array.Resize(ref _cpus, rows);
        Array.Resize(ref _pids, rows);
        Array.Resize(ref _eventIds, rows);
        _fields.ForEach(f => f.Grow(rows));
    }
}

/// <summary>One field of all events.</summary>
public sealed class TraceFieldColumn
{
    /// <summary>Kinds with higher numbers are looked up each time; <c>common_type</c> has 16 bits and few are used.</summary>
    private const int MaxKinds = 1 << 16;

    private NumericField?[] _places = [];
    private bool[] _isKnown = [];
    private long[] _values;
    private ulong[] _has;
    private int _rows;

    internal TraceFieldColumn(string name, int rows)
    {
        Name = name;
        _values = GC.AllocateUninitializedArray<long>(rows);
        _has = new ulong[(rows + 63) / 64];
    }

    /// <summary>The field.</summary>
    public string Name { get; }

    /// <summary>How many events have it.</summary>
    public int Count { get; private set; }

    /// <summary>The values by event; 0 where <see cref="Has"/> is false. Unsigned ones of eight bytes keep their bits.</summary>
    public ReadOnlySpan<long> Values => _values.AsSpan(0, _rows);

    /// <summary>Whether the event at an index has the field.</summary>
    public bool Has(int index) => (_has[index >> 6] >> index & 1) != 0;

    internal void Grow(int rows)
    {
        Array.Resize(ref _values, rows);
        Array.Resize(ref _has, (rows + 63) / 64);
    }

    internal void Set(int row, TraceReader reader)
    {
        var hasValue = TryRead(reader, out var value);
        _rows = row + 1;
        _values[row] = value;
        if (hasValue)
        {
            _has[row >> 6] |= 1UL << row;
            Count++;
        }
    }

    private bool TryRead(TraceReader reader, out long value)
    {
        value = 0;
        var kind = (uint)reader.EventId;
        if (kind >= (uint)_isKnown.Length || !_isKnown[kind])
        {
            if (kind >= MaxKinds || reader.Format is not { } format)
            {
                return TryReadByName(reader, out value);
            }

            if (kind >= (uint)_isKnown.Length)
            {
                Array.Resize(ref _places, (int)kind + 1);
                Array.Resize(ref _isKnown, (int)kind + 1);
            }

            _places[kind] = format.TryGetNumber(Name, out var found) ? found : null;
            _isKnown[kind] = true;
        }

        return _places[kind] is { } place && reader.TryGetNumber(place, out value);
    }

    /// <summary>Text has no layout: the field is looked for in each event.</summary>
    private bool TryReadByName(TraceReader reader, out long value)
    {
        value = 0;
        if (!reader.Current.TryGetField(Name, out var field) || !field.TryGetInteger(out var number))
        {
            return false;
        }

        value = unchecked((long)number);
        return true;
    }
}
