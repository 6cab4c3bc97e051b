namespace LabTrace.Tracing.Queries;

/// <summary>Counts events by kind, cpu, thread or a field while they come, with the first and the last time of each.</summary>
/// <remarks>Memory grows with the different values of the key.</remarks>
/// <param name="by"><c>event</c>, <c>cpu</c>, <c>pid</c>, <c>tgid</c>, <c>comm</c>, <c>instance</c> or a field.</param>
public sealed class EventCounts(string by = "event")
{
    private readonly Dictionary<string, EventCount> _byText = new(StringComparer.Ordinal);
    private readonly Dictionary<EventSchema, EventCount> _bySchema = [];
    private readonly Dictionary<int, EventCount> _byNumber = [];

    /// <summary>Events without the key.</summary>
    public long Without { get; private set; }

    /// <summary>The counts, largest first; equal ones by name.</summary>
    public IReadOnlyList<EventCount> All =>
        [.. _byText.Values.Concat(_byNumber.Values).OrderByDescending(c => c.Count).ThenBy(c => c.Key, StringComparer.Ordinal)];

    /// <summary>Counts an event.</summary>
    /// <param name="item">The event.</param>
    /// <param name="buffer">The ring buffer it was recorded in.</param>
    public void Add(in TraceEvent item, string buffer = "")
    {
        var count = by switch
        {
            "event" => OfSchema(item.Schema),
            "cpu" => OfNumber(item.Cpu, "cpu"),
            "pid" => OfTask(item),
            "tgid" => item.Tgid < 0 ? null : OfNumber(item.Tgid, "tgid"),
            "comm" => OfText(item.Comm),
            "instance" => OfText(buffer.Length == 0 ? "(top)" : buffer),
            _ => item.TryGetField(by, out var value) ? OfText(value.ToString().TrimEnd('\n')) : null,
        };
        if (count is null)
        {
            Without++;
        }
        else
        {
            count.Add(item.Time);
        }
    }

    private EventCount OfSchema(EventSchema schema)
    {
        if (!_bySchema.TryGetValue(schema, out var count))
        {
            _bySchema[schema] = count = OfText(schema.Name.ToString());
        }

        return count;
    }

    private EventCount OfNumber(int number, string what)
    {
        if (!_byNumber.TryGetValue(number, out var count))
        {
            _byNumber[number] = count = new EventCount($"{what} {number}");
        }

        return count;
    }

    private EventCount OfTask(in TraceEvent item)
    {
        if (!_byNumber.TryGetValue(item.Pid, out var count))
        {
            _byNumber[item.Pid] = count = new EventCount($"{item.Comm}-{item.Pid}");
        }

        return count;
    }

    private EventCount OfText(string key)
    {
        if (!_byText.TryGetValue(key, out var count))
        {
            _byText[key] = count = new EventCount(key);
        }

        return count;
    }
}

/// <summary>How often something occurred.</summary>
/// <param name="key">What.</param>
public sealed class EventCount(string key)
{
    /// <summary>What occurred.</summary>
    public string Key { get; } = key;

    /// <summary>How often.</summary>
    public long Count { get; private set; }

    /// <summary>When for the first time.</summary>
    public TraceTime First { get; private set; }

    /// <summary>When for the last time.</summary>
    public TraceTime Last { get; private set; }

    /// <summary>Occurrences per second between the first and the last; 0 when there is only one.</summary>
    public double PerSecond => Count < 2 || Last <= First ? 0 : (Count - 1) * 1e9 / (Last - First).Nanoseconds;

    internal void Add(TraceTime time)
    {
        First = Count == 0 ? time : First;
        Last = time;
        Count++;
    }
}
