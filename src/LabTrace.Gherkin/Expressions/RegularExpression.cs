using System.Text;

namespace LabTrace.Gherkin.Expressions;

/// <summary>A regular expression as the sentence of a step definition. It matches the whole text, with or without anchors.</summary>
public sealed class RegularExpression : StepExpression
{
    private readonly ParameterTypeRegistry _registry;
    private readonly Lazy<TreeRegex> _regex;

    /// <summary>Takes an expression, which is compiled at its first match.</summary>
    /// <param name="source">A .NET regular expression; case matters.</param>
    /// <param name="registry">Tells which parameter type a group stands for.</param>
    public RegularExpression(string source, ParameterTypeRegistry registry)
        : base(source)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(registry);

        _registry = registry;
        LiteralPrefix = PrefixOf(source);
        _regex = new Lazy<TreeRegex>(() => new TreeRegex(source, $@"\A(?:{source})\z"));
    }

    /// <inheritdoc/>
    public override string LiteralPrefix { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Argument>? Match(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.StartsWith(LiteralPrefix, StringComparison.Ordinal) || _regex.Value.Match(text) is not { } groups)
        {
            return null;
        }

        return [.. groups.Zip(_regex.Value.GroupSources, (group, source) => new Argument(group, _registry.FindByRegexp(source, Source, text)))];
    }

    /// <inheritdoc/>
    public override void Verify() => _ = _regex.Value;

    /// <summary>The literal text that every match must start with, as far as that is plain to see.</summary>
    private static string PrefixOf(string source)
    {
        if (HasOuterAlternative(source))
        {
            return "";
        }

        var prefix = new StringBuilder();
        var i = source is ['^', ..] ? 1 : 0;
        while (i < source.Length)
        {
            var character = source[i++];
            if (character == '\\')
            {
                if (i == source.Length || char.IsLetterOrDigit(source[i]))
                {
                    break;
                }

                character = source[i++];
            }
            else if (@"^$.|?*+()[]{}".Contains(character))
            {
                break;
            }

            if (i < source.Length && source[i] is '?' or '*' or '{')
            {
                break;
            }

            prefix.Append(character);
            if (i < source.Length && source[i] == '+')
            {
                break;
            }
        }

        return prefix.ToString();
    }

    /// <summary>Errs on the side of yes.</summary>
    private static bool HasOuterAlternative(string source)
    {
        var depth = 0;
        for (var i = 0; i < source.Length; i++)
        {
            switch (source[i])
            {
                case '\\':
                    i++;
                    break;
                case '(' or '[':
                    depth++;
                    break;
                case ')' or ']':
                    depth--;
                    break;
                case '|' when depth <= 0:
                    return true;
            }
        }

        return false;
    }
}
