using Reqnroll;

namespace LabTrace.Scenarios.Bindings;

/// <summary>A method that runs around scenarios.</summary>
public sealed class Hook
{
    internal Hook(BoundMethod call, HookAttribute attribute, BindingScope[] scopes)
    {
        Call = call;
        Kind = attribute.Kind;
        Order = attribute.Order;
        Scopes = scopes;
        Source = SourcePosition.FromCaller(attribute.FilePath, attribute.Line);
    }

    /// <summary>What it wraps, and on which side.</summary>
    public HookKind Kind { get; }

    /// <summary>Lower runs earlier.</summary>
    public int Order { get; }

    /// <summary>The class and method.</summary>
    public string MethodName => Call.ShortName;

    /// <summary>Where it stands.</summary>
    public SourcePosition Source { get; }

    internal BoundMethod Call { get; }

    internal BindingScope[] Scopes { get; }

    /// <summary>The hook as errors name it.</summary>
    public override string ToString() => Source.File is null ? $"[{Kind}] {MethodName}" : $"[{Kind}] {MethodName} ({Source})";

    internal bool AppliesTo(ScenarioTraits traits) => BindingScope.Best(Scopes, traits) >= 0;
}
