namespace LabTrace.Tracing;

internal sealed class UnaryNode(char op, PrintNode operand) : PrintNode(operand)
{
    public override string? OnlyField => operand.OnlyField;

    public override bool IsConstant => operand.IsConstant;

    public override CValue Evaluate(ref PrintFrame frame)
    {
        var value = operand.Evaluate(ref frame);
        if (op == '!')
        {
            return CValue.Of(!value.IsTrue);
        }

        return !value.IsNumber ? frame.Fail() : op switch
        {
            '-' => CValue.Of(value.Type, unchecked(0 - value.Bits)),
            '~' => CValue.Of(value.Type, ~value.Bits),
            _ => value,
        };
    }
}

internal sealed class LogicalNode(bool isAnd, PrintNode left, PrintNode right) : PrintNode(left, right)
{
    public override string? OnlyField => SameField(left, right);

    public override bool IsConstant => left.IsConstant && right.IsConstant;

    public override CValue Evaluate(ref PrintFrame frame)
    {
        var isLeft = left.Evaluate(ref frame).IsTrue;
        return isLeft == isAnd ? CValue.Of(right.Evaluate(ref frame).IsTrue) : CValue.Of(isLeft);
    }
}

internal sealed class BinaryNode(string op, PrintNode left, PrintNode right) : PrintNode(left, right)
{
    public override string? OnlyField => SameField(left, right);

    public override bool IsConstant => left.IsConstant && right.IsConstant;

    public override CValue Evaluate(ref PrintFrame frame)
    {
        var a = left.Evaluate(ref frame);
        var b = right.Evaluate(ref frame);
        if (!a.IsNumber || !b.IsNumber)
        {
            return PointerArithmetic(ref frame, a, b);
        }

        if (op is "<<" or ">>")
        {
            return Shift(a, (int)b.Bits);
        }

        var scaleB = a.ElementSize > 0 && b.ElementSize == 0 ? (ulong)a.ElementSize : 1;
        var type = CValue.Common(a.Type, b.Type);
        var (x, y) = (CValue.Of(type, a.Bits).Bits, CValue.Of(type, b.Bits).Bits);
        var isUnsigned = CValue.IsUnsigned(type);
        switch (op)
        {
            case "+":
                return CValue.Of(type, unchecked(x + (y * scaleB)), a.ElementSize);
            case "-":
                return CValue.Of(type, unchecked(x - (y * scaleB)), a.ElementSize);
            case "*":
                return CValue.Of(type, unchecked(x * y));
            case "/" or "%" when y == 0:
                return frame.Fail();
            case "/":
                return CValue.Of(type, isUnsigned ? x / y : y == ulong.MaxValue ? unchecked(0 - x) : (ulong)((long)x / (long)y));
            case "%":
                return CValue.Of(type, isUnsigned ? x % y : y == ulong.MaxValue ? 0 : (ulong)((long)x % (long)y));
            case "&":
                return CValue.Of(type, x & y);
            case "|":
                return CValue.Of(type, x | y);
            case "^":
                return CValue.Of(type, x ^ y);
            case "==":
                return CValue.Of(x == y);
            case "!=":
                return CValue.Of(x != y);
        }

        var order = isUnsigned ? x.CompareTo(y) : ((long)x).CompareTo((long)y);
        return CValue.Of(op switch { "<" => order < 0, ">" => order > 0, "<=" => order <= 0, _ => order >= 0 });
    }

    private static bool IsNull(CValue value) => value.IsNumber && value.Bits == 0;

    private CValue PointerArithmetic(ref PrintFrame frame, CValue a, CValue b)
    {
        if (op is "==" or "!=" && (IsNull(a) || IsNull(b)))
        {
            // A place in the record is never NULL.
            return CValue.Of(op == "!=");
        }

        if (op == "+" && a.IsMemory && b.IsNumber && (long)b.Bits >= 0)
        {
            var offset = (long)b.Bits * Math.Max(a.ElementSize, 1);
            return offset <= a.Memory.Length ? CValue.Of(a.Memory[(int)offset..], a.ElementSize, a.IsElementSigned) : frame.Fail();
        }

        return frame.Fail();
    }

    private CValue Shift(CValue value, int count)
    {
        count &= CValue.IsWide(value.Type) ? 63 : 31;
        var bits = op == "<<" ? value.Bits << count
            : CValue.IsUnsigned(value.Type) ? value.Bits >> count
            : (ulong)((long)value.Bits >> count);
        return CValue.Of(value.Type, bits);
    }
}
