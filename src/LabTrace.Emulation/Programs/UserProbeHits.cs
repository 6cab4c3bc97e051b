using LabTrace.Emulation.Ftrace;
using LabTrace.Emulation.Kernel;

namespace LabTrace.Emulation.Programs;

/// <summary>Tells the tracer when a process passes a place with a probe.</summary>
internal static class UserProbeHits
{
    private static readonly string[] ArgumentRegisters = ["%di", "%si", "%dx", "%cx", "%r8", "%r9"];

    /// <summary>Records every probe at the place; <paramref name="returned"/> is the function's result on its way out.</summary>
    public static void Tell(Machine machine, KernelTask task, string path, long offset, long loadedAt, ProbeValue[] arguments, long? returned)
    {
        if (machine.Bpf.IsActive && offset >= 0)
        {
            machine.Bpf.UserFunction(task, path, offset, arguments.Length > 0 ? arguments[0].Number : 0, returned);
        }

        if (machine.Tracer.Probes.All.Count == 0 || offset < 0 || machine.Tree.Find(path) is not { } file)
        {
            return;
        }

        var cpu = machine.Scheduler.CpuOf(task);
        foreach (var probe in machine.Tracer.Probes.At(file, offset, isReturn: returned is not null).ToArray())
        {
            if (!machine.Tracer.IsHooked(probe.Event))
            {
                continue;
            }

            probe.Hits++;
            var record = machine.Tracer.Start(probe.Event, cpu, TraceContext.Task).Put(loadedAt + offset);
            if (returned is not null)
            {
                _ = record.Put(loadedAt + offset + 0x4321);
            }

            foreach (var argument in probe.Arguments)
            {
                var value = Fetch(argument.Source, task, arguments, returned ?? 0);
                _ = argument.IsText ? record.Put(value.Text ?? "(fault)") : record.Put(value.Number);
            }

            machine.Tracer.Commit(probe.Event, cpu, TraceContext.Task);
            cpu.Clock += machine.Scheduler.About(1_500);
        }
    }

    private static ProbeValue Fetch(string source, KernelTask task, ProbeValue[] arguments, long returned)
    {
        if (source == "$comm")
        {
            return task.Comm;
        }

        if (source is "$retval" or "%ax")
        {
            return returned;
        }

        var open = source.IndexOf('(', StringComparison.Ordinal);
        if (open >= 0)
        {
            return Fetch(source[(open + 1)..^1], task, arguments, returned) is { Text: { } text } ? text : 0;
        }

        var index = Array.IndexOf(ArgumentRegisters, source);
        return index >= 0 && index < arguments.Length ? arguments[index]
            : source.StartsWith('\\') && long.TryParse(source.AsSpan(1), out var number) ? number
            : source.StartsWith("$stack", StringComparison.Ordinal) ? 0x7ffc5a79be00 : 0;
    }
}

/// <summary>An argument as a probe may fetch it: a number, or the address of a text.</summary>
internal readonly record struct ProbeValue(long Number, string? Text)
{
    private const long TextAddress = 0x7ffec1a7e000;

    public static implicit operator ProbeValue(long number) => new(number, null);

    public static implicit operator ProbeValue(int number) => new(number, null);

    public static implicit operator ProbeValue(string text) => new(TextAddress + (text.Length * 16), text);
}
