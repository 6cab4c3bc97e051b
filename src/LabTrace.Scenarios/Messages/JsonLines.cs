using System.Buffers.Text;
using System.Text;

namespace LabTrace.Scenarios.Messages;

/// <summary>Writes JSON objects, one a line, into a growing buffer of UTF-8.</summary>
/// <remarks>
/// Knows no more than messages need: names are ASCII literals, and nesting is the caller's. A short run pays for every generic
/// method that has to be compiled first, so it is plain loops.
/// </remarks>
internal sealed class JsonLines(int capacity)
{
    private const int MaxNumber = 20;
    private byte[] _buffer = new byte[capacity];
    private int _count;
    private bool _comma;

    public int Count => _count;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _count);

    public void Clear() => _count = 0;

    /// <summary>Takes lines that were written elsewhere.</summary>
    public void Append(ReadOnlySpan<byte> lines)
    {
        lines.CopyTo(Reserve(lines.Length));
        _count += lines.Length;
    }

    public void EndLine()
    {
        Append((byte)'\n');
        _comma = false;
    }

    public void WriteStartObject()
    {
        Separate();
        Append((byte)'{');
        _comma = false;
    }

    public void WriteStartObject(ReadOnlySpan<byte> name)
    {
        WritePropertyName(name);
        Append((byte)'{');
        _comma = false;
    }

    public void WriteEndObject()
    {
        Append((byte)'}');
        _comma = true;
    }

    public void WriteStartArray(ReadOnlySpan<byte> name)
    {
        WritePropertyName(name);
        Append((byte)'[');
        _comma = false;
    }

    public void WriteEndArray()
    {
        Append((byte)']');
        _comma = true;
    }

    public void WritePropertyName(ReadOnlySpan<byte> name)
    {
        var room = Reserve(name.Length + 4);
        var at = 0;
        if (_comma)
        {
            room[at++] = (byte)',';
        }

        room[at++] = (byte)'"';
        name.CopyTo(room[at..]);
        at += name.Length;
        room[at++] = (byte)'"';
        room[at++] = (byte)':';
        _count += at;
        _comma = false;
    }

    public void WriteString(ReadOnlySpan<byte> name, string value)
    {
        WritePropertyName(name);
        Quote(value);
    }

    public void WriteString(ReadOnlySpan<byte> name, ReadOnlySpan<byte> plain)
    {
        WritePropertyName(name);
        var room = Reserve(plain.Length + 2);
        room[0] = (byte)'"';
        plain.CopyTo(room[1..]);
        room[plain.Length + 1] = (byte)'"';
        _count += plain.Length + 2;
        _comma = true;
    }

    public void WriteStringValue(string value)
    {
        Separate();
        Quote(value);
    }

    public void WriteNumber(ReadOnlySpan<byte> name, long value)
    {
        WritePropertyName(name);
        Utf8Formatter.TryFormat(value, Reserve(MaxNumber), out var written);
        _count += written;
        _comma = true;
    }

    public void WriteBoolean(ReadOnlySpan<byte> name, bool value)
    {
        WritePropertyName(name);
        var text = value ? "true"u8 : "false"u8;
        text.CopyTo(Reserve(text.Length));
        _count += text.Length;
        _comma = true;
    }

    private void Quote(string value)
    {
        var rest = value.AsSpan();
        Append((byte)'"');
        while (true)
        {
            // Nearly all text is short and plain: checked and copied in one go.
            var room = Reserve(rest.Length);
            var plain = 0;
            while (plain < rest.Length && rest[plain] is >= ' ' and < '\u007f' and not '"' and not '\\')
            {
                room[plain] = (byte)rest[plain];
                plain++;
            }

            _count += plain;
            rest = rest[plain..];
            if (rest.IsEmpty)
            {
                break;
            }

            rest = rest[QuoteSpecial(rest)..];
        }

        Append((byte)'"');
        _comma = true;
    }

    /// <returns>How many characters were written: one escaped, or all up to the next ASCII one.</returns>
    private int QuoteSpecial(ReadOnlySpan<char> text)
    {
        if (text[0] < '\u0080')
        {
            Escape(text[0]);
            return 1;
        }

        var length = 1;
        while (length < text.Length && text[length] >= '\u0080')
        {
            length++;
        }

        _count += Encoding.UTF8.GetBytes(text[..length], Reserve(Encoding.UTF8.GetMaxByteCount(length)));
        return length;
    }

    private void Escape(char letter)
    {
        var shortForm = letter switch
        {
            '"' => (byte)'"',
            '\\' => (byte)'\\',
            '\n' => (byte)'n',
            '\r' => (byte)'r',
            '\t' => (byte)'t',
            '\b' => (byte)'b',
            '\f' => (byte)'f',
            _ => (byte)0,
        };
        Append((byte)'\\');
        if (shortForm != 0)
        {
            Append(shortForm);
            return;
        }

        const string Digits = "0123456789abcdef";
        "u00"u8.CopyTo(Reserve(3));
        _count += 3;
        Append((byte)Digits[letter >> 4]);
        Append((byte)Digits[letter & 0xf]);
    }

    private void Separate()
    {
        if (_comma)
        {
            Append((byte)',');
        }
    }

    private void Append(byte value)
    {
        Reserve(1)[0] = value;
        _count++;
    }

    private Span<byte> Reserve(int length)
    {
        if (_buffer.Length - _count < length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _count + length));
        }

        return _buffer.AsSpan(_count);
    }
}
