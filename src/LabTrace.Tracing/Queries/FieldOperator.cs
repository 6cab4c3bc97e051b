namespace LabTrace.Tracing.Queries;

/// <summary>How a field's value is compared with what a scenario says.</summary>
public enum FieldOperator
{
    /// <summary>The same number, text or label.</summary>
    Equal,

    /// <summary>Another number, text and label.</summary>
    NotEqual,

    /// <summary>A smaller number.</summary>
    Less,

    /// <summary>A number that is not larger.</summary>
    LessOrEqual,

    /// <summary>A larger number.</summary>
    Greater,

    /// <summary>A number that is not smaller.</summary>
    GreaterOrEqual,

    /// <summary>A text that holds the given one.</summary>
    Contains,

    /// <summary>A text that starts with the given one.</summary>
    StartsWith,

    /// <summary>A text that ends with the given one.</summary>
    EndsWith,

    /// <summary>A text that fits a pattern of <c>*</c> and <c>?</c>.</summary>
    Matches,

    /// <summary>One of several values, separated by commas.</summary>
    OneOf,
}
