using System.Diagnostics.CodeAnalysis;

namespace LabTrace.Tracing;

/// <summary>The events a kernel can record, found by number and by name.</summary>
public sealed class EventFormats
{
    private readonly Dictionary<int, EventFormat> _byId = [];
    private readonly Dictionary<EventName, EventFormat> _byName = [];

    /// <summary>Makes a set; of two formats with one number the later wins.</summary>
    public EventFormats(IEnumerable<EventFormat> formats)
    {
        ArgumentNullException.ThrowIfNull(formats);
        foreach (var format in formats)
        {
            _byId[format.Id] = format;
            _byName[format.Name] = format;
        }
    }

    /// <summary>No formats: records keep their bytes but have no fields.</summary>
    public static EventFormats Empty { get; } = new([]);

    /// <summary>All formats.</summary>
    public IReadOnlyCollection<EventFormat> All => _byId.Values;

    /// <summary>Finds the format of a record's <c>common_type</c>.</summary>
    public bool TryGet(int id, [NotNullWhen(true)] out EventFormat? format) => _byId.TryGetValue(id, out format);

    /// <summary>Finds a format by name; a name without system finds the event of any system.</summary>
    public bool TryGet(EventName name, [NotNullWhen(true)] out EventFormat? format)
    {
        if (_byName.TryGetValue(name, out format))
        {
            return true;
        }

        format = name.System.Length == 0 ? _byId.Values.FirstOrDefault(f => name.Matches(f.Name)) : null;
        return format is not null;
    }
}
