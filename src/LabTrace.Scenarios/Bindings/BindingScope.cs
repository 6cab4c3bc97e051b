using Reqnroll;

namespace LabTrace.Scenarios.Bindings;

/// <summary>One [Scope], or one tag of a hook: all that is set must hold.</summary>
internal sealed record BindingScope(TagCondition? Tag, string? Feature, string? Scenario)
{
    public static BindingScope From(ScopeAttribute attribute) =>
        new(attribute.Tag is null ? null : TagCondition.Parse(attribute.Tag), attribute.Feature, attribute.Scenario);

    /// <summary>How many criteria hold, or 0 when one does not.</summary>
    public int Match(ScenarioTraits traits)
    {
        var criteria = 0;
        if (Tag is not null)
        {
            if (!Tag.Holds(traits))
            {
                return 0;
            }

            criteria++;
        }

        if (Feature is not null)
        {
            if (!string.Equals(Feature, traits.Feature, StringComparison.OrdinalIgnoreCase))
            {
                return 0;
            }

            criteria++;
        }

        if (Scenario is not null)
        {
            if (!string.Equals(Scenario, traits.Scenario, StringComparison.OrdinalIgnoreCase))
            {
                return 0;
            }

            criteria++;
        }

        return criteria;
    }

    /// <summary>The best of several scopes: 0 for a binding without scopes, -1 when none of its scopes holds.</summary>
    public static int Best(BindingScope[] scopes, ScenarioTraits traits)
    {
        if (scopes.Length == 0)
        {
            return 0;
        }

        var best = 0;
        foreach (var scope in scopes)
        {
            best = Math.Max(best, scope.Match(traits));
        }

        return best == 0 ? -1 : best;
    }

    public override string ToString() => string.Join(" and ", new[]
    {
        Tag?.Source,
        Feature is null ? null : $"feature '{Feature}'",
        Scenario is null ? null : $"scenario '{Scenario}'",
    }.Where(part => part is not null));
}
