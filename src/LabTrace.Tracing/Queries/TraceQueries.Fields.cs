namespace LabTrace.Tracing.Queries;

/// <content>Conditions on fields.</content>
public static partial class TraceQueries
{
    /// <summary>Whether every selected event meets the condition. No selected event at all is not "every": it does not hold.</summary>
    public static Finding Every(this Trace trace, EventSelector selector, FieldCondition condition)
    {
        var indexes = trace.IndexesOf(selector);
        var others = indexes.Where(i => !condition.IsMet(trace.Events[i])).ToArray();
        var found = indexes.Count == 0 ? None(trace, selector)
            : others.Length == 0 ? $"all {indexes.Count:N0}"
            : $"{others.Length:N0} of {indexes.Count:N0} have not: {Values(trace, others, condition.Field)}";
        return new Finding(trace, indexes.Count > 0 && others.Length == 0, $"every {selector} event has {condition}", found, others);
    }

    /// <summary>Whether at least one selected event meets the condition.</summary>
    public static Finding Some(this Trace trace, EventSelector selector, FieldCondition condition)
    {
        var indexes = trace.IndexesOf(selector);
        var met = indexes.Where(i => condition.IsMet(trace.Events[i])).ToArray();
        var found = indexes.Count == 0 ? None(trace, selector)
            : met.Length > 0 ? $"{met.Length:N0} of {indexes.Count:N0}"
            : $"none of {Events(indexes.Count, selector)}: {Values(trace, indexes, condition.Field)}";
        return new Finding(trace, met.Length > 0, $"some {selector} event has {condition}", found, met.Length > 0 ? met : indexes);
    }

    /// <summary>Whether no selected event meets the condition; holds when there is no such event at all.</summary>
    public static Finding No(this Trace trace, EventSelector selector, FieldCondition condition)
    {
        var indexes = trace.IndexesOf(selector);
        var met = indexes.Where(i => condition.IsMet(trace.Events[i])).ToArray();
        return new Finding(
            trace, met.Length == 0, $"no {selector} event has {condition}", $"{met.Length:N0} of {indexes.Count:N0}", met);
    }

    /// <summary>Whether every selected event has all these fields. No selected event at all does not hold.</summary>
    public static Finding EveryHasFields(this Trace trace, EventSelector selector, params IReadOnlyList<string> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var indexes = trace.IndexesOf(selector);
        var others = indexes.Where(i => fields.Any(f => !trace.Events[i].TryGetField(f, out _))).ToArray();
        var found = indexes.Count == 0 ? None(trace, selector) : $"all {indexes.Count:N0}";
        if (others.Length > 0)
        {
            var first = trace.Events[others[0]];
            var missing = fields.First(f => !first.TryGetField(f, out _));
            var there = first.Fields.Select(f => f.Key).ToArray();
            var nearest = Nearest.Of(missing, there);
            found = $"{others.Length:N0} of {indexes.Count:N0} have no '{missing}'; " + (nearest is null ? $"fields: {string.Join(", ", there)}" : $"nearest: {nearest}");
        }

        return new Finding(
            trace, indexes.Count > 0 && others.Length == 0, $"every {selector} event has the fields {string.Join(", ", fields)}", found, others);
    }

    /// <summary>The values that are there, most frequent first.</summary>
    private static string Values(Trace trace, IReadOnlyCollection<int> indexes, string field)
    {
        if (!indexes.Any(i => trace.Events[i].TryGetField(field, out _)))
        {
            var there = trace.Events[indexes.First()].Fields.Select(f => f.Key).ToArray();
            var nearest = Nearest.Of(field, there);
            return $"no field '{field}'; " + (nearest is null ? $"fields: {string.Join(", ", there)}" : $"nearest: {nearest}");
        }

        var values = indexes.GroupBy(i => trace.Events[i].TryGetField(field, out var value) ? Shown(value) : "(none)")
            .OrderByDescending(g => g.Count()).ToArray();
        return $"{field} is " + string.Join(", ", values.Take(6).Select(g => g.Count() == 1 ? g.Key : $"{g.Key} ({g.Count():N0} times)"))
               + (values.Length > 6 ? $", and {values.Length - 6:N0} other values" : "");
    }

    private static string Shown(FieldValue value) => value.Label is { } label && label != value.ToRawText() ? $"{label} ({value.ToRawText()})" : value.ToString();
}
