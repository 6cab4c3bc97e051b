using System.Reflection;
using System.Runtime.CompilerServices;

namespace LabTrace.Scenarios.Bindings;

/// <summary>A method of step code, called by plain reflection while cold and through an invoker when hot.</summary>
internal sealed class BoundMethod
{
    private const int WarmCalls = 3;
    private readonly ReturnKind _returns;
    private MethodInvoker? _invoker;
    private int _calls;

    public BoundMethod(MethodInfo method, Type declaringBinding)
    {
        Method = method;
        TargetType = method.IsStatic ? null : declaringBinding;
        BindingType = declaringBinding;
        Parameters = method.GetParameters();
        _returns = KindOf(method.ReturnType);
    }

    private enum ReturnKind
    {
        Value,
        Task,
        ValueTask,
        GenericValueTask,
    }

    public MethodInfo Method { get; }

    /// <summary>The class whose object it is called on, or null for a static method.</summary>
    public Type? TargetType { get; }

    public Type BindingType { get; }

    public ParameterInfo[] Parameters { get; }

    /// <summary><c>Class.Method</c>.</summary>
    public string ShortName => $"{BindingType.Name}.{Method.Name}";

    /// <summary><c>Class.Method(Int32, String)</c>, as Reqnroll's messages name methods.</summary>
    public string Signature => $"{ShortName}({string.Join(", ", Parameters.Select(parameter => parameter.ParameterType.Name))})";

    public bool IsAsyncVoid => Method.ReturnType == typeof(void) && Method.IsDefined(typeof(AsyncStateMachineAttribute), inherit: false);

    /// <summary>Calls the method; the task has ended already when the method is synchronous.</summary>
    public Task Call(object? target, object?[] arguments) => AsTask(CallRaw(target, arguments));

    /// <summary>Calls the method and waits for what it makes.</summary>
    public async ValueTask<object?> CallForResultAsync(object? target, object?[] arguments)
    {
        var returned = CallRaw(target, arguments);
        if (_returns == ReturnKind.Value)
        {
            return returned;
        }

        var task = AsTask(returned);
        await task;
        return task.GetType().GetProperty(nameof(Task<>.Result))?.GetValue(task);
    }

    private static ReturnKind KindOf(Type type)
    {
        if (typeof(Task).IsAssignableFrom(type))
        {
            return ReturnKind.Task;
        }

        if (type == typeof(ValueTask))
        {
            return ReturnKind.ValueTask;
        }

        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>) ? ReturnKind.GenericValueTask : ReturnKind.Value;
    }

    private object? CallRaw(object? target, object?[] arguments)
    {
        if (_invoker is { } invoker)
        {
            return invoker.Invoke(target, arguments.AsSpan());
        }

        if (++_calls > WarmCalls)
        {
            _invoker = MethodInvoker.Create(Method);
        }

        return Method.Invoke(target, BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null);
    }

    private Task AsTask(object? returned) => returned is null ? Task.CompletedTask : _returns switch
    {
        ReturnKind.Task => (Task)returned,
        ReturnKind.ValueTask => ((ValueTask)returned).AsTask(),
        ReturnKind.GenericValueTask => (Task)returned.GetType().GetMethod(nameof(ValueTask<>.AsTask))!.Invoke(returned, null)!,
        _ => Task.CompletedTask,
    };
}
