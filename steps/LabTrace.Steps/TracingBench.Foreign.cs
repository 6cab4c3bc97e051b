using LabTrace.Devices;
using LabTrace.Tracing;

namespace LabTrace.Steps;

/// <summary>Traces that other benches recorded, for the same questions.</summary>
public sealed partial class TracingBench
{
    /// <summary>Asks a trace from here on, and keeps its capture.</summary>
    /// <param name="recorded">The trace.</param>
    /// <param name="name">The capture's file name.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="pid">The recorded command's pid, when one was recorded.</param>
    /// <param name="result">How that command ended.</param>
    public async Task UseAsync(Trace recorded, string name, ReadOnlyMemory<byte> content, int pid, CommandResult? result)
    {
        trace = recorded;
        command = result is null ? command : new RanCommand(pid, result);
        await SaveAsync(name, content);
        await DrawAsync(recorded, name[..name.IndexOf('.', StringComparison.Ordinal)], []);
        captures++;
    }
}
