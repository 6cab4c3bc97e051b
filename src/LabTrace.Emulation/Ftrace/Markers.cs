using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Ftrace;

/// <summary>Writes into <c>trace_marker</c> and <c>trace_marker_raw</c>.</summary>
internal static class Markers
{
    private const int MaxText = 4096 - 64;
    private const int MaxRaw = 3072;

    /// <summary>Records a text, with a newline at its end.</summary>
    public static int Write(TraceInstance instance, byte[] bytes)
    {
        Check(instance);
        var print = KernelEventCatalog.Of("ftrace", "print");
        var content = bytes.AsSpan(0, Math.Min(bytes.Length, MaxText));
        byte[] text = content.Length > 0 && content[^1] == '\n' ? [.. content, 0] : [.. content, (byte)'\n', 0];
        var cpu = instance.Tracer.Writer;
        cpu.Clock += 900;
        var record = new RecordWriter().Start(print, cpu.Current.Pid, TraceContext.Marker).Put(KernelSymbols.AddressOf("tracing_mark_write")).PutRest(text);
        foreach (var to in instance.Tracer.AllInstances.Where(i => i != instance && instance.IsTop && i.Options["copy_trace_marker"]))
        {
            _ = to.Write(cpu.Number, cpu.Clock, record.Record);
        }

        if (!instance.Write(cpu.Number, cpu.Clock, record.Record))
        {
            Refusal.Throw(Errno.EBADF);
        }

        return bytes.Length;
    }

    /// <summary>Records an id of four bytes and the bytes behind it.</summary>
    public static int WriteRaw(TraceInstance instance, byte[] bytes)
    {
        Check(instance);
        if (bytes.Length is < sizeof(int) or > MaxRaw)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        var cpu = instance.Tracer.Writer;
        cpu.Clock += 900;
        var record = new RecordWriter().Start(KernelEventCatalog.Of("ftrace", "raw_data"), cpu.Current.Pid, TraceContext.Marker)
            .Put(BitConverter.ToInt32(bytes, 0)).PutRest(bytes.AsSpan(sizeof(int)));
        if (!instance.Write(cpu.Number, cpu.Clock, record.Record))
        {
            Refusal.Throw(Errno.EBADF);
        }

        return bytes.Length;
    }

    private static void Check(TraceInstance instance)
    {
        if (!instance.IsTracingOn)
        {
            Refusal.Throw(Errno.EBADF);
        }

        if (!instance.Options["markers"])
        {
            Refusal.Throw(Errno.EINVAL);
        }
    }
}
