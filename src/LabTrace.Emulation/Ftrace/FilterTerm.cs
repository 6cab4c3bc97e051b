using System.Globalization;
using LabTrace.Devices;

namespace LabTrace.Emulation.Ftrace;

/// <summary>One comparison of a filter: a field, an operator and a value.</summary>
internal static class FilterTerm
{
    public const string TooManyTerms = "Too many terms in predicate expression";
    private const int MaxText = 256;
    private static readonly string[] Operators = ["==", "!=", "~", "<=", "<", ">=", ">", "&"];

    private enum Subject
    {
        Number,
        Text,
        Cpu,
        Comm,
        Stack,
    }

    /// <summary>Reads the term that starts at <paramref name="start"/>.</summary>
    /// <exception cref="FilterException">The term is refused; the caret of the kernel stands one behind the place it looked at.</exception>
    public static (Func<FilterInput, bool> Matches, int Length) Parse(EmulatedEvent of, string text, int start, int cpus)
    {
        var i = SkipWhile(text, start, c => char.IsAsciiLetterOrDigit(c) || c == '_');
        if (i == start)
        {
            throw new FilterException(null, 0, Errno.EPERM);
        }

        var name = text[start..i];
        if (Find(of, name) is not var (subject, field))
        {
            throw Refuse("Field not found", i + 1);
        }

        var isUser = text.AsSpan(i).StartsWith(".ustring");
        var isFunction = !isUser && text.AsSpan(i).StartsWith(".function");
        i += isUser ? ".ustring".Length : isFunction ? ".function".Length : 0;
        i = SkipWhile(text, i, char.IsWhiteSpace);
        var op = Array.Find(Operators, o => string.CompareOrdinal(text, i, o, 0, o.Length) == 0) ?? throw Refuse("Invalid operator", i + 1);
        i = SkipWhile(text, i + op.Length, char.IsWhiteSpace);

        if (isFunction)
        {
            throw Refuse(field?.Size == 8 ? "Function not found" : "Illegal operation for field type", i + 1);
        }

        if (string.CompareOrdinal(text, i, "CPUS", 0, 4) == 0)
        {
            return ParseCpus(text, start, i, op, subject, field, cpus);
        }

        return i < text.Length && text[i] is '\'' or '"' ? ParseText(text, start, i, op, subject, field)
            : i < text.Length && (char.IsAsciiDigit(text[i]) || text[i] == '-') ? ParseNumber(text, start, i, op, subject, field)
            : throw Refuse("Invalid value (did you forget quotes)?", i + 1);
    }

    /// <summary>The kernel's globs: <c>*</c>, <c>?</c> and <c>[…]</c>; the whole text has to fit.</summary>
    internal static bool FitsGlob(ReadOnlySpan<char> glob, ReadOnlySpan<char> text)
    {
        while (true)
        {
            if (glob.IsEmpty)
            {
                return text.IsEmpty;
            }

            if (glob[0] == '*')
            {
                for (var skip = 0; skip <= text.Length; skip++)
                {
                    if (FitsGlob(glob[1..], text[skip..]))
                    {
                        return true;
                    }
                }

                return false;
            }

            if (text.IsEmpty)
            {
                return false;
            }

            if (glob[0] == '[' && glob[1..].IndexOf(']') is > 0 and var close)
            {
                if (!FitsClass(glob.Slice(1, close), text[0]))
                {
                    return false;
                }

                glob = glob[(close + 2)..];
            }
            else if (glob[0] == '?' || glob[0] == text[0])
            {
                glob = glob[1..];
            }
            else
            {
                return false;
            }

            text = text[1..];
        }
    }

    private static bool FitsClass(ReadOnlySpan<char> set, char c)
    {
        var isNot = set[0] == '!';
        set = isNot ? set[1..] : set;
        var fits = false;
        for (var i = 0; i < set.Length; i++)
        {
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                fits |= c >= set[i] && c <= set[i + 2];
                i += 2;
            }
            else
            {
                fits |= set[i] == c;
            }
        }

