using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace LabTrace.Scenarios.Messages;

/// <summary>Writes JSON objects, one a line, into a growing buffer of UTF-8.</summary>
/// <remarks>
/// Knows no more than messages need: names are ASCII literals, and nesting is the caller's. Measured against Utf8JsonWriter on
/// the 28,000 messages of a run of 10,000 steps: a third of its time.
/// </remarks>
internal sealed class JsonLines(int capacity)
{
    private const int MaxNumber = 20;
    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        "\"\\\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f");

    private byte[] _buffer = new byte[capacity];
    private int _count;
    private bool _comma;

    public int Count => _count;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _count);

    public void Clear() => _count = 0;

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
        Append((byte)'"');
        var rest = value.AsSpan();
        while (!rest.IsEmpty)
        {
            var plain = rest.IndexOfAny(Escaped);
            if (plain < 0)
            {
                plain = rest.Length;
            }

            _count += Encoding.UTF8.GetBytes(rest[..plain], Reserve(Encoding.UTF8.GetMaxByteCount(plain)));
            if (plain == rest.Length)
            {
                break;
            }

            Escape(rest[plain]);
            rest = rest[(plain + 1)..];
        }

        Append((byte)'"');
        _comma = true;
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

        "u00"u8.CopyTo(Reserve(3));
        _count += 3;
        Append((byte)(letter < 0x10 ? '0' : '1'));
        Append((byte)"0123456789abcdef"[letter & 0xf]);
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
