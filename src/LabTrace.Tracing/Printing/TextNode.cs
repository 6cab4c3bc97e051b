using System.Text;

namespace LabTrace.Tracing;

/// <summary>A node whose value is a text that is appended piece by piece.</summary>
internal abstract class TextNode(params ReadOnlySpan<PrintNode> children) : PrintNode(children)
{
    public sealed override CValue Evaluate(ref PrintFrame frame)
    {
        var text = new Utf8Text();
        AppendText(ref frame, text);
        return frame.HasFailed ? default : CValue.Of(text.ToString());
    }

    public abstract override void AppendText(ref PrintFrame frame, Utf8Text text);
}

/// <summary>The names of numbers in a print format.</summary>
/// <param name="Names">Names by number, in the format's order.</param>
/// <param name="IsComplete">False when the format names numbers by enumerators that it does not define: what is not found may be one of these.</param>
internal sealed record NameTable((ulong Value, byte[] Name)[] Names, bool IsComplete);

/// <summary><c>__print_flags</c>: the names of the set bits, the rest in hexadecimal.</summary>
internal sealed class FlagsNode(PrintNode value, string delimiter, NameTable table) : TextNode(value)
{
    private readonly byte[] _delimiter = Encoding.UTF8.GetBytes(delimiter);

    public override string? OnlyField => value.OnlyField;

    public override void AppendText(ref PrintFrame frame, Utf8Text text)
    {
        var flags = value.Evaluate(ref frame).Bits;
        var start = text.Length;
        foreach (var (mask, name) in table.Names)
        {
            if (flags == 0)
            {
                break;
            }

            if ((flags & mask) == mask)
            {
                flags &= ~mask;
                text.Append(text.Length == start ? default : _delimiter.AsSpan());
                text.Append(name);
            }
        }

        if (flags == 0)
        {
            return;
        }

        frame.LacksName |= !table.IsComplete;
        text.Append(text.Length == start ? default : _delimiter.AsSpan());
        text.Append("0x"u8);
        text.AppendHex(flags);
    }
}

/// <summary><c>__print_symbolic</c>: the name of a value, or the value in hexadecimal.</summary>
internal sealed class SymbolicNode : TextNode
{
    /// <summary>A longer table is looked up instead of walked.</summary>
    private const int MaxWalked = 6;

    private readonly PrintNode _value;
    private readonly NameTable _table;
    private readonly Dictionary<ulong, byte[]>? _byValue;

    public SymbolicNode(PrintNode value, NameTable table)
        : base(value)
    {
        _value = value;
        _table = table;
        if (table.Names.Length > MaxWalked)
        {
            _byValue = [];
            foreach (var (number, name) in table.Names)
            {
                _ = _byValue.TryAdd(number, name);
            }
        }
    }

    public override string? OnlyField => _value.OnlyField;

    public override void AppendText(ref PrintFrame frame, Utf8Text text)
    {
        var number = _value.Evaluate(ref frame).Bits;
        if (Find(number) is { } name)
        {
            text.Append(name);
        }
        else
        {
            frame.LacksName |= !_table.IsComplete;
            text.Append("0x"u8);
            text.AppendHex(number);
        }
    }

    private byte[]? Find(ulong number)
    {
        if (_byValue is not null)
        {
            return _byValue.GetValueOrDefault(number);
        }

        foreach (var (candidate, name) in _table.Names)
        {
            if (candidate == number)
            {
                return name;
            }
        }

        return null;
    }
}

/// <summary><c>__print_hex</c> and <c>__print_hex_str</c>: bytes in hexadecimal, with or without blanks.</summary>
internal sealed class HexNode(PrintNode buffer, PrintNode length, bool hasBlanks) : TextNode(buffer, length)
{
    public override void AppendText(ref PrintFrame frame, Utf8Text text)
    {
        var place = buffer.Evaluate(ref frame);
        var count = (long)length.Evaluate(ref frame).Bits;
        if (!place.IsMemory || count < 0 || count > place.Length)
        {
            _ = frame.Fail();
            return;
        }

        Printf.AppendHex(frame.BytesOf(place)[..(int)count], hasBlanks ? " "u8 : default, text);
    }
}

