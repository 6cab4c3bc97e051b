using System.Reflection;
using LabTrace.Gherkin.Expressions;
using Reqnroll.Bindings;

namespace LabTrace.Scenarios.Bindings;

/// <summary>All step definitions, hooks and argument transformations of some assemblies.</summary>
public sealed class BindingRegistry
{
    private readonly PrefixIndex<StepDefinition> _index;
    private readonly Dictionary<string, StepCandidate[]> _candidates = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    internal BindingRegistry(BindingDiscovery found)
    {
        StepDefinitions = found.StepDefinitions;
        Hooks = found.Hooks;
        Transformations = found.Transformations;
        UndefinedParameterTypes = found.UndefinedParameterTypes;
        Errors = found.Errors;
        Members = found.Members;
        ParameterTypes = found.ParameterTypes;
        Converter = new ArgumentConverter(found.Transformations);
        _index = new PrefixIndex<StepDefinition>(found.StepDefinitions, definition => definition.Matcher.LiteralPrefix);
    }

    /// <summary>The step definitions in the order they stand in.</summary>
    public IReadOnlyList<StepDefinition> StepDefinitions { get; }

    /// <summary>The hooks in the order they stand in.</summary>
    public IReadOnlyList<Hook> Hooks { get; }

    /// <summary>The argument transformations in the order they stand in.</summary>
    public IReadOnlyList<ArgumentTransformation> Transformations { get; }

    /// <summary>Expressions that name a parameter type nobody defines; their definitions match nothing.</summary>
    public IReadOnlyList<UndefinedParameterTypeUse> UndefinedParameterTypes { get; }

    /// <summary>What is wrong with the step code; with any of it nothing runs.</summary>
    public IReadOnlyList<BindingError> Errors { get; }

    /// <summary>All parameter types that expressions may name.</summary>
    public ParameterTypeRegistry ParameterTypes { get; }

    /// <summary>Everything in the order it stands in the code, for the message stream.</summary>
    internal IReadOnlyList<object> Members { get; }

    internal ArgumentConverter Converter { get; }

    /// <summary>Finds the [Binding] classes of assemblies and what they bind.</summary>
    /// <remarks>Errors are collected in <see cref="Errors"/>, none is thrown.</remarks>
    public static BindingRegistry Build(params IEnumerable<Assembly> assemblies)
    {
        ArgumentNullException.ThrowIfNull(assemblies);
        return BuildFrom(assemblies.Distinct().SelectMany(assembly => assembly.GetTypes()));
    }

    /// <summary>Finds what some classes bind; those without [Binding] are passed over.</summary>
    /// <remarks>Errors are collected in <see cref="Errors"/>, none is thrown.</remarks>
    public static BindingRegistry BuildFrom(params IEnumerable<Type> types)
    {
        ArgumentNullException.ThrowIfNull(types);
        return new BindingRegistry(BindingDiscovery.Find(types));
    }

    /// <summary>Binds a step: the definitions of its kind that match its text, those in the narrowest scope alone.</summary>
    internal StepMatch Match(StepDefinitionType kind, string text, ScenarioTraits traits)
    {
        var candidates = Candidates(text);
        StepCandidate? first = null;
        List<StepCandidate>? best = null;
        var bestScope = 0;
        foreach (var candidate in candidates)
        {
            if ((candidate.Definition.KindMask & (1 << (int)kind)) == 0)
            {
                continue;
            }

            var scope = BindingScope.Best(candidate.Definition.Scopes, traits);
            if (scope < 0 || (first is not null && scope < bestScope))
            {
                continue;
            }

            if (first is null || scope > bestScope)
            {
                first = candidate;
                bestScope = scope;
                best = null;
            }
            else
            {
                (best ??= [first]).Add(candidate);
            }
        }

        return best is not null ? new StepMatch(best) : new StepMatch(first is null ? [] : [first]);
    }

    /// <summary>The definitions that match a text, whatever their kind and scope.</summary>
    internal StepCandidate[] Candidates(string text)
    {
        lock (_gate)
        {
            if (_candidates.TryGetValue(text, out var known))
            {
                return known;
            }

            var near = new List<StepDefinition>();
            _index.Find(text, near);
            var found = new List<StepCandidate>(1);
            foreach (var definition in near)
            {
                if (definition.Matcher.Match(text) is { } arguments)
                {
                    found.Add(new StepCandidate(definition, arguments));
                }
            }

            found.Sort((left, right) => left.Definition.Index.CompareTo(right.Definition.Index));
            return _candidates[text] = [.. found];
        }
    }
}

/// <summary>An expression that names a parameter type nobody defines.</summary>
/// <param name="TypeName">The name between the braces.</param>
/// <param name="Expression">The expression.</param>
/// <param name="Member">The class and method.</param>
/// <param name="Source">Where it stands.</param>
public sealed record UndefinedParameterTypeUse(string TypeName, string Expression, string Member, SourcePosition Source);

/// <summary>A definition that matches a text, and the arguments it takes from it.</summary>
internal sealed record StepCandidate(StepDefinition Definition, IReadOnlyList<Argument> Arguments);

/// <summary>What a step is bound to: nothing, one definition, or too many.</summary>
internal readonly record struct StepMatch(IReadOnlyList<StepCandidate> Candidates)
{
    public bool IsUndefined => Candidates.Count == 0;

    public bool IsAmbiguous => Candidates.Count > 1;
}
