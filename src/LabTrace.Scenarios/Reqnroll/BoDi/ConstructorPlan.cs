using System.Collections.Concurrent;
using System.Reflection;

namespace Reqnroll.BoDi;

/// <summary>How a type is made: the constructor with most parameters, found once a type.</summary>
internal sealed class ConstructorPlan
{
    private const int WarmCalls = 2;
    private static readonly ConcurrentDictionary<Type, ConstructorPlan> Plans = new();

    private readonly ConstructorInfo _constructor;
    private ConstructorInvoker? _invoker;
    private int _calls;

    private ConstructorPlan(ConstructorInfo constructor)
    {
        _constructor = constructor;
        Parameters = [.. constructor.GetParameters().Select(parameter => parameter.ParameterType)];
    }

    public Type[] Parameters { get; }

    public static ConstructorPlan For(Type type) => Plans.GetOrAdd(type, Find);

    /// <summary>Makes the object; the first calls go by plain reflection, which needs no code to be generated.</summary>
    public object Create(object?[] arguments)
    {
        if (_invoker is { } invoker)
        {
            return invoker.Invoke(arguments.AsSpan());
        }

        if (++_calls > WarmCalls)
        {
            _invoker = ConstructorInvoker.Create(_constructor);
        }

        return _constructor.Invoke(BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null);
    }

    private static ConstructorPlan Find(Type type)
    {
        var constructors = type.GetConstructors(BindingFlags.Instance | BindingFlags.Public);
        if (constructors.Length == 0)
        {
            throw new ObjectContainerException($"Class must have a public constructor! {type.FullName}", null);
        }

        ConstructorInfo? longest = null;
        var most = -1;
        foreach (var constructor in constructors)
        {
            var count = constructor.GetParameters().Length;
            longest = count == most ? null : count > most ? constructor : longest;
            most = Math.Max(most, count);
        }

        return longest is not null
            ? new ConstructorPlan(longest)
            : throw new ObjectContainerException($"Multiple public constructors with same maximum parameter count are not supported! {type.FullName}", null);
    }
}
