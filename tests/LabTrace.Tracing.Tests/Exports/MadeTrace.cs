using System.Text;
using LabTrace.Tracing.Tests.Printing;

namespace LabTrace.Tracing.Tests.Exports;

/// <summary>Recordings from a seed: awkward names, wakings and switches, markers, losses, steps back in time, several cpus.</summary>
internal static class MadeTrace
{
    private static readonly string[] Comms = ["sh", "a b-c", "kworker/0:1-ev", "x=\"1\",y", "π"];

    private static readonly EventFormat Waking = Formats.Make(
        "sched", "sched_waking", "char comm[16];8;16;0", "pid_t pid;24;4;1", "int prio;28;4;1", "int target_cpu;32;4;1",
        "\"comm=%s pid=%d prio=%d target_cpu=%03d\", REC->comm, REC->pid, REC->prio, REC->target_cpu");

    /// <summary>The pages of a recording.</summary>
    public static RawRecording Recording(int seed, int events = 300)
    {
        var random = new Random(seed);
        var comms = new CommTable();
        for (var i = 0; i < Comms.Length; i++)
        {
            comms.Set(100 + i, Comms[i]);
        }

        return new RawRecording
        {
            Layout = SubBufferLayout.Linux64,
            Formats = new EventFormats([Formats.SchedSwitch, Waking, Formats.Print, Formats.RawData]),
            Cpus = [.. new[] { 0, 1, 3 }.Select(cpu => new RawCpu(cpu, Pages(random, events / 3)))],
            ClockName = "mono",
            Comms = comms,
        };
    }

    /// <summary>The same recording as the kernel's text, microseconds and all.</summary>
    public static byte[] Text(int seed, int events = 300)
    {
        var output = new StringWriter { NewLine = "\n" };
        FtraceTextWriter.Write(output, Recording(seed, events).ToTrace());
        return Encoding.UTF8.GetBytes(output.ToString());
    }

    /// <summary>A capture of the recording.</summary>
    public static byte[] Dat(int seed, int events = 300)
    {
        var output = new MemoryStream();
        TraceDatWriter.Write(output, Recording(seed, events));
        return output.ToArray();
    }

    /// <summary>Writes a capture as another kind of file.</summary>
    public static byte[] Convert(byte[] capture, string kind, ExportOptions? options = null, LabTrace.Tracing.Queries.EventFilter? filter = null)
    {
        using var reader = TraceReader.Open(Capture.Of(capture));
        return Convert(reader, kind, options, filter);
    }

    /// <summary>Writes what a reader gives as another kind of file.</summary>
    public static byte[] Convert(TraceReader reader, string kind, ExportOptions? options = null, LabTrace.Tracing.Queries.EventFilter? filter = null)
    {
        using var output = new MemoryStream();
        using var export = TraceConversion.Open(TraceExports.Find(kind)!, output, reader.Info, options);
        _ = TraceConversion.Write(new LabTrace.Tracing.Queries.FilteredReader(reader, filter ?? LabTrace.Tracing.Queries.EventFilter.None), export, null, CancellationToken.None);
        return output.ToArray();
    }

    private static byte[] Pages(Random random, int events)
    {
        var pages = new List<byte>();
        var writer = new SubBufferWriter(SubBufferLayout.Linux64);
        var time = 1_000_000_000_000UL + (ulong)random.Next(1000);
        for (var i = 0; i < events; i++)
        {
            // Now and then the clock steps back, or far ahead.
            time = random.Next(60) == 0 ? time - 700 : time + (ulong)random.Next(1, random.Next(40) == 0 ? 400_000_000 : 20_000);
            var payload = Payload(random);
            if (random.Next(80) == 0 || !writer.TryAppend(time, payload))
            {
                pages.AddRange(writer.ToPage());
                writer.Reset();
                if (random.Next(3) == 0)
                {
                    writer.SetMissed(random.Next(5) - 1 is var missed && missed == 0 ? 1 : missed);
                }

                _ = writer.TryAppend(time, payload);
            }
        }

        pages.AddRange(writer.ToPage());
        return [.. pages];
    }

    private static byte[] Payload(Random random)
    {
        var (from, to) = (random.Next(Comms.Length), random.Next(Comms.Length));
        var (irq, preempt) = ((byte)random.Next(32), (byte)random.Next(8));
        return random.Next(4) switch
        {
            0 => new PayloadBuilder(Formats.SchedSwitch).Common(100 + from, irq, preempt).Set("prev_comm", Comms[from]).Set("prev_pid", 100 + from)
                .Set("prev_prio", random.Next(140)).Set("prev_state", random.Next(3)).Set("next_comm", Comms[to]).Set("next_pid", random.Next(4) == 0 ? 0 : 100 + to)
                .Set("next_prio", 120).ToPayload(),
            1 => new PayloadBuilder(Waking).Common(100 + from, irq, preempt).Set("comm", Comms[to]).Set("pid", 100 + to).Set("prio", 120).Set("target_cpu", 1).ToPayload(),
            2 => new PayloadBuilder(Formats.Print).Common(random.Next(3) == 0 ? 0 : 100 + from).Set("buf", Encoding.UTF8.GetBytes($"step {random.Next(9)}, \"quoted\"\n\0")).ToPayload(),
            _ => new PayloadBuilder(Formats.RawData).Common(100 + from).Set("id", random.Next(1000)).Set("buf", [1, 2, 3, 4]).ToPayload(),
        };
    }
}
