using System.Globalization;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>What an event's records hold and how ftrace prints them, from the event's own <c>format</c> file.</summary>
/// <remarks>Spec trace.dat §5.</remarks>
public sealed partial class EventFormat
{
    private readonly Dictionary<string, EventField> _byName;
    private readonly NumericField[] _numbers;

    private EventFormat(
        EventName name, int id, IReadOnlyList<EventField> common, IReadOnlyList<EventField> fields, string printFormat, byte[] source, RecordLayout layout)
    {
        Name = name;
        Id = id;
        CommonFields = common;
        Fields = fields;
        PrintFormat = printFormat;
        Source = source;
        Layout = layout;
        _numbers = [.. fields.Where(IsNumber).Select(f => new NumericField(f, layout.IsBigEndian))];
        _byName = new Dictionary<string, EventField>(StringComparer.Ordinal);
        foreach (var field in fields.Concat(common))
        {
            _ = _byName.TryAdd(field.Name, field);
        }
    }

    /// <summary>The event, <c>system:name</c>.</summary>
    public EventName Name { get; }

    /// <summary>The number in <c>common_type</c> that marks this event's records, unique on one kernel until it reboots.</summary>
    public int Id { get; }

    /// <summary>The fields every event starts with.</summary>
    public IReadOnlyList<EventField> CommonFields { get; }

    /// <summary>The event's own fields, in the order of the format file.</summary>
    public IReadOnlyList<EventField> Fields { get; }

    /// <summary>The event's own fields that are one whole number each, in the order of the format file.</summary>
    public ReadOnlySpan<NumericField> Numbers => _numbers;

    /// <summary>The C text behind <c>print fmt:</c>.</summary>
    public string PrintFormat { get; }

    /// <summary>The format file as read, as trace.dat stores it.</summary>
    public ReadOnlyMemory<byte> Source { get; }

    internal RecordLayout Layout { get; }

    /// <summary>Reads a <c>format</c> file of a 64-bit little-endian kernel.</summary>
    /// <param name="system">The event system, the folder above the event's.</param>
    /// <param name="formatText">The file's bytes.</param>
    /// <exception cref="TraceFormatException">The text has no name, no ID or a field that makes no sense.</exception>
    public static EventFormat Parse(string system, ReadOnlySpan<byte> formatText) => Parse(system, formatText, isBigEndian: false, longSize: 8);

    /// <summary>Reads a <c>format</c> file.</summary>
    /// <param name="system">The event system, the folder above the event's.</param>
    /// <param name="formatText">The file's bytes.</param>
    /// <param name="isBigEndian">Byte order of the recording machine.</param>
    /// <param name="longSize">Bytes of the recording kernel's <c>long</c>, 4 or 8.</param>
    /// <exception cref="TraceFormatException">The text has no name, no ID or a field that makes no sense.</exception>
    public static EventFormat Parse(string system, ReadOnlySpan<byte> formatText, bool isBigEndian, int longSize)
    {
        ArgumentNullException.ThrowIfNull(system);
        var text = Encoding.UTF8.GetString(formatText);
        string? name = null;
        var id = -1;
        var print = "";
        var all = new List<EventField>();
        var own = 0;
        var isOwn = false;
        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            var line = raw.Trim();
            if (line.StartsWith("field:") || line.StartsWith("field special:"))
            {
                all.Add(EventFieldParser.Parse(line, longSize));
                own += isOwn ? 1 : 0;
            }
            else if (line.StartsWith("name:"))
            {
                name = line[5..].Trim().ToString();
            }
            else if (line.StartsWith("ID:"))
            {
                id = int.TryParse(line[3..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
            }
            else if (line.StartsWith("print fmt:"))
            {
                // A print format may hold line breaks; it is the last thing in the file.
                var at = text.IndexOf("print fmt:", StringComparison.Ordinal);
                print = text[(at + "print fmt:".Length)..].Trim();
                break;
            }
            else if (line.Length == 0 && all.Count > 0)
            {
                isOwn = true;
            }
        }

        if (string.IsNullOrEmpty(name) || id < 0)
        {
            TraceFormatException.Throw(
                $"format of '{system}:{name ?? "?"}' has no {(string.IsNullOrEmpty(name) ? "name" : "ID")} line",
                "read events/SYSTEM/EVENT/format whole",
                field: "format");
        }

        // The kernel declares eight callers and writes as many as there are.
        if (system == "ftrace" && name == "kernel_stack" && all.FindIndex(f => f.Name == "caller" && f.Shape == FieldShape.Array) is var caller and >= 0)
        {
            all[caller] = all[caller] with { Place = FieldPlace.ToEnd, Size = 0 };
        }

        // Formats without a blank line between common and own fields exist in hand-made files; the names tell.
        var commonCount = own > 0 ? all.Count - own : all.TakeWhile(f => f.IsCommon).Count();
        var common = all.GetRange(0, commonCount);
        var layout = RecordLayout.From(common, isBigEndian, longSize);
        return new EventFormat(
            new EventName(system, name), id, common, all.GetRange(commonCount, all.Count - commonCount), print, formatText.ToArray(), layout);
    }

    /// <summary>Finds a field by name, common fields included.</summary>
    public bool TryGetField(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out EventField? field) =>
        _byName.TryGetValue(name, out field);

    /// <summary>Finds a field that is one whole number, common fields included.</summary>
    /// <param name="name">The field.</param>
    /// <param name="field">Where it stands.</param>
    public bool TryGetNumber(string name, out NumericField field)
    {
        var isNumber = _byName.TryGetValue(name, out var found) && IsNumber(found);
        field = isNumber ? new NumericField(found!, Layout.IsBigEndian) : default;
        return isNumber;
    }

    /// <summary>Reads one field's value without its label; false when there is no such field or the record is too short for it.</summary>
    /// <param name="payload">The record from its common fields on.</param>
    /// <param name="name">The field.</param>
    /// <param name="value">The value.</param>
    public bool TryRead(ReadOnlyMemory<byte> payload, string name, out FieldValue value)
    {
        value = default;
        return _byName.TryGetValue(name, out var field) && FieldValue.TryRead(field, payload, Layout.IsBigEndian, out value);
    }

    private static bool IsNumber(EventField field) =>
        field is { Shape: FieldShape.Integer, Place: FieldPlace.Fixed, Offset: >= 0, Size: 1 or 2 or 4 or 8 };

    /// <summary><c>system:name</c> and the ID.</summary>
    public override string ToString() => $"{Name} ({Id})";
}
