using System.Buffers;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>Decodes what perf prints behind an event's name: a tracepoint's text or a sampled address, then perhaps a stack.</summary>
internal sealed class PerfScriptSchema : EventSchema
{
    private static readonly SearchValues<char> Modifiers = SearchValues.Create("ukhpPGHSDIWeb");
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly string _prefix;
    private readonly int _periodTail;

    private PerfScriptSchema(EventName name, string prefix, int periodTail)
        : base(name, null, isClockInNanoseconds: true)
    {
        _prefix = prefix;
        _periodTail = periodTail;
    }

    /// <summary>Makes the schema of an event's name with its colon.</summary>
    /// <param name="key">The name; behind a period when the payload starts with one, and then with a NUL before.</param>
    public static PerfScriptSchema Make(ReadOnlySpan<byte> key)
    {
        var hasPeriod = key[0] == 0;
        var text = Encoding.UTF8.GetString(hasPeriod ? key[1..] : key).TrimEnd(':');
        var name = NameOf(text);
        return new PerfScriptSchema(name, name.Name + ": ", hasPeriod ? key.Length - 1 : 0);
    }

    public override string Prefix(ReadOnlyMemory<byte> payload) => _prefix;

    public override string Text(ReadOnlyMemory<byte> payload) => Encoding.UTF8.GetString(payload.Span[TextStart(payload.Span)..]);

    public override bool TryGetField(ReadOnlyMemory<byte> payload, string name, out FieldValue value)
    {
        foreach (var (key, found) in Fields(payload))
        {
            if (string.Equals(key, name, StringComparison.Ordinal))
            {
                value = found;
                return true;
            }
        }

        value = default;
        return false;
    }

    public override IEnumerable<KeyValuePair<string, FieldValue>> Fields(ReadOnlyMemory<byte> payload)
    {
        List<KeyValuePair<string, FieldValue>> fields = [];
        if (_periodTail > 0)
        {
            var at = 0;
            _ = AsciiScan.TryULong(payload.Span, ref at, out var period);
            fields.Add(new("period", FieldValue.Of(period)));
        }

        var lines = Text(payload).Split('\n');
        var text = lines[0].Trim();
        if (text.Length > 0)
        {
            fields.AddRange(Name.System == "perf" ? [new("text", FieldValue.Of(text))]
                : Name.System.Length == 0 && TryPlace(text, out var place) ? place
                : Name.Name is "sys_enter" or "sys_exit" ? TextFields.RawSyscall(text)
                : TextFields.Pairs(text));
        }

        var callers = lines.Skip(1).Select(l => l.Trim()).Where(l => l.Length > 0).Select(SymbolOf).ToArray();
        if (callers.Length > 0)
        {
            fields.Add(new("caller", FieldValue.Of(string.Join(" <- ", callers))));
        }

        return fields;
    }

    /// <summary><c>system:event</c>, unless what follows the colon are perf's modifiers: <c>cycles:u</c>.</summary>
    private static EventName NameOf(string text)
    {
        if (text.StartsWith("PERF_RECORD_", StringComparison.Ordinal))
        {
            return new EventName("perf", text);
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon <= 0 || text.Contains('/', StringComparison.Ordinal) || text.AsSpan(colon + 1).IndexOfAnyExcept(Modifiers) < 0
            ? new EventName("", text)
            : new EventName(text[..colon], text[(colon + 1)..]);
    }

    private int TextStart(ReadOnlySpan<byte> payload)
    {
        if (_periodTail == 0)
        {
            return 0;
        }

        var at = 0;
        _ = AsciiScan.TryULong(payload, ref at, out _);
        return AsciiScan.SkipBlanks(payload, Math.Min(payload.Length, AsciiScan.SkipBlanks(payload, at) + _periodTail));
    }

    /// <summary><c>ffffffff8104 function+0x10 (/lib/libc.so)</c>.</summary>
    private static bool TryPlace(string text, out KeyValuePair<string, FieldValue>[] place)
    {
        place = [];
        var blank = text.IndexOf(' ', StringComparison.Ordinal);
        if (blank <= 0 || text.AsSpan(0, blank).ContainsAnyExcept(HexDigits))
        {
            return false;
        }

        var open = text.LastIndexOf(" (", StringComparison.Ordinal);
        place = open <= blank || !text.EndsWith(')')
            ? [new("ip", FieldValue.Of("0x" + text[..blank])), new("symbol", FieldValue.Of(text[(blank + 1)..].Trim()))]
            : [new("ip", FieldValue.Of("0x" + text[..blank])), new("symbol", FieldValue.Of(text[(blank + 1)..open].Trim())), new("dso", FieldValue.Of(text[(open + 2)..^1]))];
        return true;
    }

    /// <summary>A line of a stack without address, offset and file: <c>ffffffff8104 function+0x10 (/lib/libc.so)</c>, <c>function (inlined)</c>.</summary>
    private static string SymbolOf(string line)
    {
        var blank = line.IndexOf(' ', StringComparison.Ordinal);
        var hasAddress = blank > 0 && !line.AsSpan(0, blank).ContainsAnyExcept(HexDigits);
        var symbol = hasAddress ? line[(blank + 1)..] : line;
        var open = symbol.LastIndexOf(" (", StringComparison.Ordinal);
        symbol = open > 0 ? symbol[..open] : symbol;
        var offset = symbol.LastIndexOf("+0x", StringComparison.Ordinal);
        symbol = offset > 0 ? symbol[..offset] : symbol;
        return symbol is "[unknown]" && hasAddress ? "0x" + line[..blank] : symbol;
    }
}
