using System.Buffers;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>Decodes the text behind an event's name, fields only when asked for.</summary>
internal sealed class TextSchema : EventSchema
{
    private static readonly SearchValues<byte> NameBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.$"u8);

    private readonly Kind _kind;
    private readonly string _prefix;

    private TextSchema(Kind kind, EventName name, string prefix, bool isClockInNanoseconds)
        : base(name, null, isClockInNanoseconds)
    {
        _kind = kind;
        _prefix = prefix;
    }

    private enum Kind
    {
        Event,
        Marker,
        Stack,
        RawData,
        SyscallEnter,
        SyscallExit,
        Function,
    }

    /// <summary>Whether lines without a head belong to the event before them.</summary>
    public bool TakesContinuations => _kind is Kind.Marker or Kind.Stack;

    /// <summary>The bytes at the start of a line's text that tell which event it is; 0 when none.</summary>
    public static int KeyLength(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExcept(NameBytes);
        if (end > 0)
        {
            // name: text, sys_name(…, sys_name -> 0x0, function <-parent
            var isEvent = text[end] is (byte)':' or (byte)'(';
            return isEvent ? end + 1
                : text[end..].StartsWith(" ->"u8) ? end + 3
                : text[end..].StartsWith(" <-"u8) || text[end..].StartsWith(" ["u8) || text[end..].StartsWith("+0x"u8) ? end
                : 0;
        }

        return text.StartsWith("# "u8) && text.IndexOf(" buf:"u8) > 0 ? 2
            : text.StartsWith("<stack trace>"u8) ? "<stack trace>".Length
            : text.StartsWith("<user stack trace>"u8) ? "<user stack trace>".Length
            : 0;
    }

    /// <summary>Makes the schema of a key that <see cref="KeyLength"/> found.</summary>
    public static TextSchema Make(ReadOnlySpan<byte> key, bool isClockInNanoseconds)
    {
        var text = Encoding.UTF8.GetString(key);
        var (kind, name, prefix) = text switch
        {
            "tracing_mark_write:" => (Kind.Marker, EventName.Print, "tracing_mark_write: "),
            "# " => (Kind.RawData, EventName.RawData, ""),
            "<stack trace>" => (Kind.Stack, new EventName("ftrace", "kernel_stack"), ""),
            "<user stack trace>" => (Kind.Stack, new EventName("ftrace", "user_stack"), ""),
            _ when text.StartsWith("sys_", StringComparison.Ordinal) && text.EndsWith('(') =>
                (Kind.SyscallEnter, new EventName("syscalls", "sys_enter_" + text[4..^1]), ""),
            _ when text.StartsWith("sys_", StringComparison.Ordinal) && text.EndsWith(" ->", StringComparison.Ordinal) =>
                (Kind.SyscallExit, new EventName("syscalls", "sys_exit_" + text[4..^3]), ""),
            _ when text.EndsWith(':') => (Kind.Event, new EventName("", text[..^1]), text + " "),
            _ => (Kind.Function, new EventName("ftrace", "function"), ""),
        };
        return new TextSchema(kind, name, prefix, isClockInNanoseconds);
    }

    /// <summary>Where the event's own text starts behind the head.</summary>
    public int TextOffset(ReadOnlySpan<byte> text, int keyLength)
    {
        if (_prefix.Length == 0)
        {
            return 0;
        }

        if (keyLength < text.Length && text[keyLength] == ' ')
        {
            keyLength++;
        }

        // trace-cmd report pads the event's name; a marker's blanks are its own.
        while (_kind == Kind.Event && keyLength < text.Length && text[keyLength] == ' ')
        {
            keyLength++;
        }

        return keyLength;
    }

    public override string Prefix(ReadOnlyMemory<byte> payload) => _prefix;

    public override string Text(ReadOnlyMemory<byte> payload) => Encoding.UTF8.GetString(payload.Span);

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
        var text = Text(payload);
        return _kind switch
        {
            Kind.Marker => [new("buf", FieldValue.Of(text))],
            Kind.RawData => TextFields.RawData(text),
            Kind.SyscallEnter => TextFields.Listed(text),
            Kind.SyscallExit => TextFields.SyscallReturn(text),
            Kind.Function => TextFields.Function(text),
            Kind.Stack => [],
            _ => Name.Name switch
            {
                "sys_enter" or "sys_exit" => TextFields.RawSyscall(text),
                _ => TextFields.Pairs(text),
            },
        };
    }
}
