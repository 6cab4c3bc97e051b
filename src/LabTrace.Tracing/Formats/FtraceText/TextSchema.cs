using System.Buffers;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>Decodes the text behind an event's name, fields only when asked for.</summary>
internal sealed class TextSchema : LineSchema
{
    private static readonly SearchValues<byte> NameBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.$"u8);

    private readonly Kind _kind;
    private readonly string _prefix;

    private TextSchema(Kind kind, EventName name, string prefix, bool isClockInNanoseconds)
        : base(name, isClockInNanoseconds)
    {
        _kind = kind;
        _prefix = prefix;
    }

    private enum Kind
    {
        Event,
        Marker,
        ReportedMarker,
        RawMarker,
        Stack,
        RawData,
        SyscallEnter,
        SyscallExit,
        Function,
        RawFunction,
        RawType,
        Hwlat,
        Osnoise,
        Timerlat,
        Wakeup,
        Branch,
        Block,
    }

    /// <summary>Whether a line without a head belongs to the event before it.</summary>
    public bool TakesContinuation(ReadOnlySpan<byte> line) => _kind switch
    {
        Kind.Marker or Kind.ReportedMarker or Kind.RawMarker => true,
        Kind.Stack => line.TrimStart((byte)' ').StartsWith("=>"u8),
        _ => false,
    };

    /// <summary>Whether any line may follow that belongs to an event of this kind.</summary>
    public bool TakesContinuations => _kind is Kind.Marker or Kind.ReportedMarker or Kind.RawMarker or Kind.Stack;

