using System.Numerics;

namespace LabTrace.Gherkin.Expressions;

/// <summary>The parameter types that expressions may name. Starts with the built-in ones; not safe to change while others match.</summary>
public sealed class ParameterTypeRegistry
{
    internal const string FloatRegexp = @"[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:[E][+-]?\d+)?";
    internal const string WordRegexp = @"[^\s]+";
    internal const string StringRegexp = """
        "([^"\\]*(\\.[^"\\]*)*)"|'([^'\\]*(\\.[^'\\]*)*)'
        """;

    internal const string AnyRegexp = ".*";
    private static readonly string[] IntegerRegexps = [@"-?\d+", @"\d+"];
    private static readonly ParameterType[] BuiltIn =
    [
        new("int", IntegerRegexps, typeof(int), preferForRegexMatch: true),
        new("float", [FloatRegexp], typeof(float)),
        new("word", [WordRegexp], typeof(string), useForSnippets: false),
        new("string", [StringRegexp], typeof(string)),
        new("", [AnyRegexp], typeof(string), useForSnippets: false, preferForRegexMatch: true),
        new("double", [FloatRegexp], typeof(double), useForSnippets: false),
        new("decimal", [FloatRegexp], typeof(decimal), useForSnippets: false),
        new("bigdecimal", [FloatRegexp], typeof(decimal), useForSnippets: false),
        new("byte", IntegerRegexps, typeof(byte), useForSnippets: false),
        new("short", IntegerRegexps, typeof(short), useForSnippets: false),
        new("long", IntegerRegexps, typeof(long), useForSnippets: false),
        new("biginteger", IntegerRegexps, typeof(BigInteger), useForSnippets: false),
    ];

    private readonly Dictionary<string, ParameterType> _byName = [];
    private readonly Dictionary<string, List<ParameterType>> _byRegexp = [];

    /// <summary>Makes a registry with int, float, word, string, {}, double, decimal, bigdecimal, byte, short, long and biginteger.</summary>
    public ParameterTypeRegistry()
    {
        foreach (var type in BuiltIn)
        {
            Add(type);
        }
    }

    /// <summary>All types, the built-in ones first.</summary>
    public IReadOnlyCollection<ParameterType> All => _byName.Values;

    /// <summary>Adds a type.</summary>
    /// <exception cref="CucumberExpressionException">The name is taken or illegal, or another type is already preferred for the same
    /// regular expression.</exception>
    public void Define(ParameterType type)
    {
        ArgumentNullException.ThrowIfNull(type);
        type.CheckName();
        if (_byName.ContainsKey(type.Name))
        {
            throw new CucumberExpressionException(type.Name.Length == 0
                ? "The anonymous parameter type has already been defined"
                : $"There is already a parameter type with name {type.Name}");
        }

        foreach (var regexp in type.Regexps)
        {
            if (type.PreferForRegexMatch && _byRegexp.TryGetValue(regexp, out var same) && same[0].PreferForRegexMatch)
            {
                throw new CucumberExpressionException(
                    "There can only be one preferential parameter type per regexp. "
                    + $"The regexp /{regexp}/ is used for two preferential parameter types, {{{same[0].Name}}} and {{{type.Name}}}");
            }
        }

        Add(type);
    }

    /// <summary>The type of that name, or null.</summary>
    /// <param name="name">Without braces.</param>
    public ParameterType? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The type that a group of a regular expression stands for, or null.</summary>
    /// <param name="regexp">The source of the group.</param>
    /// <param name="expression">The whole regular expression, for the error.</param>
    /// <param name="text">The step's text, for the error.</param>
    /// <exception cref="CucumberExpressionException">Several types have this expression and none is preferred.</exception>
    public ParameterType? FindByRegexp(string regexp, string expression, string text)
    {
        if (!_byRegexp.TryGetValue(regexp, out var types))
        {
            return null;
        }

        if (types.Count > 1 && !types[0].PreferForRegexMatch)
        {
            var names = types.Select(type => $"{{{type.Name}}}");
            var expressions = new CucumberExpressionGenerator(this).Generate(text).Select(generated => generated.Source);
            throw new CucumberExpressionException(
                $"Your Regular Expression /{expression}/\nmatches multiple parameter types with regexp {regexp}:\n"
                + $"   {string.Join("\n   ", names)}\n\n"
                + "I couldn't decide which one to use. You have two options:\n\n"
                + "1) Use a Cucumber Expression instead of a Regular Expression. Try one of these:\n"
                + $"   {string.Join("\n   ", expressions)}\n\n"
                + "2) Make one of the parameter types preferential and continue to use a Regular Expression.\n");
        }

        return types[0];
    }

    private void Add(ParameterType type)
    {
        _byName.Add(type.Name, type);
        foreach (var regexp in type.Regexps)
        {
            if (!_byRegexp.TryGetValue(regexp, out var types))
            {
                _byRegexp[regexp] = types = [];
            }

            if (!types.Contains(type))
            {
                types.Add(type);
                types.Sort(ParameterType.Compare);
            }
        }
    }
}
