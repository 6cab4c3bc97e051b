using System.Text.RegularExpressions;

namespace LabTrace.Tracing.Queries;

/// <summary>Which events a query is about: a name or pattern, and conditions that all must be met.</summary>
/// <param name="Name">The event; <c>*</c> and <c>?</c> stand for any.</param>
/// <param name="Conditions">What its fields must be; empty for every event of the name.</param>
public sealed partial record EventSelector(EventName Name, IReadOnlyList<FieldCondition> Conditions)
{
    /// <summary>Every event.</summary>
    public static EventSelector Any { get; } = new(new EventName("", "*"), []);

    /// <summary>Reads <c>sched:sched_switch where prev_comm = sleep and next_pid != 0</c>; a value goes on to the next <c>and FIELD OPERATOR</c>.</summary>
    /// <exception cref="FormatException">The text names no event, or a condition is none.</exception>
    public static EventSelector Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const string Where = " where ";
        var at = text.IndexOf(Where, StringComparison.Ordinal);
        if (at < 0)
        {
            return new EventSelector(EventName.Parse(text), []);
        }

        var conditions = new List<FieldCondition>();
        foreach (var part in ConditionStart().Split(text[(at + Where.Length)..].Trim()))
        {
            var match = Condition().Match(part.Trim());
            if (!match.Success)
            {
                throw new FormatException($"'{part.Trim()}' in '{text}' is no condition; write FIELD = VALUE, for example: where prev_comm = sleep");
            }

            var op = FieldCondition.ParseOperator(match.Groups["op"].Value);
            conditions.Add(new FieldCondition(match.Groups["field"].Value, op, Unquoted(match.Groups["value"].Value.Trim())));
        }

        return new EventSelector(EventName.Parse(text[..at]), conditions);
    }

    /// <summary>The same events, of which only those that meet a further condition.</summary>
    public EventSelector With(FieldCondition condition) => new(Name, [.. Conditions, condition]);

    /// <summary>Whether an event is one of them.</summary>
    public bool IsMatch(TraceEvent item)
    {
        if (!Name.Matches(item.Name))
        {
            return false;
        }

        foreach (var condition in Conditions)
        {
            if (!condition.IsMet(item))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The selector as it was written.</summary>
    public override string ToString() =>
        Conditions.Count == 0 ? Name.ToString() : $"{Name} where {string.Join(" and ", Conditions)}";

    private static string Unquoted(string value) => value is ['"', .. var inner, '"'] ? inner : value;

    [GeneratedRegex(@"\s+and\s+(?=[A-Za-z_]\w*\s*(?:==|!=|<=|>=|=|<|>|~|\s(?:contains|matches|one of|in|starts with|ends with|is)\s))", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ConditionStart();

    [GeneratedRegex(@"^(?<field>[A-Za-z_][\w.]*)\s*(?<op>==|!=|<=|>=|=|<|>|~|\s(?:contains|matches|one of|in|starts with|ends with|is not|is)\s)\s*(?<value>.*)$", RegexOptions.Singleline, 1000)]
    private static partial Regex Condition();
}
