using LabTrace.Devices;
using LabTrace.Emulation.Kernel;

namespace LabTrace.Emulation;

/// <summary>The emulated kernel's log from outside, as over a serial console: looking at it takes no virtual time.</summary>
internal sealed class EmulatedKernelLogSource(Machine machine) : IKernelLogSource
{
    private ulong _at;

    public ValueTask<KernelLogBatch> ReadAsync(CancellationToken cancellationToken)
    {
        lock (machine.Gate)
        {
            var overwritten = machine.Log.First > _at ? (long)(machine.Log.First - _at) : 0;
            _at = Math.Max(_at, machine.Log.First);
            List<KernelLogRecord> records = [];
            for (; machine.Log.Find(_at) is { } record; _at++)
            {
                records.Add(record);
            }

            return ValueTask.FromResult(new KernelLogBatch(records, overwritten));
        }
    }

    public ValueTask<ulong> ReadTaintAsync(CancellationToken cancellationToken)
    {
        lock (machine.Gate)
        {
            return ValueTask.FromResult(machine.Log.Taint);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
