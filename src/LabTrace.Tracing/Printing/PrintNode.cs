using System.Buffers.Binary;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>A C expression of a print format, compiled.</summary>
internal abstract class PrintNode
{
    /// <summary>Deeper trees are refused: evaluation recurses.</summary>
    public const int MaxDepth = 400;

    protected PrintNode(params ReadOnlySpan<PrintNode> children)
    {
        foreach (var child in children)
        {
            Depth = Math.Max(Depth, child.Depth + 1);
        }

        if (Depth > MaxDepth)
        {
            throw new PrintSyntaxException("the expression is nested too deeply");
        }
    }

    public int Depth { get; }

    /// <summary>The only field the expression reads, null when none or several.</summary>
    public virtual string? OnlyField => null;

    public virtual bool IsConstant => false;

    public abstract CValue Evaluate(ref PrintFrame frame);

    /// <summary>Appends the value as <c>%s</c> prints it, which needs no text object in between; fails with the frame.</summary>
    public virtual void AppendText(ref PrintFrame frame, Utf8Text text)
    {
        var value = Evaluate(ref frame);
        if (!frame.HasFailed)
        {
            Printf.AppendText(value, isWide: false, ref frame, text);
        }
    }

    protected static string? SameField(PrintNode left, PrintNode right) =>
        left.IsConstant ? right.OnlyField
        : right.IsConstant || string.Equals(left.OnlyField, right.OnlyField, StringComparison.Ordinal) ? left.OnlyField
        : null;
}

/// <summary>The print format is not understood; the event falls back to a field dump.</summary>
internal sealed class PrintSyntaxException(string message) : Exception(message);

internal sealed class ConstantNode(CValue value) : PrintNode
{
    public CValue Value { get; } = value;

    private readonly byte[]? _utf8 = value.Text is null ? null : Encoding.UTF8.GetBytes(value.Text);

    public override bool IsConstant => true;

    public override CValue Evaluate(ref PrintFrame frame) => Value;

    public override void AppendText(ref PrintFrame frame, Utf8Text text)
    {
        if (_utf8 is null)
        {
            base.AppendText(ref frame, text);
        }
        else
        {
            text.Append(_utf8);
        }
    }
}

/// <summary>A number that the print format names but does not define.</summary>
internal sealed class UnknownNode : PrintNode
{
    public override CValue Evaluate(ref PrintFrame frame) => frame.Fail();
}

/// <summary><c>REC->field</c>: a number, or the place of an array.</summary>
internal sealed class FieldNode(EventField source) : PrintNode
{
    public EventField Field => source;

    public override string OnlyField => source.Name;

    private readonly bool _isInteger = source.Shape == FieldShape.Integer;
    private readonly CType _type = CValue.Promoted(source.Size, source.IsSigned);

    public override CValue Evaluate(ref PrintFrame frame)
    {
        var bytes = frame.Payload;
        if (!_isInteger)
        {
            return FieldValue.TryLocate(source, bytes, frame.Layout.IsBigEndian, out var offset, out var length)
                ? CValue.Of(offset, length, source.ElementSize, source.IsSigned)
                : frame.Fail();
        }

        if (source.Offset + source.Size > bytes.Length)
        {
            return frame.Fail();
        }

        bytes = bytes[source.Offset..];
        var bits = frame.Layout.IsBigEndian ? FieldValue.ReadBits(bytes[..source.Size], isBigEndian: true) : source.Size switch
        {
            1 => bytes[0],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            4 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        };
        return CValue.Of(_type, source.IsSigned ? (ulong)FieldValue.SignExtend(bits, source.Size) : bits);
    }
}

/// <summary>The length of a dynamic array in bytes.</summary>
internal sealed class DynamicLengthNode(EventField source, int elementSize) : PrintNode
{
    public override string OnlyField => source.Name;

    public override CValue Evaluate(ref PrintFrame frame) =>
        FieldValue.TryLocate(source, frame.Payload, frame.Layout.IsBigEndian, out _, out var length)
            ? CValue.Of(CType.Int, (ulong)(length / elementSize))
            : frame.Fail();
}