    /// <summary>What tells which event a line's text is: bytes at its start, or a name of ours behind a NUL; empty when nothing does.</summary>
    /// <param name="text">The text behind the head.</param>
    /// <param name="tracer">The tracer that the capture's header names.</param>
    public static ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> text, string tracer)
    {
        var end = text.IndexOfAnyExcept(NameBytes);
        if (end <= 0 || AsciiScan.IsDigit(text, 0))
        {
            return OtherKey(text, tracer);
        }

        // name: text, sys_name(…, sys_name -> 0x0, function <-parent, function [module]: text
        var rest = text[end..];
        return rest[0] is (byte)':' or (byte)'(' ? text[..(end + 1)]
            : rest.StartsWith(" ->"u8) ? text[..(end + 3)]
            : rest.StartsWith(" ["u8) ? text[..ModuleKeyLength(text, end)]
            : rest.StartsWith(" <"u8) || rest.StartsWith("+0x"u8) ? "\0function"u8
            : rest.StartsWith(" TYPE "u8) ? Numbered(text, "UNKNOWN TYPE "u8)
            : [];
    }

    /// <summary>As <see cref="KeyOf"/>, for the texts of the options raw and hex.</summary>
    public static ReadOnlySpan<byte> RawKeyOf(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("type: "u8))
        {
            return Numbered(text, "type: "u8);
        }

        if (text.StartsWith("# "u8))
        {
            return text.IndexOf(" buf:"u8) > 0 ? "\0raw_data"u8 : "\0print"u8;
        }

        var at = 0;
        return AsciiScan.TryHex(text, ref at, out _) && at >= 8 && (at == text.Length || text[at] == ' ') ? "\0raw_function"u8 : "\0unknown"u8;
    }

    /// <summary>Makes the schema of a key that <see cref="KeyOf"/> found.</summary>
    public static TextSchema Make(ReadOnlySpan<byte> key, bool isClockInNanoseconds)
    {
        var text = Encoding.UTF8.GetString(key);
        var (kind, name, prefix) = text switch
        {
            ['\0', .. var ours] => Ours(ours),
            "tracing_mark_write:" => (Kind.Marker, EventName.Print, "tracing_mark_write: "),
            "print:" or "bprint:" or "bputs:" => (Kind.ReportedMarker, new EventName("ftrace", text[..^1]), text + " "),
            "raw_data:" => (Kind.RawData, EventName.RawData, text + " "),
            "kernel_stack:" or "user_stack:" => (Kind.Stack, new EventName("ftrace", text[..^1]), text + " "),
            "function:" => (Kind.Function, new EventName("ftrace", "function"), text + " "),
            "funcgraph_entry:" or "funcgraph_exit:" or "hwlat:" or "osnoise:" or "timerlat:" => (Kind.Event, new EventName("ftrace", text[..^1]), text + " "),
            "<stack trace>" => (Kind.Stack, new EventName("ftrace", "kernel_stack"), ""),
            "<user stack trace>" => (Kind.Stack, new EventName("ftrace", "user_stack"), ""),
            _ when text.StartsWith("type: ", StringComparison.Ordinal) => (Kind.RawType, new EventName("unknown", "type_" + text[6..]), ""),
            _ when text.StartsWith("UNKNOWN TYPE ", StringComparison.Ordinal) => (Kind.RawType, new EventName("unknown", "type_" + text[13..]), ""),
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
        while (_kind != Kind.Marker && keyLength < text.Length && text[keyLength] == ' ')
        {
            keyLength++;
        }

        return keyLength;
    }

    public override string Prefix(ReadOnlyMemory<byte> payload) => _prefix;

    public override IEnumerable<KeyValuePair<string, FieldValue>> Fields(ReadOnlyMemory<byte> payload)
    {
        var text = Text(payload);
        return _kind switch
        {
            Kind.Marker => [new("buf", FieldValue.Of(text))],
            Kind.ReportedMarker => SpecialTextFields.Marker(text),
            Kind.RawMarker => SpecialTextFields.RawMarker(text),
            Kind.RawData => TextFields.RawData(text),
            Kind.SyscallEnter => TextFields.Listed(text),
            Kind.SyscallExit => TextFields.SyscallReturn(text),
            Kind.Function => TextFields.Function(text),
            Kind.RawFunction => SpecialTextFields.RawFunction(text),
            Kind.Stack => SpecialTextFields.Stack(text),
            Kind.Hwlat => SpecialTextFields.Hwlat(text),
            Kind.Osnoise => SpecialTextFields.Osnoise(text),
            Kind.Timerlat => SpecialTextFields.Timerlat(text),
            Kind.Wakeup => SpecialTextFields.Wakeup(text),
            Kind.Branch => SpecialTextFields.Branch(text),
            Kind.Block => SpecialTextFields.Block(text),
            Kind.RawType => [],
            _ => Name.Name switch
            {
                "sys_enter" or "sys_exit" => TextFields.RawSyscall(text),
                "funcgraph_entry" or "funcgraph_exit" => SpecialTextFields.FunctionGraph(text),
                "hwlat" => SpecialTextFields.Hwlat(text),
                "timerlat" => SpecialTextFields.Timerlat(text),
                "gpio_value" or "gpio_direction" => SpecialTextFields.Gpio(text),
                "sched_wakeup" or "sched_wakeup_new" or "sched_waking" or "sched_switch" => SpecialTextFields.Scheduler(text),
                _ => TextFields.Pairs(text),
            },
        };
    }

    private static (Kind Kind, EventName Name, string Prefix) Ours(string name)
    {
        var kind = name switch
        {
            "hwlat" => Kind.Hwlat,
            "osnoise" => Kind.Osnoise,
            "timerlat" => Kind.Timerlat,
            "wakeup" or "context_switch" => Kind.Wakeup,
            "branch" => Kind.Branch,
            "blk" => Kind.Block,
            "raw_data" => Kind.RawData,
            "print" => Kind.RawMarker,
            "raw_function" => Kind.RawFunction,
            "unknown" => Kind.RawType,
            _ => Kind.Function,
        };
        return (kind, kind == Kind.RawType ? new EventName("unknown", "raw") : new EventName("ftrace", name is "raw_function" ? "function" : name), "");
    }

    /// <summary>Texts that start with no name.</summary>
    private static ReadOnlySpan<byte> OtherKey(ReadOnlySpan<byte> text, string tracer)
    {
        if (text.StartsWith("#"u8))
        {
            return text.StartsWith("# "u8) ? (text.IndexOf(" buf:"u8) > 0 ? "\0raw_data"u8 : [])
                : !AsciiScan.IsDigit(text, 1) ? []
                : text.IndexOf("context"u8) > 0 ? "\0timerlat"u8
                : "\0hwlat"u8;
        }

        if (text.StartsWith("<stack trace>"u8) || text.StartsWith("<user stack trace>"u8))
        {
            return text[..(text.IndexOf((byte)'>') + 1)];
        }

        if (text.StartsWith("["u8))
        {
            return tracer == "branch" ? "\0branch"u8 : [];
        }

        var at = AsciiScan.SkipBlanks(text, 0);
        if (!AsciiScan.TryInt(text, ref at, out _))
        {
            return [];
        }

        // The wakeup tracers: "   17:120:S   + [001]    18:120:R kworker", with ==> for a switch. The block tracer: "  8,0    D   W 12 + 8 [name]".
        return at < text.Length && text[at] == ',' ? "\0blk"u8
            : tracer == "osnoise" ? "\0osnoise"u8
            : at < text.Length && text[at] == ':' && text.IndexOf(" ==> ["u8) > 0 ? "\0context_switch"u8
            : at < text.Length && text[at] == ':' && text.IndexOf(" + ["u8) > 0 ? "\0wakeup"u8
            : [];
    }

    /// <summary><c>function [module]: text</c> of trace_printk, otherwise <c>function [module] &lt;-parent</c>.</summary>
    private static int ModuleKeyLength(ReadOnlySpan<byte> text, int end)
    {
        var close = text[end..].IndexOf((byte)']');
        return close > 0 && end + close + 1 < text.Length && text[end + close + 1] == ':' ? end + close + 2 : end;
    }

    private static ReadOnlySpan<byte> Numbered(ReadOnlySpan<byte> text, ReadOnlySpan<byte> words)
    {
        var at = words.Length;
        return text.StartsWith(words) && AsciiScan.TryInt(text, ref at, out _) ? text[..at] : [];
    }
}
