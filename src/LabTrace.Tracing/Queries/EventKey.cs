namespace LabTrace.Tracing.Queries;

/// <summary>What two events must share to belong together: cpu, pid, tgid, comm or fields of both.</summary>
internal readonly struct EventKey
{
    private readonly string? _name;
    private readonly Part[] _parts;

    /// <summary>Makes a key.</summary>
    /// <param name="name">A name; <c>pid=next_pid</c> where the second event calls it otherwise; several joined by commas; or null when any two belong together.</param>
    public EventKey(string? name)
    {
        _name = name;
        _parts = name is null ? [] : [.. name.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Part.Parse)];
    }

    /// <summary>The key's words in an expectation.</summary>
    public string Clause => _name is null ? "" : $" on the same {_name}";

    /// <summary>Whether both events call the key the same.</summary>
    public bool IsSymmetric => Array.TrueForAll(_parts, p => p.First == p.Second);

    /// <summary>The value two events must share, or false when the event has none.</summary>
    /// <param name="item">The event.</param>
    /// <param name="isSecond">Whether it is the second of the two, the one that ends or follows.</param>
    /// <param name="key">The value.</param>
    public bool TryGet(in TraceEvent item, bool isSecond, out (Int128 Number, string? Text) key)
    {
        key = default;
        if (_parts.Length < 2)
        {
            return _parts.Length == 0 || _parts[0].TryGet(item, isSecond, out key);
        }

        var values = new string[_parts.Length];
        for (var i = 0; i < values.Length; i++)
        {
            if (!_parts[i].TryGet(item, isSecond, out key))
            {
                return false;
            }

            values[i] = $"{_parts[i].First} {Text(key)}";
        }

        key = (0, string.Join(", ", values));
        return true;
    }

    /// <summary>A key's value for people: <c>cpu 1</c>.</summary>
    public string Describe((Int128 Number, string? Text) key) =>
        _parts.Length == 0 ? "" : _parts.Length == 1 ? $"{_parts[0].First} {Text(key)}" : key.Text ?? "";

    private static string Text((Int128 Number, string? Text) key) => key.Text ?? key.Number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What the key is called in the first event and in the second.</summary>
    private readonly record struct Part(string First, string Second)
    {
        public static Part Parse(string text)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            return equals < 0 ? new Part(text, text) : new Part(text[..equals].Trim(), text[(equals + 1)..].Trim());
        }

        public bool TryGet(in TraceEvent item, bool isSecond, out (Int128 Number, string? Text) key)
        {
            key = default;

            // Alone these words mean the recording thread; in a pair of names an event's own field of that name comes first.
            switch (First == Second ? First : "")
            {
                case "cpu":
                    key = (item.Cpu, null);
                    return item.Cpu >= 0;
                case "pid":
                    key = (item.Pid, null);
                    return true;
                case "tgid":
                    key = (item.Tgid, null);
                    return item.Tgid >= 0;
                case "comm":
                    key = (0, item.Comm);
                    return true;
                default:
                    if (!item.TryGetField(isSecond ? Second : First, out var value))
                    {
                        return false;
                    }

                    key = value.TryGetInteger(out var number) ? (number, null) : (0, value.ToString());
                    return true;
            }
        }
    }
}