/// <summary>The word of a <c>__data_loc</c> field itself.</summary>
internal sealed class LocationWordNode(EventField source) : PrintNode
{
    public override string OnlyField => source.Name;

    public override CValue Evaluate(ref PrintFrame frame) =>
        source.Offset + 4 <= frame.Payload.Length
            ? CValue.Of(CType.UInt, FieldValue.ReadBits(frame.Payload.Slice(source.Offset, 4), frame.Layout.IsBigEndian))
            : frame.Fail();
}

internal sealed class ConditionalNode(PrintNode condition, PrintNode whenTrue, PrintNode whenFalse) : PrintNode(condition, whenTrue, whenFalse)
{
    public override string? OnlyField =>
        condition.OnlyField is { } name
        && (whenTrue.IsConstant || whenTrue.OnlyField == name) && (whenFalse.IsConstant || whenFalse.OnlyField == name)
            ? name
            : null;

    public override CValue Evaluate(ref PrintFrame frame)
    {
        var isTrue = condition.Evaluate(ref frame).IsTrue;
        return isTrue ? whenTrue.Evaluate(ref frame) : whenFalse.Evaluate(ref frame);
    }

    public override void AppendText(ref PrintFrame frame, Utf8Text text)
    {
        if (condition.Evaluate(ref frame).IsTrue)
        {
            whenTrue.AppendText(ref frame, text);
        }
        else
        {
            whenFalse.AppendText(ref frame, text);
        }
    }
}

/// <summary>A cast to a number of some bytes, or to a pointer.</summary>
internal sealed class CastNode(PrintNode operand, CTypeName type) : PrintNode(operand)
{
    public override string? OnlyField => operand.OnlyField;

    public override bool IsConstant => operand.IsConstant;

    public override CValue Evaluate(ref PrintFrame frame)
    {
        var value = operand.Evaluate(ref frame);
        if (type.IsPointer)
        {
            return value.IsMemory ? CValue.Of(value.Offset, value.Length, type.PointeeSize, type.IsPointeeSigned)
                : value.Text is null ? CValue.Of(type.Promoted, value.Bits, type.PointeeSize)
                : value;
        }

        if (!value.IsNumber)
        {
            return type.Size == frame.Layout.LongSize ? value : frame.Fail();
        }

        var shift = 64 - (type.Size * 8);
        var bits = type.Size == 0 ? value.Bits
            : type.IsSigned ? (ulong)((long)(value.Bits << shift) >> shift)
            : value.Bits << shift >> shift;
        return CValue.Of(type.Promoted, type.IsBool ? (value.IsTrue ? 1UL : 0UL) : bits);
    }
}

/// <summary><c>pointer[index]</c> and <c>*pointer</c>.</summary>
internal sealed class IndexNode(PrintNode pointer, PrintNode index) : PrintNode(pointer, index)
{
    public override string? OnlyField => SameField(pointer, index);

    public override CValue Evaluate(ref PrintFrame frame)
    {
        var place = pointer.Evaluate(ref frame);
        var at = (long)index.Evaluate(ref frame).Bits;
        var size = place.ElementSize;
        if (!place.IsMemory || size is not (1 or 2 or 4 or 8) || at < 0 || at >= place.Length / size)
        {
            return frame.Fail();
        }

        var bits = FieldValue.ReadBits(frame.BytesOf(place).Slice((int)at * size, size), frame.Layout.IsBigEndian);
        bits = place.IsElementSigned ? (ulong)FieldValue.SignExtend(bits, size) : bits;
        return CValue.Of(CValue.Promoted(size, place.IsElementSigned), bits);
    }
}

/// <summary><c>&amp;REC->field</c>: the place of the source.</summary>
internal sealed class AddressNode(EventField source) : PrintNode
{
    public override string OnlyField => source.Name;

    public override CValue Evaluate(ref PrintFrame frame) =>
        FieldValue.TryLocate(source, frame.Payload, frame.Layout.IsBigEndian, out var offset, out var length)
            ? CValue.Of(offset, length, source.ElementSize, source.IsSigned)
            : frame.Fail();
}
