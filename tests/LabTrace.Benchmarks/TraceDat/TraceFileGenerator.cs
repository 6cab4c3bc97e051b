using System.Buffers.Binary;
using System.Text;
using LabTrace.Tracing;

namespace LabTrace.Benchmarks.TraceDat;

/// <summary>Makes the same large recording from the same seed: system calls and scheduling of a few tasks on two cpus, 48 bytes an event.</summary>
internal static class TraceFileGenerator
{
    /// <summary>Events of the published figures: 527 MB.</summary>
    public const int UsualEvents = 11_050_000;

    private const int Cpus = 2;

    private const string Common =
        "format:\n\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n" +
        "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n" +
        "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n" +
        "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n";

    private const string Switch =
        "\tfield:char prev_comm[16];\toffset:8;\tsize:16;\tsigned:0;\n\tfield:pid_t prev_pid;\toffset:24;\tsize:4;\tsigned:1;\n" +
        "\tfield:int prev_prio;\toffset:28;\tsize:4;\tsigned:1;\n\tfield:long prev_state;\toffset:32;\tsize:8;\tsigned:1;\n" +
        "\tfield:char next_comm[16];\toffset:40;\tsize:16;\tsigned:0;\n\tfield:pid_t next_pid;\toffset:56;\tsize:4;\tsigned:1;\n" +
        "\tfield:int next_prio;\toffset:60;\tsize:4;\tsigned:1;\n\n" +
        "print fmt: \"prev_comm=%s prev_pid=%d prev_prio=%d prev_state=%s ==> next_comm=%s next_pid=%d next_prio=%d\", REC->prev_comm, REC->prev_pid, " +
        "REC->prev_prio, REC->prev_state ? __print_flags(REC->prev_state, \"|\", { 1, \"S\" }, { 2, \"D\" }) : \"R\", REC->next_comm, REC->next_pid, REC->next_prio\n";

    private const string Waking =
        "\tfield:char comm[16];\toffset:8;\tsize:16;\tsigned:0;\n\tfield:pid_t pid;\toffset:24;\tsize:4;\tsigned:1;\n" +
        "\tfield:int prio;\toffset:28;\tsize:4;\tsigned:1;\n\tfield:int target_cpu;\toffset:32;\tsize:4;\tsigned:1;\n\n" +
        "print fmt: \"comm=%s pid=%d prio=%d target_cpu=%03d\", REC->comm, REC->pid, REC->prio, REC->target_cpu\n";

    private const string Enter =
        "\tfield:long id;\toffset:8;\tsize:8;\tsigned:1;\n\tfield:unsigned long args[6];\toffset:16;\tsize:48;\tsigned:0;\n\n" +
        "print fmt: \"NR %ld (%lx, %lx, %lx, %lx, %lx, %lx)\", REC->id, REC->args[0], REC->args[1], REC->args[2], REC->args[3], REC->args[4], REC->args[5]\n";

    private const string Exit =
        "\tfield:long id;\toffset:8;\tsize:8;\tsigned:1;\n\tfield:long ret;\toffset:16;\tsize:8;\tsigned:1;\n\n" +
        "print fmt: \"NR %ld = %ld\", REC->id, REC->ret\n";

    private static readonly string[] Comms = ["bash", "kworker/u4:2-ev", ".NET TP Worker", "memfd:sealed-91", "qemu-system-x86", "rcu_preempt"];

