using System.Runtime.CompilerServices;
using Reqnroll.Bindings;

namespace Reqnroll;

/// <summary>Marks a method as the code behind a step.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public abstract class StepDefinitionBaseAttribute : Attribute
{
    private protected StepDefinitionBaseAttribute(string? expression, StepDefinitionType[] types, string filePath, int line)
    {
        Expression = expression!;
        Types = types;
        FilePath = filePath;
        Line = line;
    }

    /// <summary>Makes a step attribute of one's own.</summary>
    /// <param name="expression">The expression, or null for method-name style.</param>
    /// <param name="types">The keywords it answers to.</param>
    protected StepDefinitionBaseAttribute(string? expression, params StepDefinitionType[] types)
        : this(expression, types, string.Empty, 0)
    {
    }

    /// <summary>The keywords it answers to.</summary>
    public StepDefinitionType[] Types { get; internal set; }

    /// <summary>The expression, or null for method-name style.</summary>
    public string Expression { get; set; } = null!;

    /// <summary>The language of the expression; told by its look when unspecified.</summary>
    public ExpressionType ExpressionType { get; set; }

    internal string FilePath { get; }

    internal int Line { get; }
}

/// <summary>The language of a step's expression.</summary>
public enum ExpressionType
{
    /// <summary>Told by its look.</summary>
    Unspecified,

    /// <summary>A cucumber expression.</summary>
    CucumberExpression,

    /// <summary>A regular expression.</summary>
    RegularExpression,
}

/// <summary>Code behind a Given step.</summary>
public class GivenAttribute : StepDefinitionBaseAttribute
{
    /// <summary>Binds a method to Given steps.</summary>
    /// <param name="expression">The expression, or null for method-name style.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public GivenAttribute(string? expression = null, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base(expression, [StepDefinitionType.Given], filePath, line)
    {
    }
}

/// <summary>Code behind a When step.</summary>
public class WhenAttribute : StepDefinitionBaseAttribute
{
    /// <summary>Binds a method to When steps.</summary>
    /// <param name="expression">The expression, or null for method-name style.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public WhenAttribute(string? expression = null, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base(expression, [StepDefinitionType.When], filePath, line)
    {
    }
}

/// <summary>Code behind a Then step.</summary>
public class ThenAttribute : StepDefinitionBaseAttribute
{
    /// <summary>Binds a method to Then steps.</summary>
    /// <param name="expression">The expression, or null for method-name style.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public ThenAttribute(string? expression = null, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base(expression, [StepDefinitionType.Then], filePath, line)
    {
    }
}

/// <summary>Code behind a step of any kind.</summary>
public class StepDefinitionAttribute : StepDefinitionBaseAttribute
{
    /// <summary>Binds a method to steps of all three kinds.</summary>
    /// <param name="expression">The expression, or null for method-name style.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public StepDefinitionAttribute(string? expression = null, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base(expression, [StepDefinitionType.Given, StepDefinitionType.When, StepDefinitionType.Then], filePath, line)
    {
    }
}
