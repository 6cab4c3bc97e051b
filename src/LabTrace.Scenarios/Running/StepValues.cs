using LabTrace.Gherkin.Expressions;
using LabTrace.Scenarios.Bindings;
using Reqnroll;

namespace LabTrace.Scenarios.Running;

/// <summary>What a step's sentence and argument give to its method.</summary>
internal static class StepValues
{
    /// <summary>How many values a sentence gives.</summary>
    public static int Count(StepDefinition definition, IReadOnlyList<Argument> matched) => Of(definition, matched, null).Length;

    /// <summary>The values of a step in the order of its method's parameters: those of the sentence, then its doc string or table.</summary>
    public static object?[] Of(StepDefinition definition, IReadOnlyList<Argument> matched, object? last)
    {
        if (matched.Count == 0)
        {
            return last is null ? [] : [last];
        }

        if (definition.ExpressionType != ExpressionType.RegularExpression)
        {
            var values = new object?[matched.Count + (last is null ? 0 : 1)];
            for (var i = 0; i < matched.Count; i++)
            {
                values[i] = matched[i].Value;
            }

            if (last is not null)
            {
                values[^1] = last;
            }

            return values;
        }

        // Every group of a regular expression is a value of its own, as in Reqnroll; one that took no part is empty.
        var groups = new List<object?>();
        foreach (var argument in matched)
        {
            AddGroups(argument.Group, groups);
        }

        if (last is not null)
        {
            groups.Add(last);
        }

        return [.. groups];
    }

    private static void AddGroups(MatchGroup group, List<object?> values)
    {
        values.Add(group.Value ?? string.Empty);
        foreach (var child in group.Children)
        {
            AddGroups(child, values);
        }
    }
}
