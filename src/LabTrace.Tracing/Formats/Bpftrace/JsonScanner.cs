using System.Buffers;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>Walks JSON on one line. More lenient than JSON: bpftrace prints some values without the quotes they need (<c>{"@t": 10:24:27}</c>), so a bare
/// word is taken up to what ends a value.</summary>
internal ref struct JsonScanner(ReadOnlySpan<byte> text)
{
    private const int MaxNesting = 64;

    private static readonly SearchValues<byte> BareEnds = SearchValues.Create(",}]"u8);

    private readonly ReadOnlySpan<byte> _text = text;

    public int Position { get; private set; }

    public readonly ReadOnlySpan<byte> Rest => _text[Position..];

    /// <summary>Takes a mark, with blanks before it.</summary>
    public bool TryTake(byte mark)
    {
        SkipBlanks();
        if (Position >= _text.Length || _text[Position] != mark)
        {
            return false;
        }

        Position++;
        return true;
    }

    public byte Peek()
    {
        SkipBlanks();
        return Position < _text.Length ? _text[Position] : (byte)0;
    }

    /// <summary>Takes a quoted text; the bytes still have their escapes.</summary>
    public bool TryString(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryTake((byte)'"'))
        {
            return false;
        }

        var start = Position;
        while (true)
        {
            var next = _text[Position..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0)
            {
                return false;
            }

            Position += next;
            if (_text[Position] == '"')
            {
                value = _text[start..Position];
                Position++;
                return true;
            }

            Position += 2;
            if (Position > _text.Length)
            {
                return false;
            }
        }
    }

    /// <summary>Takes any value as it is written.</summary>
    public bool TryValue(out ReadOnlySpan<byte> value) => TryValue(out value, 0);

    /// <summary>Appends a quoted text's bytes with escapes resolved.</summary>
    public static void Unescape(ReadOnlySpan<byte> text, Utf8Text into)
    {
        Span<byte> utf8 = stackalloc byte[4];
        while (true)
        {
            var next = text.IndexOf((byte)'\\');
            if (next < 0 || next + 1 >= text.Length)
            {
                into.Append(text);
                return;
            }

            into.Append(text[..next]);
            var letter = text[next + 1];
            text = text[(next + 2)..];
            if (letter == 'u' && text.Length >= 4 && TryHex4(text, out var code))
            {
                text = text[4..];
                if (char.IsHighSurrogate((char)code) && text.Length >= 6 && text.StartsWith("\\u"u8) && TryHex4(text[2..], out var low) && char.IsLowSurrogate((char)low))
                {
                    code = char.ConvertToUtf32((char)code, (char)low);
                    text = text[6..];
                }

                into.Append(utf8[..(Rune.IsValid(code) ? new Rune(code) : Rune.ReplacementChar).EncodeToUtf8(utf8)]);
                continue;
            }

            into.Append(letter switch { (byte)'n' => (byte)'\n', (byte)'t' => (byte)'\t', (byte)'r' => (byte)'\r', (byte)'b' => (byte)'\b', (byte)'f' => (byte)'\f', _ => letter });
        }
    }

    private static bool TryHex4(ReadOnlySpan<byte> text, out int code)
    {
        var at = 0;
        var isHex = AsciiScan.TryHex(text[..4], ref at, out var value) && at == 4;
        code = (int)value;
        return isHex;
    }

    private bool TryValue(out ReadOnlySpan<byte> value, int nesting)
    {
        value = default;
        var start = Peek() == 0 ? -1 : Position;
        if (start < 0 || nesting > MaxNesting)
        {
            return false;
        }

        var first = _text[Position];
        if (first == '"')
        {
            if (!TryString(out _))
            {
                return false;
            }
        }
        else if (first is (byte)'{' or (byte)'[')
        {
            if (!TryNested(first, nesting))
            {
                return false;
            }
        }
        else
        {
            var end = _text[Position..].IndexOfAny(BareEnds);
            if (end <= 0)
            {
                return false;
            }

            Position += end;
        }

        value = _text[start..Position].TrimEnd((byte)' ');
        return true;
    }

    private bool TryNested(byte open, int nesting)
    {
        var close = open == '{' ? (byte)'}' : (byte)']';
        Position++;
        if (TryTake(close))
        {
            return true;
        }

        do
        {
            if ((open == '{' && (!TryString(out _) || !TryTake((byte)':'))) || !TryValue(out _, nesting + 1))
            {
                return false;
            }
        }
        while (TryTake((byte)','));

        return TryTake(close);
    }

    private void SkipBlanks()
    {
        while (Position < _text.Length && _text[Position] is (byte)' ' or (byte)'\t')
        {
            Position++;
        }
    }
}
