using System.Globalization;
using System.Runtime.CompilerServices;

namespace LabTrace.Devices.TimeCards;

/// <summary>A running trace of functions of the driver, by the best means the target really has.</summary>
/// <remarks>
/// What a kernel lists is not what it allows: each means is tried. function_graph and kprobes record in a trace instance of their own; BPF is the program
/// function_latency.
/// </remarks>
public abstract class DriverTrace : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>The means in the order in which they are tried.</summary>
    public static IReadOnlyList<string> AllMeans { get; } = ["function_graph", "kprobe", "bpf"];

    /// <summary>By what calls are seen: one of <see cref="AllMeans"/>.</summary>
    public abstract string Means { get; }

    /// <summary>When the trace's clock was at zero, about: what <see cref="DriverCall.AtNs"/> counts from.</summary>
    public DateTimeOffset ClockStart { get; private set; }

    /// <summary>What was tried before and refused, with the reasons.</summary>
    public IReadOnlyList<string> Refused { get; private set; } = [];

    /// <summary>Calls that were lost, or whose beginning or end was not seen.</summary>
    public abstract long Lost { get; }

    /// <summary>Starts to trace; undoing the changes ends it too, and leaves nothing.</summary>
    /// <param name="changes">Takes the trace back.</param>
    /// <param name="functions">The functions, as the kernel names them; at least one.</param>
    /// <param name="means">The only means to try; null for the best.</param>
    /// <param name="least">The shortest call that is wanted; BPF leaves out the others where they happen, otherwise the reader does.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="NotOnTargetException">No means works; the message has the reason of each.</exception>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public static async Task<DriverTrace> StartAsync(
        TargetChanges changes, IReadOnlyList<string> functions, string? means, TimeSpan least, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        ArgumentNullException.ThrowIfNull(functions);
        if (functions.Count == 0)
        {
            throw new NotOnTargetException(
                $"the kernel of '{changes.Target.Name}' shows no function of ptp_ocp that can be traced", "load the driver: modprobe ptp_ocp");
        }

        var refused = new List<string>();
        foreach (var each in means is null ? AllMeans : [means])
        {
            try
            {
                DriverTrace trace = each switch
                {
                    "function_graph" => await FunctionGraphTrace.StartAsync(changes, functions, cancellationToken),
                    "kprobe" => await KernelProbeTrace.StartAsync(changes, functions, cancellationToken),
                    "bpf" => await BpfCallTrace.StartAsync(changes, functions, least, cancellationToken),
                    _ => throw new ArgumentException($"'{each}' is none of {string.Join(", ", AllMeans)}", nameof(means)),
                };
                (trace.Refused, trace.ClockStart) = (refused, await ReadBootTimeAsync(changes.Target, cancellationToken));
                return trace;
            }
            catch (LabException e) when (e is not TargetUnreachableException)
            {
                refused.Add($"{each}: {e.Message.Split('\n')[0]}");
            }
        }

        throw new NotOnTargetException(
            $"the kernel of '{changes.Target.Name}' lets nobody see calls of the driver:\n    {string.Join("\n    ", refused)}",
            "as root, boot a kernel that is not locked down, with CONFIG_FUNCTION_GRAPH_TRACER=y, CONFIG_KPROBE_EVENTS=y or CONFIG_BPF_SYSCALL=y");
    }

    /// <summary>Takes what has returned since it was asked last, in order of time as far as it is known.</summary>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    public abstract Task<IReadOnlyList<DriverCall>> TakeAsync(CancellationToken cancellationToken);

    /// <summary>Records no more; what was recorded can still be taken.</summary>
    public abstract Task StopAsync(CancellationToken cancellationToken);

    /// <summary>Calls as they return, until the token is cancelled.</summary>
    /// <param name="time">The target's clock.</param>
    /// <param name="cancellationToken">Ends it, without an error.</param>
    public async IAsyncEnumerable<DriverCall> ReadAsync(TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            // Not given up half-way: what was taken out of a buffer is nowhere else.
            foreach (var call in await TakeAsync(CancellationToken.None))
            {
                yield return call;
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    // /proc/uptime counts hundredths of a second.
    private static async Task<DateTimeOffset> ReadBootTimeAsync(ITarget target, CancellationToken cancellationToken)
    {
        var uptime = (await target.ReadTextAsync("/proc/uptime", cancellationToken)).Split(' ')[0];
        return double.TryParse(uptime, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds < TimeSpan.MaxValue.TotalSeconds / 2
            ? target.Time.GetUtcNow() - TimeSpan.FromSeconds(seconds)
            : DateTimeOffset.UnixEpoch;
    }
}
