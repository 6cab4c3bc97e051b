using System.Runtime.CompilerServices;
using System.Text;

namespace LabTrace.Devices.TimeCards;

/// <summary>A running trace of functions of the driver, by function_graph in an instance of its own.</summary>
public sealed class DriverTrace : IAsyncDisposable
{
    private readonly Stream _pipe;

    private DriverTrace(Stream pipe) => _pipe = pipe;

    /// <summary>Starts to trace; undoing the changes ends it and removes the instance.</summary>
    /// <param name="changes">Takes the trace back.</param>
    /// <param name="functions">The functions, as the kernel names them; at least one.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="NotOnTargetException">The kernel has no function_graph tracer.</exception>
    public static async Task<DriverTrace> StartAsync(TargetChanges changes, IReadOnlyList<string> functions, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        ArgumentNullException.ThrowIfNull(functions);
        if (functions.Count == 0)
        {
            throw new NotOnTargetException(
                $"the kernel of '{changes.Target.Name}' shows no function of ptp_ocp that can be traced", "load the driver: modprobe ptp_ocp");
        }

        var tracefs = await Tracefs.OpenAsync(changes, cancellationToken);
        var instance = await tracefs.CreateInstanceAsync("timecard", cancellationToken);
        await changes.Target.WriteTextAsync(instance.Path + "/set_ftrace_filter", string.Join('\n', functions), cancellationToken);
        await instance.SetTracerAsync("function_graph", cancellationToken);
        foreach (var option in (string[])["funcgraph-abstime", "funcgraph-proc", "funcgraph-tail", "funcgraph-duration"])
        {
            await instance.SetOptionAsync(option, isOn: true, cancellationToken);
        }

        return new DriverTrace(await instance.OpenPipeAsync(cancellationToken));
    }

    /// <summary>Calls as they return, until the token is cancelled.</summary>
    public async IAsyncEnumerable<DriverCall> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[65536];
        var text = new StringBuilder();
        while (true)
        {
            int got;
            try
            {
                got = await _pipe.ReadAsync(buffer, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                yield break;
            }

            if (got == 0)
            {
                yield break;
            }

            _ = text.Append(Encoding.UTF8.GetString(buffer, 0, got));
            var whole = text.ToString();
            var end = whole.LastIndexOf('\n') + 1;
            _ = text.Remove(0, end);
            foreach (var line in whole[..end].Split('\n'))
            {
                if (FunctionGraphLine.TryParse(line) is { } call)
                {
                    yield return call;
                }
            }
        }
    }

    /// <summary>Closes the pipe; the instance goes with the changes.</summary>
    public ValueTask DisposeAsync() => _pipe.DisposeAsync();
}
