using System.Reflection;
using LabTrace.Gherkin;
using LabTrace.Gherkin.Expressions;
using Reqnroll;

namespace LabTrace.Scenarios.Bindings;

/// <summary>Looks through classes for what they bind.</summary>
internal sealed class BindingDiscovery
{
    private const BindingFlags AllMethods = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private readonly List<PendingStep> _steps = [];

    private static Type[] ClrTypes =>
        [typeof(int), typeof(long), typeof(short), typeof(byte), typeof(float), typeof(double), typeof(decimal), typeof(string)];

    public List<StepDefinition> StepDefinitions { get; } = [];

    public List<Hook> Hooks { get; } = [];

    public List<ArgumentTransformation> Transformations { get; } = [];

    public List<UndefinedParameterTypeUse> UndefinedParameterTypes { get; } = [];

    public List<BindingError> Errors { get; } = [];

    public List<object> Members { get; } = [];

    public ParameterTypeRegistry ParameterTypes { get; } = new();

    public static BindingDiscovery Find(IEnumerable<Type> types)
    {
        var discovery = new BindingDiscovery();
        foreach (var type in types)
        {
            if (type.IsDefined(typeof(BindingAttribute), inherit: true))
            {
                discovery.AddClass(type);
            }
        }

        discovery.DefineParameterTypes();
        discovery.ParseExpressions();
        return discovery;
    }

    private static T[] AttributesOf<T>(MemberInfo member)
        where T : Attribute => (T[])member.GetCustomAttributes(typeof(T), inherit: true);

    private void AddClass(Type type)
    {
        if (type.IsGenericTypeDefinition)
        {
            Errors.Add(new BindingError(type.Name, default, $"Binding types cannot be generic: {type.FullName}"));
            return;
        }

        if (!TryScopes(type, type.Name, [], out var classScopes))
        {
            return;
        }

        foreach (var method in type.GetMethods(AllMethods))
        {
            if (method.DeclaringType != typeof(object) && method.IsDefined(typeof(Attribute), inherit: true))
            {
                AddMethod(type, method, classScopes);
            }
        }
    }

    private void AddMethod(Type type, MethodInfo method, BindingScope[] classScopes)
    {
        BoundMethod? call = null;
        BindingScope[]? scopes = null;
        foreach (var attribute in AttributesOf<Attribute>(method))
        {
            if (attribute is not (StepDefinitionBaseAttribute or HookAttribute or StepArgumentTransformationAttribute))
            {
                continue;
            }

            call ??= new BoundMethod(method, type);
            if (scopes is null && !TryScopes(method, call.ShortName, classScopes, out scopes))
            {
                return;
            }

            switch (attribute)
            {
                case StepDefinitionBaseAttribute step when IsCallable(call, type, step.FilePath, step.Line):
                    _steps.Add(new PendingStep(step, call, scopes, Members.Count));
                    Members.Add(step);
                    break;
                case HookAttribute hook when IsCallable(call, type, hook.FilePath, hook.Line):
                    AddHook(call, hook, scopes);
                    break;
                case StepArgumentTransformationAttribute transformation when IsCallable(call, type, transformation.FilePath, transformation.Line):
                    AddTransformation(call, transformation);
                    break;
            }
        }
    }

    private bool TryScopes(MemberInfo member, string name, BindingScope[] outer, out BindingScope[] scopes)
    {
        try
        {
            var own = AttributesOf<ScopeAttribute>(member);
            scopes = own.Length == 0 ? outer : [.. outer, .. own.Select(BindingScope.From)];
            return true;
        }
        catch (TagExpressionException error)
        {
            Errors.Add(new BindingError(name, default, error.Message));
            scopes = [];
            return false;
        }
    }

    private bool IsCallable(BoundMethod call, Type type, string file, int line)
    {
        string? problem = null;
        if (call.IsAsyncVoid)
        {
            problem = $"Invalid binding method '{call.Signature}': async void methods are not supported. Please use 'async Task'.";
        }
        else if (type.IsAbstract && !call.Method.IsStatic)
        {
            problem = $"Binding types with instance methods cannot be abstract: {type.FullName}";
        }
        else if (call.Method.ContainsGenericParameters)
        {
            problem = $"Binding methods cannot be generic: {call.Signature}";
        }

        if (problem is not null)
        {
            Errors.Add(new BindingError(call.ShortName, SourcePosition.FromCaller(file, line), problem));
        }

        return problem is null;
    }

