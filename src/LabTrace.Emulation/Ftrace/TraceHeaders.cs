using System.Globalization;
using System.Text;
using LabTrace.Emulation.Kernel;

namespace LabTrace.Emulation.Ftrace;

/// <summary>The comment lines above a trace's text.</summary>
internal static class TraceHeaders
{
    /// <summary>The columns of the usual format.</summary>
    public static void AppendColumns(StringBuilder text, bool hasFlags, bool hasTgid)
    {
        var tgid = hasTgid ? "          " : "";
        if (!hasFlags)
        {
            _ = text
                .Append(CultureInfo.InvariantCulture, $"#           TASK-PID  {(hasTgid ? "     TGID " : "")}   CPU#     TIMESTAMP  FUNCTION\n")
                .Append(CultureInfo.InvariantCulture, $"#              | |    {(hasTgid ? "       |  " : "")}     |         |         |\n");
            return;
        }

        _ = text
            .Append(CultureInfo.InvariantCulture, $"#                            {tgid}    _-----=> irqs-off/BH-disabled\n")
            .Append(CultureInfo.InvariantCulture, $"#                            {tgid}   / _----=> need-resched\n")
            .Append(CultureInfo.InvariantCulture, $"#                            {tgid}  | / _---=> hardirq/softirq\n")
            .Append(CultureInfo.InvariantCulture, $"#                            {tgid}  || / _--=> preempt-depth\n")
            .Append(CultureInfo.InvariantCulture, $"#                            {tgid}  ||| / _-=> migrate-disable\n")
            .Append(CultureInfo.InvariantCulture, $"#                            {tgid}  |||| /     delay\n")
            .Append(CultureInfo.InvariantCulture, $"#           TASK-PID  {(hasTgid ? "     TGID " : "")}   CPU#  |||||  TIMESTAMP  FUNCTION\n")
            .Append(CultureInfo.InvariantCulture, $"#              | |    {(hasTgid ? "       |  " : "")}     |   |||||     |         |\n");
    }

    /// <summary>The block of the latency format.</summary>
    public static void AppendLatency(StringBuilder text, TraceInstance instance, int entries, long written, int cpu)
    {
        _ = text
            .Append(CultureInfo.InvariantCulture, $"# {instance.CurrentTracer} latency trace v1.1.5 on {KernelIdentityTexts.Release}\n")
            .Append("# --------------------------------------------------------------------\n")
            .Append(CultureInfo.InvariantCulture, $"# latency: 0 us, #{entries}/{written}, CPU#{cpu} | (M:PREEMPT(none) VP:0, KP:0, SP:0 HP:0 #P:{instance.Tracer.Cpus})\n")
            .Append("#    -----------------\n")
            .Append("#    | task: -0 (uid:0 nice:0 policy:0 rt_prio:0)\n")
            .Append("#    -----------------\n")
            .Append("#\n");
        if (!instance.Options["verbose"])
        {
            _ = text
                .Append("#                    _------=> CPU#            \n")
                .Append("#                   / _-----=> irqs-off/BH-disabled\n")
                .Append("#                  | / _----=> need-resched    \n")
                .Append("#                  || / _---=> hardirq/softirq \n")
                .Append("#                  ||| / _--=> preempt-depth   \n")
                .Append("#                  |||| / _-=> migrate-disable \n")
                .Append("#                  ||||| /     delay           \n")
                .Append("#  cmd     pid     |||||| time  |   caller     \n")
                .Append("#     \\   /        ||||||  \\    |    /       \n");
        }
    }
}
