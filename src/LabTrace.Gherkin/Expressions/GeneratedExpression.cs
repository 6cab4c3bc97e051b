namespace LabTrace.Gherkin.Expressions;

/// <summary>A proposed cucumber expression.</summary>
/// <param name="Source">The expression.</param>
/// <param name="ParameterTypes">The types of its parameters, in order.</param>
public sealed record GeneratedExpression(string Source, IReadOnlyList<ParameterType> ParameterTypes);
