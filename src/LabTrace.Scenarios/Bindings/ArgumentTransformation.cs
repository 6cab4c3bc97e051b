using System.Text.RegularExpressions;
using Reqnroll;

namespace LabTrace.Scenarios.Bindings;

/// <summary>A method that makes a step's argument.</summary>
public sealed class ArgumentTransformation
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);
    private readonly string? _pattern;
    private Regex? _regex;

    internal ArgumentTransformation(BoundMethod call, StepArgumentTransformationAttribute attribute, Type makes)
    {
        Call = call;
        _pattern = attribute.Regex;
        Name = attribute.Name ?? makes.Name;
        IsNamed = attribute.Name is not null;
        Order = attribute.Order;
        Makes = makes;
        Source = SourcePosition.FromCaller(attribute.FilePath, attribute.Line);
    }

    /// <summary>Its name in cucumber expressions.</summary>
    public string Name { get; }

    /// <summary>The type it makes.</summary>
    public Type Makes { get; }

    /// <summary>The class and method.</summary>
    public string MethodName => Call.ShortName;

    /// <summary>Where it stands.</summary>
    public SourcePosition Source { get; }

    internal bool IsNamed { get; }

    internal int Order { get; }

    internal BoundMethod Call { get; }

    internal string? Pattern => _pattern?.TrimStart('^').TrimEnd('$');

    /// <summary>Takes the method's arguments from a text, or null when it does not match.</summary>
    internal object?[]? ArgumentsFrom(string text)
    {
        if (_pattern is null)
        {
            return Call.Parameters.Length == 1 ? [text] : null;
        }

        _regex ??= new Regex($"^(?:{Pattern})$", RegexOptions.CultureInvariant, MatchTimeout);
        var match = _regex.Match(text);
        if (!match.Success)
        {
            return null;
        }

        if (match.Groups.Count == 1)
        {
            return Call.Parameters.Length == 1 ? [text] : null;
        }

        var arguments = new object?[match.Groups.Count - 1];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = match.Groups[i + 1].Value;
        }

        return arguments.Length == Call.Parameters.Length ? arguments : null;
    }
}
