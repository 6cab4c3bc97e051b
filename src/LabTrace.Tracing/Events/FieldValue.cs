using System.Globalization;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>One value of an event: the raw number, text or bytes, and the label its event prints for it.</summary>
/// <remarks>Bytes are a slice of the capture, valid while the capture is open.</remarks>
public readonly partial struct FieldValue : IEquatable<FieldValue>
{
    private readonly ulong _bits;
    private readonly string? _text;
    private readonly string? _label;
    private readonly byte _elementSize;
    private readonly bool _isSigned;
    private readonly bool _isBigEndian;
    private readonly bool _isHex;

    private FieldValue(
        FieldShape shape, ulong bits, string? text, string? label, ReadOnlyMemory<byte> bytes, int elementSize, bool isSigned, bool isBigEndian, bool isHex)
    {
        Shape = shape;
        _bits = bits;
        _text = text;
        _label = label;
        Bytes = bytes;
        _elementSize = (byte)elementSize;
        _isSigned = isSigned;
        _isBigEndian = isBigEndian;
        _isHex = isHex;
    }

    /// <summary>What the value is.</summary>
    public FieldShape Shape { get; }

    /// <summary>The bytes as recorded; empty for values that were read from text.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>What the event's print format makes of the value, for example <c>S</c> for <c>prev_state</c> 1; null when just the value.</summary>
    public string? Label => _label;

    /// <summary>Whether the number is signed.</summary>
    public bool IsSigned => _isSigned;

    /// <summary>Whether the number is an address, which is printed in hexadecimal.</summary>
    public bool IsAddress => _isHex;

    /// <summary>How many numbers an array holds; 1 for a number, 0 otherwise.</summary>
    public int Count => Shape switch
    {
        FieldShape.Integer => 1,
        FieldShape.Array => Bytes.Length / Math.Max((int)_elementSize, 1),
        _ => 0,
    };

    /// <summary>A signed number.</summary>
    public static FieldValue Of(long value) => new(FieldShape.Integer, (ulong)value, null, null, default, 8, isSigned: true, false, false);

    /// <summary>An unsigned number.</summary>
    public static FieldValue Of(ulong value) => new(FieldShape.Integer, value, null, null, default, 8, isSigned: false, false, false);

    /// <summary>A text.</summary>
    public static FieldValue Of(string value) => new(FieldShape.Text, 0, value, null, default, 1, false, false, false);

    /// <summary>The same value with the label its event prints for it.</summary>
    public FieldValue WithLabel(string? label) =>
        new(Shape, _bits, _text, label, Bytes, _elementSize, _isSigned, _isBigEndian, _isHex);

    /// <summary>The number; for text that is one (<c>120</c>, <c>0x1f</c>, <c>0x4330 (17200)</c>) its value. False for everything else.</summary>
    /// <param name="value">The exact number.</param>
    public bool TryGetInteger(out Int128 value)
    {
        if (Shape == FieldShape.Integer)
        {
            value = _isSigned ? (long)_bits : _bits;
            return true;
        }

        value = 0;
        return Shape == FieldShape.Text && Number.TryParse(_text.AsSpan(), out value);
    }

    /// <summary>The number, or the element of an array.</summary>
    /// <param name="index">Zero-based.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    public Int128 this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
            if (Shape == FieldShape.Integer)
            {
                return _isSigned ? (long)_bits : _bits;
            }

            var bits = ReadBits(Bytes.Span.Slice(index * _elementSize, _elementSize), _isBigEndian);
            return _isSigned ? SignExtend(bits, _elementSize) : bits;
        }
    }

    /// <summary>Whether both are the same number, text or bytes; labels do not count.</summary>
    public bool Equals(FieldValue other)
    {
        if (TryGetInteger(out var left) && other.TryGetInteger(out var right))
        {
            return left == right;
        }

        return Shape == other.Shape && string.Equals(_text, other._text, StringComparison.Ordinal) && Bytes.Span.SequenceEqual(other.Bytes.Span)
               && _bits == other._bits;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FieldValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => TryGetInteger(out var value) ? value.GetHashCode() : HashCode.Combine(Shape, _text, Bytes.Length);

    /// <summary>Whether both are the same number, text or bytes.</summary>
    public static bool operator ==(FieldValue left, FieldValue right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(FieldValue left, FieldValue right) => !left.Equals(right);

    /// <summary>The label when the event prints one, otherwise the value: numbers in decimal, addresses in hexadecimal.</summary>
    public override string ToString() => _label ?? ToRawText();

    /// <summary>The value without its label.</summary>
    public string ToRawText() => Shape switch
    {
        FieldShape.Integer when _isHex => "0x" + _bits.ToString("x", CultureInfo.InvariantCulture),
        FieldShape.Integer => _isSigned ? ((long)_bits).ToString(CultureInfo.InvariantCulture) : _bits.ToString(CultureInfo.InvariantCulture),
        FieldShape.Text => _text ?? "",
        FieldShape.Array => ArrayText(),
        _ => Convert.ToHexStringLower(Bytes.Span),
    };

    /// <summary>Reads a field of a binary record; false when its bytes lie outside the record.</summary>
    internal static bool TryRead(EventField field, ReadOnlyMemory<byte> payload, bool isBigEndian, out FieldValue value)
    {
        value = default;
        if (!TryLocate(field, payload.Span, isBigEndian, out var offset, out var length))
        {
            return false;
        }

        var bytes = payload.Slice(offset, length);
        switch (field.Shape)
        {
            case FieldShape.Integer:
                var bits = ReadBits(bytes.Span, isBigEndian);
                bits = field.IsSigned ? (ulong)SignExtend(bits, length) : bits;
                value = new FieldValue(FieldShape.Integer, bits, null, null, bytes, length, field.IsSigned, isBigEndian, field.IsPointer);
                return true;
            case FieldShape.Text:
                value = new FieldValue(FieldShape.Text, 0, TextOf(bytes.Span), null, bytes, 1, false, isBigEndian, false);
                return true;
            default:
                value = new FieldValue(
                    field.Shape, 0, null, null, bytes, field.ElementSize, field.IsSigned, isBigEndian, field.Type.Contains('*', StringComparison.Ordinal));
                return true;
        }
    }

    internal static bool TryLocate(EventField field, ReadOnlySpan<byte> payload, bool isBigEndian, out int offset, out int length)
    {
        offset = field.Offset;
        length = field.Size;
        if (field.Place == FieldPlace.ToEnd)
        {
            length = payload.Length - offset;
        }
        else if (field.Place is FieldPlace.DataLoc or FieldPlace.RelLoc)
        {
            if (field.Offset + 4 > payload.Length)
            {
                return false;
            }

            var word = (uint)ReadBits(payload.Slice(field.Offset, 4), isBigEndian);
            offset = (int)(word & 0xffff) + (field.Place == FieldPlace.RelLoc ? field.Offset + 4 : 0);
            length = (int)(word >> 16);
        }

        if (offset + length > payload.Length && field is { Shape: FieldShape.Array, Place: FieldPlace.Fixed } && offset <= payload.Length)
        {
            // The kernel ends a record behind the last number of an array that it did not fill.
            length = (payload.Length - offset) / field.ElementSize * field.ElementSize;
        }

        return length >= 0 && offset + length <= payload.Length;
    }

    internal static string TextOf(ReadOnlySpan<byte> bytes)
    {
        var nul = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(nul < 0 ? bytes : bytes[..nul]);
    }

    internal static ulong ReadBits(ReadOnlySpan<byte> bytes, bool isBigEndian)
    {
        ulong bits = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            bits = bits << 8 | bytes[isBigEndian ? i : bytes.Length - 1 - i];
        }

        return bits;
    }

    internal static long SignExtend(ulong bits, int size)
    {
        var shift = 64 - (size * 8);
        return (long)(bits << shift) >> shift;
    }

    private string ArrayText()
    {
        var text = new StringBuilder("{");
        for (var i = 0; i < Count; i++)
        {
            _ = text.Append(i == 0 ? "" : ", ");
            _ = _isHex || !_isSigned
                ? text.Append("0x").Append(((ulong)this[i]).ToString("x", CultureInfo.InvariantCulture))
                : text.Append(((long)this[i]).ToString(CultureInfo.InvariantCulture));
        }

        return text.Append('}').ToString();
    }
}
