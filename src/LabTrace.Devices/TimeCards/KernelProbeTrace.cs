namespace LabTrace.Devices.TimeCards;

/// <summary>A probe at each function's entry and one at its return, in an instance of their own.</summary>
internal sealed class KernelProbeTrace : DriverTrace
{
    private const string Entry = "_in";
    private readonly TraceInstance _instance;
    private readonly CallPairs _pairs;

    private KernelProbeTrace(TraceInstance instance, Dictionary<string, string> functions) => (_instance, _pairs) = (instance, new CallPairs(functions));

    /// <inheritdoc/>
    public override string Means => "kprobe";

    /// <inheritdoc/>
    public override long Lost => _pairs.Unmatched;

    /// <summary>Starts it.</summary>
    /// <exception cref="LabException">The kernel has no kprobe events, or refuses the probes.</exception>
    public static async Task<KernelProbeTrace> StartAsync(TargetChanges changes, IReadOnlyList<string> functions, CancellationToken cancellationToken)
    {
        var tracefs = await Tracefs.OpenAsync(changes, cancellationToken);
        var instance = await tracefs.CreateInstanceAsync("timecard", cancellationToken);
        await instance.SetClockAsync("boot", cancellationToken);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        LabException? last = null;
        foreach (var function in functions)
        {
            // Parts that the compiler made have a dot in their names, which events cannot have.
            var name = function.Replace('.', '_');
            try
            {
                var entered = await instance.AddKernelProbeAsync(new KernelProbe(name + Entry, function), cancellationToken);
                var returned = await instance.AddKernelProbeAsync(new KernelProbe(name + "_out", function) { IsReturn = true }, cancellationToken);
                (names[entered.Name], names[returned.Name]) = (function, function);
            }
            catch (KernelRefusedException e)
            {
                // Some functions cannot be probed, such as those that are in the kernel twice.
                last = e;
            }
        }

        if (names.Count == 0 && last is not null)
        {
            throw last;
        }

        await instance.StartAsync(cancellationToken);
        return new KernelProbeTrace(instance, names);
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<DriverCall>> TakeAsync(CancellationToken cancellationToken) =>
        _pairs.Pair((await _instance.ReadRawAsync(cancellationToken)).ToTrace().Events, e => e.EndsWith(Entry, StringComparison.Ordinal));

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken) => await _instance.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync() => await _instance.StopAsync(CancellationToken.None);
}