        return fits != isNot;
    }

    private static FilterException Refuse(string reason, int position) => new(reason, position, Errno.EINVAL);

    private static int SkipWhile(string text, int from, Func<char, bool> condition)
    {
        while (from < text.Length && condition(text[from]))
        {
            from++;
        }

        return from;
    }

    private static (Subject Subject, EmulatedField? Field)? Find(EmulatedEvent of, string name)
    {
        if (of.Fields.FirstOrDefault(f => f.Name == name) is { } own)
        {
            return (own.Kind is FieldKind.FixedText or FieldKind.DynamicText or FieldKind.PointerText ? Subject.Text : Subject.Number, own);
        }

        return name switch
        {
            "CPU" or "cpu" or "common_cpu" => (Subject.Cpu, null),
            "COMM" or "comm" => (Subject.Comm, null),
            "stacktrace" or "STACKTRACE" => (Subject.Stack, null),
            _ => of.FindField(name) is { } common ? (Subject.Number, common) : null,
        };
    }

    private static (Func<FilterInput, bool> Matches, int Length) ParseText(
        string text, int start, int i, string op, Subject subject, EmulatedField? field)
    {
        if (op is not ("==" or "!=" or "~"))
        {
            throw Refuse("Illegal operation for field type", i + 1);
        }

        if (subject is not (Subject.Text or Subject.Comm))
        {
            throw Refuse("Expecting numeric field", i + 1);
        }

        var end = text.IndexOf(text[i], i + 1);
        if (end - i - 1 >= MaxText)
        {
            throw Refuse("Operand too long", i + 1);
        }

        var value = text[(i + 1)..end];
        Func<FilterInput, string> read = subject == Subject.Comm ? input => input.Comm
            : field!.Kind == FieldKind.PointerText ? _ => ""
            : input => field.Text(input.Record.Span);
        Func<FilterInput, bool> matches = op switch
        {
            "==" => input => read(input) == value,
            "!=" => input => read(input) != value,
            _ => input => FitsGlob(value, read(input)),
        };
        return (matches, end + 1 - start);
    }

    private static (Func<FilterInput, bool> Matches, int Length) ParseNumber(
        string text, int start, int i, string op, Subject subject, EmulatedField? field)
    {
        if (subject is Subject.Text or Subject.Comm)
        {
            throw Refuse("Expecting string field", i + 1);
        }

        if (op == "~")
        {
            throw Refuse("Illegal operation for field type", i + 1);
        }

        var end = SkipWhile(text, text[i] == '-' ? i + 1 : i, char.IsAsciiLetterOrDigit);
        var isSigned = field?.IsSigned ?? subject == Subject.Cpu;
        if (!TryNumber(text[i..end], isSigned, out var value))
        {
            throw Refuse("Illegal integer value", i + 1);
        }

        Func<FilterInput, long> read = subject switch
        {
            Subject.Cpu => input => input.Cpu,
            Subject.Stack => _ => 0,
            _ => input => field!.Number(input.Record.Span),
        };
        return (Compare(op, read, value, isSigned), end - start);
    }

    private static Func<FilterInput, bool> Compare(string op, Func<FilterInput, long> read, long value, bool isSigned) => op switch
    {
        "==" => input => read(input) == value,
        "!=" => input => read(input) != value,
        "&" => input => (read(input) & value) != 0,
        "<" => input => Order(read(input), value, isSigned) < 0,
        "<=" => input => Order(read(input), value, isSigned) <= 0,
        ">" => input => Order(read(input), value, isSigned) > 0,
        _ => input => Order(read(input), value, isSigned) >= 0,
    };

    private static int Order(long left, long right, bool isSigned) => isSigned ? left.CompareTo(right) : ((ulong)left).CompareTo((ulong)right);

    private static (Func<FilterInput, bool> Matches, int Length) ParseCpus(
        string text, int start, int i, string op, Subject subject, EmulatedField? field, int cpus)
    {
        if (subject is not (Subject.Cpu or Subject.Number) || op is "~")
        {
            throw Refuse("Illegal operation for field type", i + 1);
        }

        i += "CPUS".Length;
        if (i >= text.Length || text[i] != '{')
        {
            throw Refuse("Missing '{'", i + 2);
        }

        var close = text.IndexOf('}', i);
        if (close < 0)
        {
            throw Refuse("Missing '}'", text.Length + 1);
        }

        if (!TryCpuList(text[(i + 1)..close], cpus, out var set))
        {
            throw Refuse("Invalid cpulist", close + 1);
        }

        Func<FilterInput, long> read = subject == Subject.Cpu ? input => input.Cpu : input => field!.Number(input.Record.Span);
        Func<FilterInput, bool> matches = op switch
        {
            "!=" => input => !set.SetEquals([read(input)]),
            "==" => input => set.SetEquals([read(input)]),
            _ => input => set.Contains(read(input)),
        };
        return (matches, close + 1 - start);
    }

    private static bool TryCpuList(string list, int cpus, out HashSet<long> set)
    {
        set = [];
        foreach (var range in list.Split(','))
        {
            var ends = range.Split('-');
            if (ends.Length > 2 || !int.TryParse(ends[0], NumberStyles.None, null, out var first)
                || !int.TryParse(ends[^1], NumberStyles.None, null, out var last) || last >= cpus || last < first)
            {
                return false;
            }

            set.UnionWith(Enumerable.Range(first, last - first + 1).Select(c => (long)c));
        }

        return set.Count > 0;
    }

    /// <summary>kstrtoll and kstrtoull with base 0: 0x and leading 0 choose the base.</summary>
    private static bool TryNumber(string text, bool isSigned, out long value)
    {
        var isNegative = text.StartsWith('-');
        var digits = isNegative ? text[1..] : text;
        var isHex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        var isOctal = !isHex && digits.Length > 1 && digits[0] == '0';
        ulong magnitude = 0;
        var isValid = isHex ? ulong.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, null, out magnitude)
            : isOctal ? TryOctal(digits, out magnitude)
            : ulong.TryParse(digits, NumberStyles.None, null, out magnitude);
        value = isNegative ? -(long)magnitude : (long)magnitude;
        return isValid && (isSigned ? magnitude <= (ulong)long.MaxValue + (isNegative ? 1UL : 0) : !isNegative);
    }

    private static bool TryOctal(string digits, out ulong value)
    {
        value = 0;
        foreach (var c in digits)
        {
            if (c is < '0' or > '7' || value >> 61 != 0)
            {
                return false;
            }

            value = (value * 8) + (ulong)(c - '0');
        }

        return true;
    }
}
