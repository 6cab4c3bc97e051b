namespace LabTrace.Tracing.Queries;

/// <summary>Which events a sentence speaks of: a name or pattern, and conditions on fields: <c>sched:sched_switch where prev_comm = sleep and prev_prio &lt; 120</c>.</summary>
public sealed class EventSelector
{
    private const string Where = " where ";
    private const string And = " and ";

    private static readonly (FieldOperator Operator, string Words, string Sign)[] OperatorsLongestFirst =
        [.. FieldOperators.All.OrderByDescending(o => o.Sign.Length)];

    private readonly FieldCondition[] _conditions;

    private EventSelector(string text, EventName name, FieldCondition[] conditions) => (Text, Name, _conditions) = (text, name, conditions);

    /// <summary>The selector as written.</summary>
    public string Text { get; }

    /// <summary>The event or pattern.</summary>
    public EventName Name { get; }

    /// <summary>The conditions, all of which an event must satisfy.</summary>
    public IReadOnlyList<FieldCondition> Conditions => _conditions;

    /// <summary>Reads a selector.</summary>
    /// <param name="text">
    /// <c>EVENT</c> or <c>EVENT where FIELD OP VALUE [and FIELD OP VALUE]…</c>; OP is one of = != &lt; &lt;= &gt; &gt;= ~ contains starts ends;
    /// a value that holds <c> and </c> stands in single quotes.
    /// </param>
    /// <exception cref="FormatException">The text is no selector; says where.</exception>
    public static EventSelector Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var where = text.IndexOf(Where, StringComparison.Ordinal);
        if (where < 0)
        {
            return new EventSelector(text, EventName.Parse(text), []);
        }

        var conditions = new List<FieldCondition>();
        var at = where + Where.Length;
        while (at < text.Length)
        {
            conditions.Add(ParseCondition(text, ref at));
        }

        return conditions.Count == 0
            ? throw new FormatException($"\"{text}\" ends behind 'where'; write a condition, for example: where prev_comm = sleep")
            : new EventSelector(text, EventName.Parse(text[..where]), [.. conditions]);
    }

    /// <summary>Whether an event is meant.</summary>
    public bool Matches(in TraceEvent item)
    {
        if (!Name.Matches(item.Name))
        {
            return false;
        }

        foreach (var condition in _conditions)
        {
            if (!condition.IsSatisfiedBy(item))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static FieldCondition ParseCondition(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
        {
            at++;
        }

        var field = text[start..at];
        SkipBlanks(text, ref at);
        var rest = text[at..];
        var found = OperatorsLongestFirst.FirstOrDefault(o => rest.StartsWith(o.Sign, StringComparison.Ordinal));
        if (field.Length == 0 || found.Sign is null)
        {
            throw new FormatException(
                $"no condition at column {start + 1} of \"{text}\", found '{text[start..]}'; "
                + $"write FIELD OPERATOR VALUE, the operator one of: {string.Join(' ', FieldOperators.All.Select(o => o.Sign))}");
        }

        at += found.Sign.Length;
        SkipBlanks(text, ref at);
        return new FieldCondition(field, found.Operator, ParseValue(text, ref at));
    }

    private static string ParseValue(string text, ref int at)
    {
        if (at < text.Length && text[at] == '\'')
        {
            var close = text.IndexOf('\'', at + 1);
            if (close < 0)
            {
                throw new FormatException($"the ' at column {at + 1} of \"{text}\" is not closed");
            }

            var quoted = text[(at + 1)..close];
            at = close + 1;
            if (at < text.Length && !text.AsSpan(at).StartsWith(And, StringComparison.Ordinal))
            {
                throw new FormatException($"expected ' and ' at column {at + 1} of \"{text}\"");
            }

            at = Math.Min(text.Length, at + And.Length);
            return quoted;
        }

        var end = text.IndexOf(And, at, StringComparison.Ordinal);
        var value = (end < 0 ? text[at..] : text[at..end]).Trim();
        if (value.Length == 0)
        {
            throw new FormatException($"a value is missing at column {at + 1} of \"{text}\"; write '' for an empty one");
        }

        at = end < 0 ? text.Length : end + And.Length;
        return value;
    }

    private static void SkipBlanks(string text, ref int at)
    {
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }
    }
}
