namespace LabTrace.Devices;

/// <summary>Which clocks can stamp events; each is set in turn.</summary>
internal static class ClockProbes
{
    private static readonly string[] Clocks =
        ["local", "global", "counter", "uptime", "perf", "mono", "mono_raw", "boot", "tai", "x86-tsc"];

    public static IReadOnlyList<CapabilityProbe> All { get; } = Clocks.Select(clock => new CapabilityProbe(
        $"trace-clock:{clock}",
        $"stamp events with the clock {clock}",
        _ => clock == "x86-tsc" ? "use an x86 machine" : "boot Linux 6.1 or newer",
        (bench, cancellationToken) => SetAsync(bench, clock, cancellationToken))).ToArray();

    private static async Task<string> SetAsync(ProbeBench bench, string clock, CancellationToken cancellationToken)
    {
        var instance = await bench.InstanceAsync(cancellationToken);
        if ((await instance.ReadClocksAsync(cancellationToken)).Current == clock)
        {
            return $"trace_clock is {clock} to begin with";
        }

        await instance.SetClockAsync(clock, cancellationToken);
        var current = (await instance.ReadClocksAsync(cancellationToken)).Current;
        return current == clock ? $"trace_clock took {clock}" : throw new ProbeFailedException($"set {clock}, but trace_clock says {current}");
    }
}
