using System.Globalization;

namespace LabTrace.Emulation.Ftrace;

/// <summary>One argument of a probe: what is fetched and how it is recorded.</summary>
/// <param name="Name">The field's name.</param>
/// <param name="Text">The fetch as written, with its type.</param>
/// <param name="Source">The fetch without its type.</param>
/// <param name="Type">The record's type: <c>u64</c>, <c>s32</c>, <c>x16</c>, <c>string</c>…</param>
internal sealed record ProbeArgument(string Name, string Text, string Source, string Type)
{
    private static readonly string[] Registers =
    [
        "ax", "bx", "cx", "dx", "si", "di", "bp", "sp", "ip", "flags", "orig_ax", "cs", "ss",
        "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
    ];

    private static readonly string[] Types =
    [
        "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "x8", "x16", "x32", "x64", "string", "ustring", "char", "symbol",
    ];

    /// <summary>Whether a text is recorded.</summary>
    public bool IsText => Type is "string" or "ustring";

    /// <summary>The field's declaration in C.</summary>
    public string Declaration => (IsText ? "__data_loc char[]" : Type == "symbol" || Type.Length == 0 ? "u64" : Type == "char" ? "char"
        : Type.StartsWith('x') ? "u" + Type[1..] : Type) + " " + Name;

    /// <summary>The conversion in the event's print format.</summary>
    public string PrintFormat => Type switch
    {
        "string" or "ustring" => "\\\"%s\\\"",
        "" or "x64" => "0x%Lx",
        "u64" => "%Lu",
        "s64" => "%Ld",
        "symbol" => "%pS",
        "char" => "'%c'",
        _ when Type[0] == 'x' => "0x%x",
        _ when Type[0] == 's' => "%d",
        _ => "%u",
    };

    /// <summary>Reads one word of a definition.</summary>
    /// <param name="word">For example <c>size=%di:u32</c>.</param>
    /// <param name="before">The arguments before it.</param>
    /// <param name="isReturn">Whether the probe is a return probe.</param>
    /// <param name="refuse">Takes an explanation and where in the word it applies; does not return.</param>
    public static ProbeArgument Parse(string word, IReadOnlyList<ProbeArgument> before, bool isReturn, Action<string, int> refuse)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? string.Create(CultureInfo.InvariantCulture, $"arg{before.Count + 1}") : word[..equals];
        var at = equals + 1;
        var fetch = word[at..];
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            refuse("Argument name must follow the same rules as C identifiers", 0);
        }

        if (before.Any(a => a.Name == name))
        {
            refuse("This argument name is already used", 0);
        }

        var colon = fetch.StartsWith('\\') ? -1 : fetch.LastIndexOf(':');
        var source = colon < 0 ? fetch : fetch[..colon];
        var type = colon < 0 ? source == "$comm" ? "string" : "" : fetch[(colon + 1)..];
        if (colon >= 0 && !Types.Contains(type))
        {
            refuse("Unknown type is specified", at + colon + 1);
        }

        CheckSource(source, isReturn, at, refuse);
        return new ProbeArgument(name, fetch, source, type);
    }

    private static void CheckSource(string source, bool isReturn, int at, Action<string, int> refuse)
    {
        switch (source.Length == 0 ? '\0' : source[0])
        {
            case '%':
                if (!Registers.Contains(source[1..]))
                {
                    refuse("Invalid register name", at);
                }

                break;
            case '$':
                CheckVariable(source[1..], isReturn, at, refuse);
                break;
            case '+' or '-':
                CheckDereference(source, isReturn, at, refuse);
                break;
            case '@' or '\\' when source.Length > 1:
                break;
            default:
                refuse("Invalid fetch argument", at);
                break;
        }
    }

    private static void CheckVariable(string name, bool isReturn, int at, Action<string, int> refuse)
    {
        if (name == "retval")
        {
            if (!isReturn)
            {
                refuse("$retval is not available on probe", at);
            }
        }
        else if (name.StartsWith("arg", StringComparison.Ordinal))
        {
            refuse("$arg* can be used only on function entry or exit", at);
        }
        else if (name != "comm" && !(name.StartsWith("stack", StringComparison.Ordinal) && name[5..].All(char.IsAsciiDigit)))
        {
            refuse("Invalid $-variable specified", at);
        }
    }

    private static void CheckDereference(string source, bool isReturn, int at, Action<string, int> refuse)
    {
        var open = source.IndexOf('(', StringComparison.Ordinal);
        if (open < 0)
        {
            refuse("Dereference needs an open brace", at + source.Length);
        }

        if (!source.EndsWith(')'))
        {
            refuse("Dereference needs a close brace", at + source.Length);
        }

        var offset = source[1..open].TrimStart('u');
        var isNumber = offset.StartsWith("0x", StringComparison.Ordinal)
            ? offset.Length > 2 && offset[2..].All(char.IsAsciiHexDigit)
            : offset.Length > 0 && offset.All(char.IsAsciiDigit);
        if (!isNumber)
        {
            refuse("Invalid memory offset", at);
        }

        CheckSource(source[(open + 1)..^1], isReturn, at + open + 1, refuse);
    }
}
