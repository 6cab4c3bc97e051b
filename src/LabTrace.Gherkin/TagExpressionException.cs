namespace LabTrace.Gherkin;

/// <summary>A tag expression is not well formed.</summary>
public sealed class TagExpressionException : FormatException
{
    internal TagExpressionException(string expression, int position, string problem)
        : base($"tag expression '{expression}' at column {position + 1}: {problem}\n  {expression}\n  {new string(' ', position)}^")
    {
        Position = position;
    }

    /// <summary>Zero-based offset of the offending character in the expression.</summary>
    public int Position { get; }

    /// <summary>What to do about it.</summary>
    public string Hint => "write it like @smoke and not (@slow or @needs:bpf)";
}
