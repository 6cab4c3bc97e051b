namespace LabTrace.Tracing.Queries;

/// <summary>A condition on one field of an event.</summary>
/// <param name="Field">The field, for example <c>prev_state</c>.</param>
/// <param name="Operator">How it is compared.</param>
/// <param name="Literal">What with, as a scenario writes it: a number, a time such as <c>5 ms</c>, a label, a text.</param>
public sealed record FieldCondition(string Field, FieldOperator Operator, string Literal)
{
    private static readonly (string Words, FieldOperator Operator)[] Spellings =
    [
        ("=", FieldOperator.Equal), ("==", FieldOperator.Equal), ("equal to", FieldOperator.Equal), ("is", FieldOperator.Equal),
        ("!=", FieldOperator.NotEqual), ("not equal to", FieldOperator.NotEqual), ("is not", FieldOperator.NotEqual),
        ("<", FieldOperator.Less), ("less than", FieldOperator.Less),
        ("<=", FieldOperator.LessOrEqual), ("at most", FieldOperator.LessOrEqual),
        (">", FieldOperator.Greater), ("greater than", FieldOperator.Greater), ("more than", FieldOperator.Greater),
        (">=", FieldOperator.GreaterOrEqual), ("at least", FieldOperator.GreaterOrEqual),
        ("contains", FieldOperator.Contains), ("containing", FieldOperator.Contains),
        ("starts with", FieldOperator.StartsWith), ("starting with", FieldOperator.StartsWith),
        ("ends with", FieldOperator.EndsWith), ("ending with", FieldOperator.EndsWith),
        ("~", FieldOperator.Matches), ("matches", FieldOperator.Matches), ("matching", FieldOperator.Matches),
        ("one of", FieldOperator.OneOf), ("in", FieldOperator.OneOf),
    ];

    /// <summary>Every way to write an operator.</summary>
    public static IEnumerable<string> OperatorWords => Spellings.Select(s => s.Words);

    /// <summary>Reads an operator as scenarios write it: <c>equal to</c>, <c>less than</c>, <c>matching</c>, <c>!=</c>…</summary>
    /// <exception cref="FormatException">The words are no operator.</exception>
    public static FieldOperator ParseOperator(string words)
    {
        foreach (var (known, op) in Spellings)
        {
            if (string.Equals(known, words?.Trim(), StringComparison.OrdinalIgnoreCase))
            {
                return op;
            }
        }

        throw new FormatException($"'{words}' is no comparison; write one of: {string.Join(", ", OperatorWords)}");
    }

    /// <summary>Whether the event has the field and its value fulfils the condition.</summary>
    public bool IsMet(TraceEvent item) => item.TryGetField(Field, out var value) && IsMet(value);

    /// <summary>Whether a value fulfils the condition.</summary>
    public bool IsMet(FieldValue value) => Operator switch
    {
        FieldOperator.Equal => value.EqualsLiteral(Literal),
        FieldOperator.NotEqual => !value.EqualsLiteral(Literal),
        FieldOperator.Less => value.TryCompareLiteral(Literal, out var order) && order < 0,
        FieldOperator.LessOrEqual => value.TryCompareLiteral(Literal, out var order) && order <= 0,
        FieldOperator.Greater => value.TryCompareLiteral(Literal, out var order) && order > 0,
        FieldOperator.GreaterOrEqual => value.TryCompareLiteral(Literal, out var order) && order >= 0,
        FieldOperator.Contains => value.ToString().Contains(Literal, StringComparison.Ordinal),
        FieldOperator.StartsWith => value.ToString().StartsWith(Literal, StringComparison.Ordinal),
        FieldOperator.EndsWith => value.ToString().EndsWith(Literal, StringComparison.Ordinal),
        FieldOperator.Matches => Glob.IsMatch(Literal, value.ToString()),
        _ => Literal.Split(',').Any(l => value.EqualsLiteral(l.Trim())),
    };

    /// <summary>The condition in words: <c>prev_state equal to S</c>.</summary>
    public override string ToString() =>
        $"{Field} {Spellings.Last(s => s.Operator == Operator && char.IsAsciiLetter(s.Words[0]) && s.Words is not ("is" or "is not" or "in")).Words} {Literal}";
}
