namespace LabTrace.Gherkin;

/// <summary>A condition on a scenario's tags: <c>@smoke and not (@slow or @wip)</c>.</summary>
/// <remarks>
/// <c>not</c> binds tighter than <c>and</c>, <c>and</c> tighter than <c>or</c>. A backslash takes the next blank, parenthesis or
/// backslash into the tag. The empty expression holds always. Kept in postfix form: neither parsing nor evaluation recurses.
/// </remarks>
public sealed partial class TagExpression
{
    private const int MaxOnStack = 64;

    private readonly Instruction[] _program;
    private readonly int _depth;

    private TagExpression(string source, Instruction[] program, int depth)
    {
        Source = source;
        _program = program;
        _depth = depth;
    }

    private enum Operation
    {
        Tag,
        Not,
        And,
        Or,
        Open,
    }

    /// <summary>The expression as written.</summary>
    public string Source { get; }

    /// <summary>Reads an expression.</summary>
    /// <param name="text">For example <c>@a and not (@b or @c)</c>.</param>
    /// <exception cref="TagExpressionException">It is not well formed.</exception>
    public static TagExpression Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);

        var parser = new Parser(text);
        return parser.Parse();
    }

    /// <summary>Says whether a scenario with these tags meets the condition. Tags are compared exactly, <c>@</c> included.</summary>
    /// <param name="tags">The scenario's tags, those it inherits included.</param>
    public bool Evaluate(IReadOnlyCollection<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);

        Span<bool> values = _depth <= MaxOnStack ? stackalloc bool[MaxOnStack] : new bool[_depth];
        var count = 0;
        foreach (var instruction in _program)
        {
            switch (instruction.Operation)
            {
                case Operation.Tag:
                    values[count++] = tags.Contains(instruction.Tag!);
                    break;
                case Operation.Not:
                    values[count - 1] = !values[count - 1];
                    break;
                case Operation.And:
                    count--;
                    values[count - 1] &= values[count];
                    break;
                default:
                    count--;
                    values[count - 1] |= values[count];
                    break;
            }
        }

        return count == 0 || values[0];
    }

    /// <summary>The expression as written.</summary>
    public override string ToString() => Source;

    private sealed record Instruction(Operation Operation, string? Tag = null, int Position = 0);
}
