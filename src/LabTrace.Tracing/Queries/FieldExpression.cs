namespace LabTrace.Tracing.Queries;

/// <summary>What an event's fields must be: conditions joined by <c>and</c>, <c>or</c>, <c>not</c> and brackets.</summary>
public abstract record FieldExpression
{
    private FieldExpression()
    {
    }

    /// <summary>The conditions it is made of, in the order they were written.</summary>
    public abstract IEnumerable<FieldCondition> Conditions { get; }

    /// <summary>Reads an expression.</summary>
    /// <param name="text">
    /// <c>FIELD OP VALUE</c>, joined by <c>and</c> and <c>or</c> (<c>and</c> binds tighter), negated by <c>not</c>, grouped by brackets; OP is one of
    /// = != &lt; &lt;= &gt; &gt;= ~ contains starts ends; a value that holds one of these words or a bracket stands in single quotes.
    /// </param>
    /// <exception cref="FormatException">The text is no expression; says where.</exception>
    public static FieldExpression Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new FieldExpressionParser(text, 0).Parse();
    }

    /// <summary>Whether an event satisfies it; a condition on a field that the event lacks is not satisfied.</summary>
    public abstract bool IsSatisfiedBy(in TraceEvent item);

    internal sealed record Single(FieldCondition Condition) : FieldExpression
    {
        public override IEnumerable<FieldCondition> Conditions => [Condition];

        public override bool IsSatisfiedBy(in TraceEvent item) => Condition.IsSatisfiedBy(item);
    }

    internal sealed record Not(FieldExpression Of) : FieldExpression
    {
        public override IEnumerable<FieldCondition> Conditions => Of.Conditions;

        public override bool IsSatisfiedBy(in TraceEvent item) => !Of.IsSatisfiedBy(item);
    }

    internal sealed record All(FieldExpression[] Of) : FieldExpression
    {
        public override IEnumerable<FieldCondition> Conditions => Of.SelectMany(o => o.Conditions);

        public override bool IsSatisfiedBy(in TraceEvent item)
        {
            foreach (var one in Of)
            {
                if (!one.IsSatisfiedBy(item))
                {
                    return false;
                }
            }

            return true;
        }
    }

    internal sealed record Any(FieldExpression[] Of) : FieldExpression
    {
        public override IEnumerable<FieldCondition> Conditions => Of.SelectMany(o => o.Conditions);

        public override bool IsSatisfiedBy(in TraceEvent item)
        {
            foreach (var one in Of)
            {
                if (one.IsSatisfiedBy(item))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
