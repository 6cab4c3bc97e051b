using System.Diagnostics.CodeAnalysis;

namespace LabTrace.Tracing;

/// <summary>The events a kernel can record, found by number and by name.</summary>
public sealed class EventFormats
{
    private readonly Dictionary<int, Entry> _byId = [];
    private readonly Dictionary<EventName, int> _byName = [];

    /// <summary>Makes a set; of two formats with one number the later wins.</summary>
    public EventFormats(IEnumerable<EventFormat> formats)
    {
        ArgumentNullException.ThrowIfNull(formats);
        foreach (var format in formats)
        {
            _byId[format.Id] = new Entry { Name = format.Name, Format = format };
            _byName[format.Name] = format.Id;
        }
    }

    private EventFormats()
    {
    }

    /// <summary>No formats: records keep their bytes but have no fields.</summary>
    public static EventFormats Empty { get; } = new([]);

    /// <summary>All formats.</summary>
    public IReadOnlyCollection<EventFormat> All => [.. _byId.Values.Select(Parsed).OfType<EventFormat>()];

    /// <summary>The names of all events, without reading their formats.</summary>
    public IReadOnlyCollection<EventName> Names => _byName.Keys;

    /// <summary>Any one format, from which the common fields can be learned.</summary>
    internal EventFormat? First => _byId.Values.Select(Parsed).FirstOrDefault(f => f is not null);

    /// <summary>Makes a set whose formats are read when they are asked for.</summary>
    /// <param name="sources">The format files.</param>
    /// <param name="parse">Reads one; null when it makes no sense.</param>
    internal static EventFormats Deferred(IEnumerable<FormatSource> sources, Func<FormatSource, EventFormat?> parse)
    {
        var formats = new EventFormats();
        foreach (var source in sources)
        {
            if (source.TryHead(out var name, out var id))
            {
                formats._byId[id] = new Entry { Name = name, Source = source, Parse = parse };
                formats._byName[name] = id;
            }
            else if (parse(source) is { } odd)
            {
                formats._byId[odd.Id] = new Entry { Name = odd.Name, Format = odd };
                formats._byName[odd.Name] = odd.Id;
            }
        }

        return formats;
    }

    /// <summary>Finds the format of a record's <c>common_type</c>.</summary>
    public bool TryGet(int id, [NotNullWhen(true)] out EventFormat? format)
    {
        format = _byId.TryGetValue(id, out var entry) ? Parsed(entry) : null;
        return format is not null;
    }

    /// <summary>Finds a format by name; a name without system finds the event of any system.</summary>
    public bool TryGet(EventName name, [NotNullWhen(true)] out EventFormat? format)
    {
        if (_byName.TryGetValue(name, out var id) && TryGet(id, out format))
        {
            return true;
        }

        var found = name.System.Length == 0 ? _byId.Values.FirstOrDefault(e => name.Matches(e.Name)) : null;
        format = found is null ? null : Parsed(found);
        return format is not null;
    }

    private static EventFormat? Parsed(Entry entry)
    {
        if (entry.Parse is { } parse)
        {
            entry.Parse = null;
            entry.Format = parse(entry.Source);
        }

        return entry.Format;
    }

    private sealed class Entry
    {
        public required EventName Name { get; init; }

        public FormatSource Source { get; init; }

        public Func<FormatSource, EventFormat?>? Parse { get; set; }

        public EventFormat? Format { get; set; }
    }
}
