using System.Text;

namespace LabTrace.Tracing;

/// <summary>Gives every kind of event that is written a number of its own, and the format text that explains it.</summary>
/// <remarks>Recordings of several kernels number their events differently: where two claim a number the later gets another. Events that come from text get
/// formats that carry the text: trace-cmd prints it as it was, and <see cref="CarriedSchema"/> reads it again.</remarks>
internal sealed class EventNumbers(SubBufferLayout layout)
{
    /// <summary>The kernel numbers its own events from here up to some thousands; numbers that were taken start high.</summary>
    private const int FirstFree = 30_000;

    private readonly Dictionary<EventSchema, Numbered> _bySchema = [];
    private readonly Dictionary<EventName, List<Numbered>> _byName = [];
    private readonly HashSet<int> _taken = [];
    private int _nextFree = FirstFree;

    /// <summary>The formats to write, by number.</summary>
    public IEnumerable<EventFormat> Formats => _byName.Values.SelectMany(n => n).Select(n => n.Format).OrderBy(f => f.Id);

    /// <summary>The format of an event's kind in the file.</summary>
    public Numbered Of(in TraceEvent item)
    {
        if (_bySchema.TryGetValue(item.Schema, out var known))
        {
            return known;
        }

        if (item.Format is { } format && (format.Layout.IsBigEndian != layout.IsBigEndian || format.Layout.LongSize != layout.LongSize))
        {
            throw new TraceFormatException(
                $"events of {item.Name} come from a machine of another byte order or word size: one trace.dat cannot hold both",
                "write them as csv, jsonl, chrome, perfetto or parquet");
        }

        return _bySchema[item.Schema] = Number(item.Format ?? CarriedText.FormatOf(item.Name, layout), isText: item.Format is null);
    }

    private Numbered Number(EventFormat format, bool isText)
    {
        if (!_byName.TryGetValue(format.Name, out var same))
        {
            _byName[format.Name] = same = [];
        }

        // Kinds of one name and one format, from several captures, are one kind.
        var body = Body(format);
        if (same.Find(n => Body(n.Format).SequenceEqual(body)) is { } found)
        {
            return found;
        }

        if (isText || !_taken.Add(format.Id))
        {
            while (!_taken.Add(_nextFree))
            {
                _nextFree++;
            }

            format = Renumber(format, _nextFree);
        }

        var numbered = new Numbered(format, isText);
        same.Add(numbered);
        return numbered;
    }

    private static string Body(EventFormat format)
    {
        var text = Encoding.UTF8.GetString(format.Source.Span);
        var (start, length) = IdLine(text);
        return text.Remove(start, length);
    }

    private static EventFormat Renumber(EventFormat format, int id)
    {
        var text = Encoding.UTF8.GetString(format.Source.Span);
        var (start, length) = IdLine(text);
        var renumbered = Encoding.UTF8.GetBytes($"{text[..start]}ID: {id}{text[(start + length)..]}");
        return EventFormat.Parse(format.Name.System, renumbered, format.Layout.IsBigEndian, format.Layout.LongSize);
    }

    private static (int Start, int Length) IdLine(string text)
    {
        var start = text.StartsWith("ID:", StringComparison.Ordinal) ? 0 : text.IndexOf("\nID:", StringComparison.Ordinal) + 1;
        var end = text.IndexOf('\n', start);
        return (start, (end < 0 ? text.Length : end) - start);
    }
}

/// <summary>A kind of event in the file.</summary>
/// <param name="Format">Its format, numbered for the file.</param>
/// <param name="IsText">Whether it was text, so that a record has to be made of it.</param>
internal sealed record Numbered(EventFormat Format, bool IsText);
