namespace LabTrace.Gherkin.Expressions;

/// <summary>An expression names a parameter type that nobody defines.</summary>
public sealed class UndefinedParameterTypeException : CucumberExpressionException
{
    internal UndefinedParameterTypeException(string parameterTypeName, string expression, string message)
        : base(message)
    {
        ParameterTypeName = parameterTypeName;
        Expression = expression;
    }

    /// <summary>The name that is not defined.</summary>
    public string ParameterTypeName { get; }

    /// <summary>The expression that names it.</summary>
    public string Expression { get; }
}
