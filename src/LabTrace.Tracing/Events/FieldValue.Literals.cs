namespace LabTrace.Tracing;

/// <content>Comparison with what a scenario writes.</content>
public readonly partial struct FieldValue
{
    /// <summary>Whether the value, or its label, is what a scenario wrote: numbers in decimal, hexadecimal or with a time unit; text as it is.</summary>
    /// <param name="literal">For example <c>120</c>, <c>0x1f</c>, <c>5 ms</c> (nanoseconds), <c>S</c>, <c>sleep</c>.</param>
    public bool EqualsLiteral(string literal)
    {
        ArgumentNullException.ThrowIfNull(literal);
        if (Shape == FieldShape.Text && string.Equals(_text, literal, StringComparison.Ordinal))
        {
            return true;
        }

        if (_label is not null && string.Equals(_label, literal, StringComparison.Ordinal))
        {
            return true;
        }

        return TryGetInteger(out var value) && TryLiteral(literal, out var wanted)
            ? value == wanted || (Shape == FieldShape.Integer && (ulong)(wanted & ulong.MaxValue) == _bits && wanted >= long.MinValue)
            : Shape is FieldShape.Array or FieldShape.Bytes && string.Equals(ToRawText(), literal, StringComparison.Ordinal);
    }

    /// <summary>Compares the number with one a scenario wrote; false when either is no number.</summary>
    /// <param name="literal">A number, in decimal or hexadecimal, or with a time unit, which means nanoseconds.</param>
    /// <param name="order">Below zero when the value is the smaller, zero when equal.</param>
    public bool TryCompareLiteral(string literal, out int order)
    {
        order = 0;
        if (!TryGetInteger(out var value) || !TryLiteral(literal, out var wanted))
        {
            return false;
        }

        order = value.CompareTo(wanted);
        return true;
    }

    /// <summary>Whether a scenario's word for a number is one.</summary>
    internal static bool TryLiteral(string literal, out Int128 value)
    {
        if (Number.TryParse(literal.AsSpan().Trim(), out value))
        {
            return true;
        }

        var isDuration = Duration.TryParse(literal, out var duration);
        value = duration.Nanoseconds;
        return isDuration;
    }
}
