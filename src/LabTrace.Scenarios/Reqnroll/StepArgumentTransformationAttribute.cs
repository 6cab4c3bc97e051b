using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Reqnroll;

/// <summary>Marks a method that makes a step's argument from text or from a table.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public class StepArgumentTransformationAttribute : Attribute
{
    /// <summary>The order of a transformation that sets none; the lowest is tried first.</summary>
    public const int DefaultOrder = 10000;

    /// <summary>Makes arguments from text that matches.</summary>
    /// <param name="regex">What the text must match as a whole; its groups are the method's arguments. Null for any text.</param>
    /// <param name="order">Which is tried first: the lowest.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public StepArgumentTransformationAttribute(
        [StringSyntax(StringSyntaxAttribute.Regex)] string? regex = null, int order = DefaultOrder, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
    {
        Regex = regex!;
        Order = order;
        FilePath = filePath;
        Line = line;
    }

    /// <summary>What the text must match as a whole, or null for any.</summary>
    public string Regex { get; set; } = null!;

    /// <summary>The parameter type's name in cucumber expressions, or null for the name of the type made.</summary>
    public string Name { get; set; } = null!;

    /// <summary>Which is tried first: the lowest.</summary>
    public int Order { get; set; }

    internal string FilePath { get; }

    internal int Line { get; }
}
