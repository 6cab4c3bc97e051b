using System.Globalization;
using System.Text;

namespace LabTrace.Tracing;

/// <summary><c>__print_flags</c>: the names of the set bits, the rest in hexadecimal.</summary>
internal sealed class FlagsNode(PrintNode value, string delimiter, (ulong Mask, string Name)[] names) : PrintNode(value)
{
    public override string? OnlyField => value.OnlyField;

    public override CValue Evaluate(ref PrintFrame frame)
    {
        var flags = value.Evaluate(ref frame).Bits;
        var text = new StringBuilder();
        foreach (var (mask, name) in names)
        {
            if (flags == 0)
            {
                break;
            }

            if ((flags & mask) == mask)
            {
                flags &= ~mask;
                _ = text.Append(text.Length == 0 ? "" : delimiter).Append(name);
            }
        }

        if (flags != 0)
        {
            _ = text.Append(text.Length == 0 ? "" : delimiter).Append(CultureInfo.InvariantCulture, $"0x{flags:x}");
        }

        return CValue.Of(text.ToString());
    }
}

/// <summary><c>__print_symbolic</c>: the name of a value, or the value in hexadecimal.</summary>
internal sealed class SymbolicNode(PrintNode value, (ulong Value, string Name)[] names) : PrintNode(value)
{
    public override string? OnlyField => value.OnlyField;

    public override CValue Evaluate(ref PrintFrame frame)
    {
        var number = value.Evaluate(ref frame).Bits;
        foreach (var (candidate, name) in names)
        {
            if (candidate == number)
            {
                return CValue.Of(name);
            }
        }

        return CValue.Of("0x" + number.ToString("x", CultureInfo.InvariantCulture));
    }
}

/// <summary><c>__print_hex</c> and <c>__print_hex_str</c>: bytes in hexadecimal, with or without blanks.</summary>
internal sealed class HexNode(PrintNode buffer, PrintNode length, bool hasBlanks) : PrintNode(buffer, length)
{
    public override CValue Evaluate(ref PrintFrame frame)
    {
        var place = buffer.Evaluate(ref frame);
        var count = (long)length.Evaluate(ref frame).Bits;
        if (!place.IsMemory || count < 0 || count > place.Memory.Length)
        {
            return frame.Fail();
        }

        return CValue.Of(Printf.Hex(place.Memory.Span[..(int)count], hasBlanks ? " " : ""));
    }
}

/// <summary><c>__print_array</c>: numbers in braces.</summary>
internal sealed class ArrayNode(PrintNode buffer, PrintNode count, PrintNode elementSize) : PrintNode(buffer, count, elementSize)
{
    public override CValue Evaluate(ref PrintFrame frame)
    {
        var place = buffer.Evaluate(ref frame);
        var number = (long)count.Evaluate(ref frame).Bits;
        var size = (long)elementSize.Evaluate(ref frame).Bits;
        if (!place.IsMemory || size is not (1 or 2 or 4 or 8) || number < 0 || number > place.Memory.Length / size)
        {
            return frame.Fail();
        }

        var text = new StringBuilder("{");
        for (var i = 0; i < number; i++)
        {
            var bits = FieldValue.ReadBits(place.Memory.Span.Slice(i * (int)size, (int)size), frame.Layout.IsBigEndian);
            _ = text.Append(i == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"0x{bits:x}");
        }

        return CValue.Of(text.Append('}').ToString());
    }
}

/// <summary><c>__get_bitmask</c> and <c>__get_cpumask</c>: bits in groups of 32, in hexadecimal.</summary>
internal sealed class BitmaskNode(PrintNode buffer) : PrintNode(buffer)
{
    public override CValue Evaluate(ref PrintFrame frame)
    {
        var place = buffer.Evaluate(ref frame);
        return place.IsMemory ? CValue.Of(Bitmap.ToHex(place.Memory.Span, place.Memory.Length * 8, frame.Layout)) : frame.Fail();
    }
}

/// <summary>Functions of one number whose value is a number: byte swaps and the split of nanoseconds.</summary>
internal sealed class NumberFunctionNode(PrintNode operand, Func<CValue, CValue> function) : PrintNode(operand)
{
    public override string? OnlyField => operand.OnlyField;

    public override bool IsConstant => operand.IsConstant;

    public override CValue Evaluate(ref PrintFrame frame)
    {
        var value = operand.Evaluate(ref frame);
        return value.IsNumber ? function(value) : frame.Fail();
    }
}
