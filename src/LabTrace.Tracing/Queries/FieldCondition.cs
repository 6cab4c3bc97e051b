namespace LabTrace.Tracing.Queries;

/// <summary>What one field of an event must be.</summary>
/// <param name="Field">The field's name, as in the event's format; <c>cpu</c>, <c>pid</c>, <c>comm</c> and <c>tgid</c> of the recording thread where the event has no field so named.</param>
/// <param name="Operator">How it is compared.</param>
/// <param name="Value">What it is compared with, as a scenario writes it: a number, a number with a unit of time, a label or text.</param>
public sealed record FieldCondition(string Field, FieldOperator Operator, string Value)
{
    /// <summary>Whether an event satisfies the condition; an event without the field does not.</summary>
    public bool IsSatisfiedBy(in TraceEvent item) => item.TryGetField(Field, out var value) && Compare(value);

    /// <summary>The condition in words: <c>"prev_comm" equal to "sleep"</c>.</summary>
    public override string ToString() => $"\"{Field}\" {Operator.InWords()} \"{Value}\"";

    private bool Compare(FieldValue value) => Operator switch
    {
        FieldOperator.EqualTo => IsEqual(value),
        FieldOperator.NotEqualTo => !IsEqual(value),
        FieldOperator.LessThan => value.TryCompareLiteral(Value, out var order) && order < 0,
        FieldOperator.AtMost => value.TryCompareLiteral(Value, out var order) && order <= 0,
        FieldOperator.GreaterThan => value.TryCompareLiteral(Value, out var order) && order > 0,
        FieldOperator.AtLeast => value.TryCompareLiteral(Value, out var order) && order >= 0,
        FieldOperator.Containing => TextOf(value).Contains(Value, StringComparison.Ordinal),
        FieldOperator.StartingWith => TextOf(value).StartsWith(Value, StringComparison.Ordinal),
        FieldOperator.EndingWith => TextOf(value).EndsWith(Value, StringComparison.Ordinal),
        FieldOperator.Matching => Glob.IsMatch(Value, TextOf(value)),
        _ => throw new InvalidOperationException($"no operator {Operator}"),
    };

    private bool IsEqual(FieldValue value) => value.EqualsLiteral(Value) || string.Equals(TextOf(value), Value, StringComparison.Ordinal);

    // The kernel ends a marker with a newline that its writer did not write.
    private static string TextOf(FieldValue value)
    {
        var text = value.ToString();
        return text.EndsWith('\n') ? text[..^1] : text;
    }
}
