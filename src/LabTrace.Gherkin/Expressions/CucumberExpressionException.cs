namespace LabTrace.Gherkin.Expressions;

/// <summary>A cucumber expression or a parameter type is not well formed. The texts are those of the official implementation.</summary>
public class CucumberExpressionException : FormatException
{
    internal CucumberExpressionException(string message)
        : base(message)
    {
    }
}
