using LabTrace.Scenarios.Bindings;
using Reqnroll.BoDi;

namespace LabTrace.Scenarios.Running;

/// <summary>Calls step code so that what it puts into async locals flows from one call to the next.</summary>
internal sealed class UserCode
{
    private static readonly ContextCallback Callback = static state => ((Flow)state!).Run();
    private Flow _flow = new(ExecutionContext.Capture()!);

    /// <summary>A hook's arguments.</summary>
    public static object?[] Resolve(BoundMethod call, IObjectContainer container)
    {
        var parameters = call.Parameters;
        if (parameters.Length == 0)
        {
            return [];
        }

        var arguments = new object?[parameters.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = container.Resolve(parameters[i].ParameterType);
        }

        return arguments;
    }

    /// <summary>Calls a method of the container's object.</summary>
    public Task Call(BoundMethod call, IObjectContainer container, object?[] arguments)
    {
        var flow = _flow;
        flow.Method = call;
        flow.Container = container;
        flow.Arguments = arguments;
        ExecutionContext.Run(flow.Context, Callback, flow);
        return flow.Returned;
    }

    /// <summary>Runs something of the engine's own in the flow.</summary>
    public Task RunAsync(Func<Task> action)
    {
        var flow = _flow;
        flow.Action = action;
        try
        {
            ExecutionContext.Run(flow.Context, Callback, flow);
        }
        finally
        {
            flow.Action = null;
        }

        return flow.Returned;
    }

    /// <summary>Runs something of the engine's own in the flow.</summary>
    public void Run(Action action) => _ = RunAsync(() =>
    {
        action();
        return Task.CompletedTask;
    });

    /// <summary>A call was left behind: what it still changes in the flow is not seen by later calls.</summary>
    public void Abandon() => _flow = new Flow(_flow.Context);

    private sealed class Flow(ExecutionContext context)
    {
        public ExecutionContext Context { get; private set; } = context;

        public BoundMethod? Method { get; set; }

        public IObjectContainer? Container { get; set; }

        public object?[] Arguments { get; set; } = [];

        public Func<Task>? Action { get; set; }

        public Task Returned { get; private set; } = Task.CompletedTask;

        public void Run()
        {
            Returned = Task.CompletedTask;
            try
            {
                if (Action is { } action)
                {
                    Returned = action();
                    return;
                }

                var method = Method!;
                Returned = method.Call(method.TargetType is { } type ? Container!.Resolve(type) : null, Arguments);
            }
            finally
            {
                Context = ExecutionContext.Capture() ?? Context;
            }
        }
    }
}
