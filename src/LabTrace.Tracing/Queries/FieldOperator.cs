namespace LabTrace.Tracing.Queries;

/// <summary>How a field is compared.</summary>
public enum FieldOperator
{
    /// <summary>The number, the label or the text is the same.</summary>
    EqualTo,

    /// <summary>It is another.</summary>
    NotEqualTo,

    /// <summary>The number is smaller.</summary>
    LessThan,

    /// <summary>The number is not larger.</summary>
    AtMost,

    /// <summary>The number is larger.</summary>
    GreaterThan,

    /// <summary>The number is not smaller.</summary>
    AtLeast,

    /// <summary>The text holds it.</summary>
    Containing,

    /// <summary>The text starts with it.</summary>
    StartingWith,

    /// <summary>The text ends with it.</summary>
    EndingWith,

    /// <summary>The text fits a pattern of <c>*</c> and <c>?</c>.</summary>
    Matching,
}

/// <summary>Operators in words and signs.</summary>
public static class FieldOperators
{
    /// <summary>Every operator with the words of a sentence and the sign of a condition.</summary>
    public static IReadOnlyList<(FieldOperator Operator, string Words, string Sign)> All { get; } =
    [
        (FieldOperator.EqualTo, "equal to", "="),
        (FieldOperator.NotEqualTo, "not equal to", "!="),
        (FieldOperator.LessThan, "less than", "<"),
        (FieldOperator.AtMost, "at most", "<="),
        (FieldOperator.GreaterThan, "greater than", ">"),
        (FieldOperator.AtLeast, "at least", ">="),
        (FieldOperator.Containing, "containing", "contains"),
        (FieldOperator.StartingWith, "starting with", "starts"),
        (FieldOperator.EndingWith, "ending with", "ends"),
        (FieldOperator.Matching, "matching", "~"),
    ];

    extension(FieldOperator field)
    {
        /// <summary>The operator as a sentence says it: <c>equal to</c>.</summary>
        public string InWords() => All.First(o => o.Operator == field).Words;
    }

    /// <summary>Finds an operator by the words of a sentence.</summary>
    /// <exception cref="FormatException">There is no such operator; the message lists them.</exception>
    public static FieldOperator FromWords(string words) =>
        All.FirstOrDefault(o => string.Equals(o.Words, words, StringComparison.Ordinal)) is { Words: not null } found
            ? found.Operator
            : throw new FormatException($"'{words}' is no comparison; one of: {string.Join(", ", All.Select(o => o.Words))}");
}
