namespace LabTrace.Gherkin.Expressions;

/// <summary>A cucumber expression: <c>{int} cucumber(s) is/are "ripe"</c>.</summary>
/// <remarks>
/// Texts, optionals, alternatives and the built-in parameter types are matched without a regular expression; one is made at the
/// first match of an expression that names another parameter type.
/// </remarks>
public sealed class CucumberExpression : StepExpression
{
    private const int MaxOnStack = 64;

    private readonly IReadOnlyList<ParameterType> _parameterTypes;
    private readonly Element[]? _elements;
    private readonly Lazy<TreeRegex> _regex;

    /// <summary>Parses an expression.</summary>
    /// <param name="source">The expression.</param>
    /// <param name="registry">The parameter types it may name.</param>
    /// <exception cref="CucumberExpressionException">It is not well formed.</exception>
    /// <exception cref="UndefinedParameterTypeException">It names a parameter type that the registry lacks.</exception>
    public CucumberExpression(string source, ParameterTypeRegistry registry)
        : base(source)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(registry);

        var root = ExpressionParser.Parse(source);
        var compiler = new ExpressionCompiler(source, registry);
        compiler.Compile(root);
        _parameterTypes = compiler.ParameterTypes;
        _elements = compiler.Elements;
        LiteralPrefix = string.Concat(root.Nodes.TakeWhile(node => node.Type == NodeType.Text).Select(node => node.Token));
        _regex = new Lazy<TreeRegex>(() => new TreeRegex(source, ExpressionCompiler.ToRegex(root, _parameterTypes)));
    }

    /// <inheritdoc/>
    public override string LiteralPrefix { get; }

    /// <summary>The parameter types it names, in order.</summary>
    public IReadOnlyList<ParameterType> ParameterTypes => _parameterTypes;

    /// <inheritdoc/>
    public override IReadOnlyList<Argument>? Match(string text)
    {
        ArgumentNullException.ThrowIfNull(text);

        return _elements is null ? MatchByRegex(text) : MatchByElements(text);
    }

    /// <inheritdoc/>
    public override void Verify()
    {
        if (_elements is null)
        {
            _ = _regex.Value;
        }
    }

    internal bool NeedsRegex => _elements is null;

    internal IReadOnlyList<Argument>? MatchByRegex(string text)
    {
        var groups = _regex.Value.Match(text);
        if (groups is null)
        {
            return null;
        }

        var arguments = new Argument[_parameterTypes.Count];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = new Argument(groups[i], _parameterTypes[i]);
        }

        return arguments;
    }

    private Argument[]? MatchByElements(string text)
    {
        Span<int> ends = stackalloc int[MaxOnStack];
        if (!new ElementMatcher(_elements!, text, ends).Match())
        {
            return null;
        }

        if (_parameterTypes.Count == 0)
        {
            return [];
        }

        var arguments = new Argument[_parameterTypes.Count];
        var count = 0;
        for (var i = 0; i < _elements!.Length; i++)
        {
            if (_elements[i].Parameter is { } parameter)
            {
                var group = parameter.Group(text, i == 0 ? 0 : ends[i - 1], ends[i]);
                arguments[count] = new Argument(group, _parameterTypes[count]);
                count++;
            }
        }

        return arguments;
    }
}
