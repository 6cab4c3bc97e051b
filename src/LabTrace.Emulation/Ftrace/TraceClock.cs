namespace LabTrace.Emulation.Ftrace;

/// <summary>The trace clocks of the machine: how each turns virtual time into a time stamp.</summary>
internal static class TraceClock
{
    /// <summary>The names, in the order of <c>trace_clock</c>.</summary>
    public static readonly string[] Names = ["local", "global", "counter", "uptime", "perf", "mono", "mono_raw", "boot", "tai", "x86-tsc"];

    private const double TscPerNs = 2.596;
    private const ulong UserTickNs = 10_000_000;
    private static readonly ulong TaiOffsetNs = (ulong)(VirtualTime.BootTime - DateTimeOffset.UnixEpoch).Ticks * 100 + 37_000_000_000;

    /// <summary>Whether time stamps are nanoseconds; others are printed as whole numbers.</summary>
    public static bool IsNanoseconds(string name) => name is not ("counter" or "uptime" or "x86-tsc");

    /// <summary>The stamp of a moment.</summary>
    /// <param name="name">The clock.</param>
    /// <param name="ns">Nanoseconds since boot.</param>
    /// <param name="counter">The counter clock's last value.</param>
    public static ulong Stamp(string name, long ns, ref ulong counter) => name switch
    {
        "counter" => ++counter,
        "uptime" => (ulong)ns / UserTickNs,
        "x86-tsc" => (ulong)(ns * TscPerNs),
        "tai" => (ulong)ns + TaiOffsetNs,
        _ => (ulong)ns,
    };
}