    /// <summary>A recording in memory.</summary>
    /// <param name="events">How many events in all.</param>
    /// <param name="seed">What it is made of.</param>
    public static RawRecording Make(int events, int seed = 1)
    {
        EventFormat[] formats =
        [
            EventFormat.Parse("sched", Encoding.ASCII.GetBytes("name: sched_switch\nID: 318\n" + Common + Switch)),
            EventFormat.Parse("sched", Encoding.ASCII.GetBytes("name: sched_waking\nID: 321\n" + Common + Waking)),
            EventFormat.Parse("raw_syscalls", Encoding.ASCII.GetBytes("name: sys_enter\nID: 348\n" + Common + Enter)),
            EventFormat.Parse("raw_syscalls", Encoding.ASCII.GetBytes("name: sys_exit\nID: 347\n" + Common + Exit)),
        ];
        var comms = new CommTable();
        for (var i = 0; i < Comms.Length; i++)
        {
            comms.Set(PidOf(i), Comms[i]);
        }

        return new RawRecording
        {
            Layout = SubBufferLayout.Linux64,
            Formats = new EventFormats(formats),
            Cpus = [.. Enumerable.Range(0, Cpus).Select(cpu => new RawCpu(cpu, Pages(new Random(seed + cpu), cpu, events / Cpus, formats)))],
            Comms = comms,
            ClockName = "mono",
        };
    }

    /// <summary>Writes one as trace.dat of version 7.</summary>
    public static void WriteFile(string path, int events, string compression)
    {
        using var file = File.Create(path);
        using var reader = PageTraceReader.Of(Make(events));
        using var export = TraceConversion.Open(TraceExports.Find("dat")!, file, reader.Info, new ExportOptions { Compression = compression });
        while (reader.Read(out var item))
        {
            export.Write(item);
        }

        _ = export.Complete(reader.Tally);
    }

    private static int PidOf(int task) => 1000 + (task * 731);

    private static ReadOnlyMemory<byte> Pages(Random random, int cpu, int events, EventFormat[] formats)
    {
        var templates = Comms.Select((_, task) => Templates(task, formats)).ToArray();
        var output = new MemoryStream(events * 49);
        var writer = new SubBufferWriter(SubBufferLayout.Linux64);
        var time = 2_822_408_285_000UL + (ulong)cpu;
        var task = 0;
        for (var i = 0; i < events; i++)
        {
            // Mostly system calls of one task, now and then a wake-up and a switch to another.
            time += (ulong)random.Next(150, 2_500) + (random.Next(5000) == 0 ? 300_000_000UL : 0);
            var kind = (i % 16) switch { 14 => 1, 15 => 0, var other => other % 2 == 0 ? 2 : 3 };
            var next = kind < 2 ? random.Next(Comms.Length) : task;
            var payload = templates[task][kind];
            Patch(payload, kind, random, next);
            if (!writer.TryAppend(time, payload))
            {
                output.Write(writer.ToPage());
                writer.Reset();
                _ = writer.TryAppend(time, payload);
            }

            task = kind == 0 ? next : task;
        }

        output.Write(writer.ToPage());
        return output.GetBuffer().AsMemory(0, (int)output.Length);
    }

    private static byte[][] Templates(int task, EventFormat[] formats)
    {
        var pid = PidOf(task);
        return
        [
            new PayloadBuilder(formats[0]).Common(pid, 1, 2).Set("prev_comm", Comms[task]).Set("prev_pid", pid).Set("prev_prio", 120).Set("next_prio", 120).ToPayload(),
            new PayloadBuilder(formats[1]).Common(pid, 1, 1).Set("prio", 120).ToPayload(),
            new PayloadBuilder(formats[2]).Common(pid).ToPayload(),
            new PayloadBuilder(formats[3]).Common(pid).ToPayload(),
        ];
    }

    private static void Patch(byte[] payload, int kind, Random random, int next)
    {
        switch (kind)
        {
            case 0:
                BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(32), random.Next(3));
                Name(payload.AsSpan(40, 16), next);
                BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(56), PidOf(next));
                break;
            case 1:
                Name(payload.AsSpan(8, 16), next);
                BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(24), PidOf(next));
                BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(32), random.Next(Cpus));
                break;
            case 2:
                BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(8), random.Next(330));
                BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(16), random.Next(200));
                BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(24), 0x7fff_0000_0000 + (random.Next(1 << 20) << 4));
                BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(32), random.Next(4096));
                break;
            default:
                BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(8), random.Next(330));
                BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(16), random.Next(-11, 4096));
                break;
        }
    }

    private static void Name(Span<byte> field, int task)
    {
        field.Clear();
        _ = Encoding.ASCII.GetBytes(Comms[task], field);
    }
}