/// <summary><c>__print_hex_dump</c>: rows of an offset, bytes in hexadecimal and perhaps their characters, behind a prefix.</summary>
internal sealed class HexDumpNode(string prefix, PrintNode prefixType, PrintNode rowSize, PrintNode groupSize, PrintNode buffer, PrintNode length, PrintNode hasAscii)
    : TextNode(prefixType, rowSize, groupSize, buffer, length, hasAscii)
{
    private const int PrefixNone = 0;
    private const int PrefixOffset = 2;

    public override void AppendText(ref PrintFrame frame, Utf8Text text)
    {
        var kind = (long)prefixType.Evaluate(ref frame).Bits;
        var row = rowSize.Evaluate(ref frame).Bits == 32 ? 32 : 16;
        var group = (int)groupSize.Evaluate(ref frame).Bits;
        var place = buffer.Evaluate(ref frame);
        var count = (long)length.Evaluate(ref frame).Bits;
        var isAscii = hasAscii.Evaluate(ref frame).IsTrue;

        // An address as prefix is that of the kernel's own buffer, which no record holds.
        if (!place.IsMemory || count < 0 || count > place.Length || kind is not (PrefixNone or PrefixOffset))
        {
            _ = frame.Fail();
            return;
        }

        group = group is 1 or 2 or 4 or 8 ? group : 1;
        var bytes = frame.BytesOf(place)[..(int)count];
        for (var at = 0; at < bytes.Length; at += row)
        {
            text.Append(at == 0 ? default : "\n"u8);
            text.Append(prefix);
            if (kind == PrefixOffset)
            {
                var start = text.Length;
                text.AppendHex((ulong)at);
                text.PadLeft(start, 8, (byte)'0');
                text.Append(": "u8);
            }

            AppendRow(bytes.Slice(at, Math.Min(row, bytes.Length - at)), row, group, isAscii, frame.Layout.IsBigEndian, text);
        }
    }

    private static void AppendRow(ReadOnlySpan<byte> bytes, int row, int group, bool isAscii, bool isBigEndian, Utf8Text text)
    {
        group = bytes.Length % group == 0 ? group : 1;
        var start = text.Length;
        for (var i = 0; i < bytes.Length; i += group)
        {
            text.Append(i == 0 ? default : " "u8);
            var digits = text.Length;
            text.AppendHex(FieldValue.ReadBits(bytes.Slice(i, group), isBigEndian));
            text.PadLeft(digits, group * 2, (byte)'0');
        }

        if (!isAscii)
        {
            return;
        }

        text.PadRight(start, (row * 2) + (row / group) + 1);
        foreach (var value in bytes)
        {
            text.Append(value is >= 0x20 and < 0x7f ? value : (byte)'.');
        }
    }
}

/// <summary><c>__print_array</c>: numbers in braces.</summary>
internal sealed class ArrayNode(PrintNode buffer, PrintNode count, PrintNode elementSize) : TextNode(buffer, count, elementSize)
{
    public override void AppendText(ref PrintFrame frame, Utf8Text text)
    {
        var place = buffer.Evaluate(ref frame);
        var number = (long)count.Evaluate(ref frame).Bits;
        var size = (long)elementSize.Evaluate(ref frame).Bits;
        if (!place.IsMemory || size is not (1 or 2 or 4 or 8) || number < 0 || number > place.Length / size)
        {
            _ = frame.Fail();
            return;
        }

        var bytes = frame.BytesOf(place);
        text.Append((byte)'{');
        for (var i = 0; i < number; i++)
        {
            text.Append(i == 0 ? "0x"u8 : ",0x"u8);
            text.AppendHex(FieldValue.ReadBits(bytes.Slice(i * (int)size, (int)size), frame.Layout.IsBigEndian));
        }

        text.Append((byte)'}');
    }
}

/// <summary><c>__get_bitmask</c> and <c>__get_cpumask</c>: bits in groups of 32, in hexadecimal.</summary>
internal sealed class BitmaskNode(PrintNode buffer) : TextNode(buffer)
{
    public override void AppendText(ref PrintFrame frame, Utf8Text text)
    {
        var place = buffer.Evaluate(ref frame);
        if (place.IsMemory)
        {
            text.Append(Bitmap.ToHex(frame.BytesOf(place), place.Length * 8, frame.Layout));
        }
        else
        {
            _ = frame.Fail();
        }
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

/// <summary>Functions of one number whose value is a text.</summary>
internal sealed class NameFunctionNode(PrintNode operand, Func<ulong, string> function) : PrintNode(operand)
{
    public override string? OnlyField => operand.OnlyField;

    public override CValue Evaluate(ref PrintFrame frame)
    {
        var value = operand.Evaluate(ref frame);
        return value.IsNumber ? CValue.Of(function(value.Bits)) : frame.Fail();
    }
}
