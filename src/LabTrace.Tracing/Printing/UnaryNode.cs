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
    private enum Operator
    {
        Add,
        Subtract,
        Multiply,
        Divide,
        Remainder,
        And,
        Or,
        Xor,
        Equal,
        NotEqual,
        Less,
        Greater,
        LessOrEqual,
        GreaterOrEqual,
        ShiftLeft,
        ShiftRight,
    }

    private readonly Operator _operator = op switch
    {
        "+" => Operator.Add,
        "-" => Operator.Subtract,
        "*" => Operator.Multiply,
        "/" => Operator.Divide,
        "%" => Operator.Remainder,
        "&" => Operator.And,
        "|" => Operator.Or,
        "^" => Operator.Xor,
        "==" => Operator.Equal,
        "!=" => Operator.NotEqual,
        "<" => Operator.Less,
        ">" => Operator.Greater,
        "<=" => Operator.LessOrEqual,
        ">=" => Operator.GreaterOrEqual,
        "<<" => Operator.ShiftLeft,
        _ => Operator.ShiftRight,
    };

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

        if (_operator is Operator.ShiftLeft or Operator.ShiftRight)
        {
            return Shift(a, (int)b.Bits);
        }

        var scaleB = a.ElementSize > 0 && b.ElementSize == 0 ? (ulong)a.ElementSize : 1;
        var type = CValue.Common(a.Type, b.Type);
        var (x, y) = (CValue.Of(type, a.Bits).Bits, CValue.Of(type, b.Bits).Bits);
        var isUnsigned = CValue.IsUnsigned(type);
        switch (_operator)
        {
            case Operator.Add:
                return CValue.Of(type, unchecked(x + (y * scaleB)), a.ElementSize);
            case Operator.Subtract:
                return CValue.Of(type, unchecked(x - (y * scaleB)), a.ElementSize);
            case Operator.Multiply:
                return CValue.Of(type, unchecked(x * y));
            case Operator.Divide or Operator.Remainder when y == 0:
                return frame.Fail();
            case Operator.Divide:
                return CValue.Of(type, isUnsigned ? x / y : y == ulong.MaxValue ? unchecked(0 - x) : (ulong)((long)x / (long)y));
            case Operator.Remainder:
                return CValue.Of(type, isUnsigned ? x % y : y == ulong.MaxValue ? 0 : (ulong)((long)x % (long)y));
            case Operator.And:
                return CValue.Of(type, x & y);
            case Operator.Or:
                return CValue.Of(type, x | y);
            case Operator.Xor:
                return CValue.Of(type, x ^ y);
            case Operator.Equal:
                return CValue.Of(x == y);
            case Operator.NotEqual:
                return CValue.Of(x != y);
        }

        var order = isUnsigned ? x.CompareTo(y) : ((long)x).CompareTo((long)y);
        return CValue.Of(_operator switch
        {
            Operator.Less => order < 0,
            Operator.Greater => order > 0,
            Operator.LessOrEqual => order <= 0,
            _ => order >= 0,
        });
    }

    private static bool IsNull(CValue value) => value.IsNumber && value.Bits == 0;

    private CValue PointerArithmetic(ref PrintFrame frame, CValue a, CValue b)
    {
        if (_operator is Operator.Equal or Operator.NotEqual && (IsNull(a) || IsNull(b)))
        {
            // A place in the record is never NULL.
            return CValue.Of(_operator == Operator.NotEqual);
        }

        if (_operator == Operator.Add && a.IsMemory && b.IsNumber && (long)b.Bits >= 0)
        {
            var offset = (long)b.Bits * Math.Max(a.ElementSize, 1);
            return offset <= a.Length ? CValue.Of(a.Offset + (int)offset, a.Length - (int)offset, a.ElementSize, a.IsElementSigned) : frame.Fail();
        }

        return frame.Fail();
    }

    private CValue Shift(CValue value, int count)
    {
        count &= CValue.IsWide(value.Type) ? 63 : 31;
        var bits = _operator == Operator.ShiftLeft ? value.Bits << count
            : CValue.IsUnsigned(value.Type) ? value.Bits >> count
            : (ulong)((long)value.Bits >> count);
        return CValue.Of(value.Type, bits);
    }
}
