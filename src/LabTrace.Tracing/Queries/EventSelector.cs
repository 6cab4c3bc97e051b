namespace LabTrace.Tracing.Queries;

/// <summary>Which events a sentence speaks of: a name or pattern, and what their fields must be: <c>sched:sched_switch where prev_comm = sleep and prev_prio &lt; 120</c>.</summary>
public sealed class EventSelector
{
    private const string Where = " where ";

    /// <summary>More schemas than any capture has; behind it names are compared anew.</summary>
    private const int MaxRemembered = 4096;

    private readonly FieldExpression? _fields;

    // Whether events of a schema are meant by name; replaced as a whole, so that readers need no lock.
    private volatile Dictionary<EventSchema, bool> _named = [];

    private EventSelector(string text, EventName name, FieldExpression? fields) => (Text, Name, _fields) = (text, name, fields);

    /// <summary>The selector as written.</summary>
    public string Text { get; }

    /// <summary>The event or pattern.</summary>
    public EventName Name { get; }

    /// <summary>The conditions that the selector is made of, in the order they were written.</summary>
    public IReadOnlyList<FieldCondition> Conditions => [.. _fields?.Conditions ?? []];

    /// <summary>Reads a selector.</summary>
    /// <param name="text"><c>EVENT</c> or <c>EVENT where EXPRESSION</c>, see <see cref="FieldExpression.Parse"/>.</param>
    /// <exception cref="FormatException">The text is no selector; says where.</exception>
    public static EventSelector Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var where = text.IndexOf(Where, StringComparison.Ordinal);
        if (where < 0)
        {
            return new EventSelector(text, EventName.Parse(text), null);
        }

        return text[(where + Where.Length)..].Trim().Length == 0
            ? throw new FormatException($"\"{text}\" ends behind 'where'; write a condition, for example: where prev_comm = sleep")
            : new EventSelector(text, EventName.Parse(text[..where]), new FieldExpressionParser(text, where + Where.Length).Parse());
    }

    /// <summary>Whether an event is meant.</summary>
    public bool Matches(in TraceEvent item) =>
        (_named.TryGetValue(item.Schema, out var isNamed) ? isNamed : Remember(item.Schema)) && (_fields is null || _fields.IsSatisfiedBy(item));

    /// <inheritdoc/>
    public override string ToString() => Text;

    private bool Remember(EventSchema schema)
    {
        var isNamed = Name.Matches(schema.Name);
        if (_named.Count < MaxRemembered)
        {
            _named = new Dictionary<EventSchema, bool>(_named) { [schema] = isNamed };
        }

        return isNamed;
    }
}
