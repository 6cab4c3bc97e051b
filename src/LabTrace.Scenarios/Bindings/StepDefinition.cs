using System.Reflection;
using LabTrace.Gherkin.Expressions;
using Reqnroll;
using Reqnroll.Bindings;

namespace LabTrace.Scenarios.Bindings;

/// <summary>A sentence and the method behind it.</summary>
public sealed class StepDefinition
{
    internal StepDefinition(BoundMethod call, StepDefinitionBaseAttribute attribute, BindingScope[] scopes, string expression, ExpressionType type)
    {
        Call = call;
        Kinds = attribute.Types;
        Scopes = scopes;
        Source = SourcePosition.FromCaller(attribute.FilePath, attribute.Line);
        Obsolete = call.Method.GetCustomAttribute<ObsoleteAttribute>();
        Expression = expression;
        ExpressionType = type;
        foreach (var kind in attribute.Types)
        {
            KindMask |= 1 << (int)kind;
        }
    }

    /// <summary>The expression as written, or made from the method's name.</summary>
    public string Expression { get; }

    /// <summary>The language of the expression.</summary>
    public ExpressionType ExpressionType { get; }

    /// <summary>The kinds of steps it answers to.</summary>
    public IReadOnlyList<StepDefinitionType> Kinds { get; }

    /// <summary>The method.</summary>
    public MethodInfo Method => Call.Method;

    /// <summary>The class and method.</summary>
    public string MethodName => Call.ShortName;

    /// <summary>Where it stands.</summary>
    public SourcePosition Source { get; }

    /// <summary>The scopes it is limited to, in words; empty for none.</summary>
    public string Scope => string.Join(" or ", Scopes.Select(scope => scope.ToString()));

    internal BoundMethod Call { get; }

    internal ObsoleteAttribute? Obsolete { get; }

    internal BindingScope[] Scopes { get; }

    internal int KindMask { get; }

    internal StepExpression Matcher { get; set; } = null!;

    /// <summary>Its place among all definitions.</summary>
    internal int Index { get; set; }

    /// <summary>The kinds and the expression, as in an attribute.</summary>
    public override string ToString() => $"[{string.Join("/", Kinds)}] {Expression}";
}
