using System.Text;

namespace LabTrace.Devices.TimeCards;

/// <summary>The tracer function_graph in an instance of its own.</summary>
internal sealed class FunctionGraphTrace : DriverTrace
{
    private static readonly string[] Options = ["funcgraph-abstime", "funcgraph-proc", "funcgraph-tail", "funcgraph-duration"];
    private readonly TraceInstance _instance;
    private string _rest = "";

    private FunctionGraphTrace(TraceInstance instance) => _instance = instance;

    /// <inheritdoc/>
    public override string Means => "function_graph";

    /// <inheritdoc/>
    public override long Lost => 0;

    /// <summary>Starts it.</summary>
    /// <exception cref="LabException">The kernel has it not, not for instances, or refuses it.</exception>
    public static async Task<FunctionGraphTrace> StartAsync(TargetChanges changes, IReadOnlyList<string> functions, CancellationToken cancellationToken)
    {
        var tracefs = await Tracefs.OpenAsync(changes, cancellationToken);
        var instance = await tracefs.CreateInstanceAsync("timecard", cancellationToken);

        // One name a write: the kernel takes the first word of each and says that it took no more. The list goes with the instance.
        var filter = instance.Path + "/set_ftrace_filter";
        var writes = functions.Select((f, i) => new FileWrite(filter, Encoding.UTF8.GetBytes(f + "\n"), i == 0 ? WriteMode.Truncate : WriteMode.Append)).ToArray();
        if (await changes.Target.WriteManyAsync(writes, cancellationToken) is [.., { Errno: not Errno.None } refused] outcomes)
        {
            throw new TargetIOException(changes.Target.Name, $"write '{functions[outcomes.Count - 1]}' to", filter, refused.Errno);
        }

        await instance.SetTracerAsync("function_graph", cancellationToken);
        foreach (var option in Options)
        {
            await instance.SetOptionAsync(option, isOn: true, cancellationToken);
        }

        await instance.SetClockAsync("boot", cancellationToken);
        await instance.StartAsync(cancellationToken);
        return new FunctionGraphTrace(instance);
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<DriverCall>> TakeAsync(CancellationToken cancellationToken)
    {
        var text = _rest + Encoding.UTF8.GetString(await _instance.Tracefs.Target.ReadAsync(_instance.Path + "/trace_pipe", cancellationToken));
        var end = text.LastIndexOf('\n') + 1;
        _rest = text[end..];
        return [.. text[..end].Split('\n').Select(FunctionGraphLine.TryParse).OfType<DriverCall>()];
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken) => await _instance.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync() => await _instance.StopAsync(CancellationToken.None);
}
