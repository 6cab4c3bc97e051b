using System.Globalization;

namespace LabTrace.Devices.TimeCards;

/// <summary>One call of a function of the driver.</summary>
/// <param name="AtNs">When it returned, nanoseconds of the trace's clock.</param>
/// <param name="Comm">The task's name; a kernel thread's or interrupted task's too.</param>
/// <param name="Pid">The thread.</param>
/// <param name="Cpu">The cpu.</param>
/// <param name="Function">The function.</param>
/// <param name="DurationNs">From its entry to its return.</param>
public sealed record DriverCall(long AtNs, string Comm, int Pid, int Cpu, string Function, long DurationNs)
{
    /// <summary>The process; the thread where no means told it.</summary>
    public int Tgid { get; init; } = Pid;

    /// <summary>A line as <c>[14:32:15.123] chronyd          PID:  1234 TID:  1234 ptp_ocp_gettimex                 duration:    12.45 μs</c>.</summary>
    /// <param name="clockStart">When the trace's clock was at zero; the line has the time of day by that.</param>
    public string ToLine(DateTimeOffset clockStart) => string.Create(
        CultureInfo.InvariantCulture,
        $"[{clockStart.AddTicks(AtNs / 100):HH:mm:ss.fff}] {Comm,-16} PID: {Tgid,5} TID: {Pid,5} {Function,-32} duration: {DurationNs / 1000.0,8:F2} μs");
}