    private void AddHook(BoundMethod call, HookAttribute attribute, BindingScope[] scopes)
    {
        var position = SourcePosition.FromCaller(attribute.FilePath, attribute.Line);
        if (attribute.Kind is HookKind.BeforeTestRun or HookKind.AfterTestRun or HookKind.BeforeFeature or HookKind.AfterFeature && !call.Method.IsStatic)
        {
            Errors.Add(new BindingError(
                call.ShortName, position, $"The binding methods for before/after feature and before/after test run events must be static! {call.Signature}"));
            return;
        }

        try
        {
            BindingScope[] all = [.. scopes, .. (attribute.Tags ?? []).Select(tag => new BindingScope(TagCondition.Parse(tag), null, null))];
            var hook = new Hook(call, attribute, all);
            Hooks.Add(hook);
            Members.Add(hook);
        }
        catch (TagExpressionException error)
        {
            Errors.Add(new BindingError(call.ShortName, position, error.Message));
        }
    }

    private void AddTransformation(BoundMethod call, StepArgumentTransformationAttribute attribute)
    {
        var makes = call.Method.ReturnType;
        if (makes.IsGenericType && makes.GetGenericTypeDefinition() is var open && (open == typeof(Task<>) || open == typeof(ValueTask<>)))
        {
            makes = makes.GetGenericArguments()[0];
        }

        var transformation = new ArgumentTransformation(call, attribute, makes);
        Transformations.Add(transformation);
        Members.Add(transformation);
    }

    private void DefineParameterTypes()
    {
        foreach (var same in Transformations.GroupBy(transformation => transformation.Name, StringComparer.Ordinal))
        {
            var first = same.First();
            if (ParameterTypes.Find(same.Key) is not null || first.Call.Parameters is [{ } only] && typeof(Table).IsAssignableFrom(only.ParameterType))
            {
                continue;
            }

            try
            {
                string[] patterns = [.. same.Select(transformation => transformation.Pattern ?? ".*").Distinct(StringComparer.Ordinal)];
                ParameterTypes.Define(new ParameterType(same.Key, patterns, first.Makes, useForSnippets: first.IsNamed));
            }
            catch (CucumberExpressionException error) when (first.IsNamed)
            {
                Errors.Add(new BindingError(first.MethodName, first.Source, error.Message));
            }
            catch (CucumberExpressionException)
            {
                // A type whose name cannot stand in an expression (a generic one) is still converted to, by its C# type.
            }
        }

        foreach (var clr in ClrTypes)
        {
            if (IsNamed(clr.Name) && ParameterTypes.Find(clr.Name) is null)
            {
                ParameterTypes.Define(new ParameterType(clr.Name, ParameterTypes.Find(NameOf(clr))!.Regexps, clr, useForSnippets: false));
            }
        }

        foreach (var step in _steps)
        {
            foreach (var parameter in step.Call.Parameters)
            {
                var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
                if (type.IsEnum && IsNamed(type.Name) && ParameterTypes.Find(type.Name) is null)
                {
                    ParameterTypes.Define(new ParameterType(type.Name, [".*"], type, useForSnippets: false));
                }
            }
        }
    }

    /// <summary>Whether an expression names a type; those that none names need not be defined.</summary>
    private bool IsNamed(string name) =>
        _steps.Exists(step => step.Attribute.Expression?.Contains($"{{{name}}}", StringComparison.Ordinal) == true);

    private static string NameOf(Type clr) => clr == typeof(long) ? "long"
        : clr == typeof(short) ? "short"
        : clr == typeof(byte) ? "byte"
        : clr == typeof(float) ? "float"
        : clr == typeof(double) ? "double"
        : clr == typeof(decimal) ? "decimal"
        : clr == typeof(string) ? "string"
        : "int";

    private void ParseExpressions()
    {
        foreach (var (attribute, call, scopes, member) in _steps)
        {
            var isNamed = attribute.Expression is null;
            var text = attribute.Expression ?? ExpressionKind.FromMethod(call, attribute.Types);
            var type = isNamed ? ExpressionType.RegularExpression
                : attribute.ExpressionType == ExpressionType.Unspecified ? ExpressionKind.Detect(text) : attribute.ExpressionType;
            var definition = new StepDefinition(call, attribute, scopes, text, type);
            try
            {
                definition.Matcher = type == ExpressionType.RegularExpression
                    ? new RegularExpression(text, ParameterTypes)
                    : new CucumberExpression(text, ParameterTypes);
                definition.Index = StepDefinitions.Count;
                StepDefinitions.Add(definition);
                Members[member] = definition;
            }
            catch (UndefinedParameterTypeException error)
            {
                var use = new UndefinedParameterTypeUse(error.ParameterTypeName, error.Expression, call.ShortName, definition.Source);
                UndefinedParameterTypes.Add(use);
                Members[member] = use;
            }
            catch (FormatException error)
            {
                Errors.Add(new BindingError(call.ShortName, definition.Source, error.Message));
            }
        }
    }

    private sealed record PendingStep(StepDefinitionBaseAttribute Attribute, BoundMethod Call, BindingScope[] Scopes, int Member);
}
