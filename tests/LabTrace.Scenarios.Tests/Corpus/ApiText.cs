using System.Globalization;
using System.Reflection;

namespace LabTrace.Scenarios.Tests.Corpus;

/// <summary>Writes types and members as a listing of the API does.</summary>
internal static class ApiText
{
    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.FlattenHierarchy;

    /// <summary>The members that source code may name, those of base classes and inherited interfaces included.</summary>
    public static IEnumerable<string> MembersOf(Type type)
    {
        if (type.IsEnum)
        {
            return [string.Join(", ", Enum.GetNames(type))];
        }

        return type.GetInterfaces().Where(_ => type.IsInterface).Append(type)
            .SelectMany(part => part.GetMembers(Declared))
            .SelectMany(Describe);
    }

    public static string NameOf(Type type)
    {
        if (type.IsByRef)
        {
            return NameOf(type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return NameOf(type.GetElementType()!) + "[]";
        }

        if (!type.IsGenericType)
        {
            return type.Name;
        }

        var name = type.Name.Split('`')[0];
        return $"{(type.IsNested ? type.DeclaringType!.Name.Split('`')[0] + "<T>." : string.Empty)}{name}<{string.Join(",", type.GetGenericArguments().Select(NameOf))}>";
    }

    private static IEnumerable<string> Describe(MemberInfo member)
    {
        switch (member)
        {
            case ConstructorInfo constructor when IsVisible(constructor):
                foreach (var call in Calls(constructor))
                {
                    yield return call;
                }

                break;
            case PropertyInfo property:
                foreach (var accessors in Accessors(property))
                {
                    yield return $"{NameOf(property.PropertyType)} {property.Name} {{ {accessors} }}";
                }

                break;
            case EventInfo { AddMethod: { } add } happening when IsVisible(add):
                yield return $"event {NameOf(happening.EventHandlerType!)} {happening.Name}";
                break;
            case FieldInfo { IsLiteral: true, IsPublic: true } constant:
                yield return $"const {NameOf(constant.FieldType)} {constant.Name} = {Convert.ToString(constant.GetRawConstantValue(), CultureInfo.InvariantCulture)}";
                break;
            case MethodInfo { IsSpecialName: false } method when IsVisible(method):
                var generic = method.IsGenericMethodDefinition ? $"<{string.Join(",", method.GetGenericArguments().Select(NameOf))}>" : string.Empty;
                var text = $"{NameOf(method.ReturnType)} {method.Name}{generic}({Parameters(method)})";
                yield return text;
                if (method.IsStatic)
                {
                    yield return "static " + text;
                }

                break;
        }
    }

    // What can be read and written can be read.
    private static IEnumerable<string> Accessors(PropertyInfo property)
    {
        var reads = property.GetMethod is { } get && IsVisible(get);
        var writes = property.SetMethod is { } set && IsVisible(set);
        if (reads)
        {
            yield return "get;";
        }

        if (reads && writes)
        {
            yield return "get; set;";
        }
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Parameters(MethodBase method) => Parameters(method.GetParameters());

    private static string Parameters(IEnumerable<ParameterInfo> parameters) => string.Join(", ", parameters.Select(parameter =>
        (parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : parameter.IsOut ? "out " : string.Empty)
        + $"{NameOf(parameter.ParameterType)} {parameter.Name}"
        + (parameter.IsOptional ? $" = {Convert.ToString(parameter.DefaultValue, CultureInfo.InvariantCulture) switch { null or "" => "null", var value => value }}" : string.Empty)));

    /// <summary>A constructor in every way it can be called: with its optional parameters and without; <c>params</c> takes one array.</summary>
    private static IEnumerable<string> Calls(ConstructorInfo constructor)
    {
        var all = constructor.GetParameters();
        for (var count = all.Length; count >= 0 && all.Skip(count).All(parameter => parameter.IsOptional); count--)
        {
            var text = Parameters(all.Take(count));
            yield return $"ctor({text})";
            yield return $"ctor({text.Replace(" = null", string.Empty)})";
            yield return $"ctor({text.Replace("params ", string.Empty)})";
        }
    }
}
