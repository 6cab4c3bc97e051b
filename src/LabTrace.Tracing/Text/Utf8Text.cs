using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>UTF-8 text that is being written; the buffer is kept when the text is cleared.</summary>
internal sealed class Utf8Text
{
    private const int MaxNumberBytes = 24;

    private byte[] _bytes;

    public Utf8Text(int capacity = 256) => _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Forgets what was written behind a place.</summary>
    public void Truncate(int length) => Length = Math.Min(Length, length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(byte value)
    {
        if (Length == _bytes.Length)
        {
            Grow(1);
        }

        _bytes[Length++] = value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - Length < bytes.Length)
        {
            Grow(bytes.Length);
        }

        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Append(ReadOnlySpan<char> text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (_bytes.Length - Length < most)
        {
            Grow(most);
        }

        Length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(Length));
    }

    public void Fill(byte value, int count)
    {
        if (count <= 0)
        {
            return;
        }

        if (_bytes.Length - Length < count)
        {
            Grow(count);
        }

        _bytes.AsSpan(Length, count).Fill(value);
        Length += count;
    }

    public void Append(long value)
    {
        if (_bytes.Length - Length < MaxNumberBytes)
        {
            Grow(MaxNumberBytes);
        }

        _ = Utf8Formatter.TryFormat(value, _bytes.AsSpan(Length), out var written);
        Length += written;
    }

    public void Append(ulong value)
    {
        if (_bytes.Length - Length < MaxNumberBytes)
        {
            Grow(MaxNumberBytes);
        }

        _ = Utf8Formatter.TryFormat(value, _bytes.AsSpan(Length), out var written);
        Length += written;
    }

    /// <summary>A number with leading zeros.</summary>
    public void Append(ulong value, int digits)
    {
        var start = Length;
        Append(value);
        PadLeft(start, digits, (byte)'0');
    }

    /// <summary>A number in hexadecimal, without 0x.</summary>
    public void AppendHex(ulong value, bool isUpper = false)
    {
        if (_bytes.Length - Length < MaxNumberBytes)
        {
            Grow(MaxNumberBytes);
        }

        var digits = Math.Max(1, (67 - System.Numerics.BitOperations.LeadingZeroCount(value)) / 4);
        var alphabet = isUpper ? "0123456789ABCDEF"u8 : "0123456789abcdef"u8;
        for (var i = digits - 1; i >= 0; i--)
        {
            _bytes[Length + i] = alphabet[(int)(value & 0xf)];
            value >>= 4;
        }

        Length += digits;
    }

    /// <summary>Puts bytes before what was written since <paramref name="start"/> until that has <paramref name="width"/> bytes.</summary>
    public void PadLeft(int start, int width, byte with = (byte)' ')
    {
        var written = Length - start;
        var missing = width - written;
        if (missing <= 0)
        {
            return;
        }

        if (_bytes.Length - Length < missing)
        {
            Grow(missing);
        }

        _bytes.AsSpan(start, written).CopyTo(_bytes.AsSpan(start + missing));
        _bytes.AsSpan(start, missing).Fill(with);
        Length += missing;
    }

    /// <summary>Puts blanks behind what was written since <paramref name="start"/> until that has <paramref name="width"/> bytes.</summary>
    public void PadRight(int start, int width) => Fill((byte)' ', width - (Length - start));

    /// <inheritdoc/>
    public override string ToString() => Encoding.UTF8.GetString(Written);

    private void Grow(int more) => Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + more));
}
