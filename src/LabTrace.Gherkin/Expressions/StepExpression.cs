namespace LabTrace.Gherkin.Expressions;

/// <summary>The sentence of a step definition.</summary>
public abstract class StepExpression
{
    private protected StepExpression(string source)
    {
        Source = source;
    }

    /// <summary>The expression as written.</summary>
    public string Source { get; }

    /// <summary>The literal text every match starts with, possibly empty; an index over it finds the few definitions worth trying.</summary>
    public abstract string LiteralPrefix { get; }

    /// <summary>Matches the whole of a step's text.</summary>
    /// <returns>The arguments in order, or null when it does not match.</returns>
    /// <exception cref="CucumberExpressionException">The expression holds a regular expression that is not well formed or takes too long.</exception>
    public abstract IReadOnlyList<Argument>? Match(string text);

    /// <summary>Does now what is otherwise put off to the first match, so that a bad regular expression is told early.</summary>
    /// <exception cref="CucumberExpressionException">The expression holds a regular expression that is not well formed.</exception>
    public abstract void Verify();

    /// <summary>The expression as written.</summary>
    public override string ToString() => Source;
}
