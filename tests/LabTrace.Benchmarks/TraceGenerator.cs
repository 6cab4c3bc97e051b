using System.Globalization;
using System.Text;
using LabTrace.Tracing;

namespace LabTrace.Benchmarks;

/// <summary>Makes the same recording from the same seed: scheduler and system-call events of a few tasks on four cpus, as pages and as text.</summary>
internal static class TraceGenerator
{
    private const string Common =
        "format:\n\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n" +
        "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n" +
        "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n" +
        "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n";

    private const string SwitchFields =
        "\tfield:char prev_comm[16];\toffset:8;\tsize:16;\tsigned:0;\n\tfield:pid_t prev_pid;\toffset:24;\tsize:4;\tsigned:1;\n" +
        "\tfield:int prev_prio;\toffset:28;\tsize:4;\tsigned:1;\n\tfield:long prev_state;\toffset:32;\tsize:8;\tsigned:1;\n" +
        "\tfield:char next_comm[16];\toffset:40;\tsize:16;\tsigned:0;\n\tfield:pid_t next_pid;\toffset:56;\tsize:4;\tsigned:1;\n" +
        "\tfield:int next_prio;\toffset:60;\tsize:4;\tsigned:1;\n\n" +
        "print fmt: \"prev_comm=%s prev_pid=%d prev_prio=%d prev_state=%s ==> next_comm=%s next_pid=%d next_prio=%d\", REC->prev_comm, REC->prev_pid, " +
        "REC->prev_prio, REC->prev_state ? __print_flags(REC->prev_state, \"|\", { 1, \"S\" }, { 2, \"D\" }) : \"R\", REC->next_comm, REC->next_pid, REC->next_prio\n";

    private const string SyscallFields =
        "\tfield:long id;\toffset:8;\tsize:8;\tsigned:1;\n\tfield:unsigned long args[6];\toffset:16;\tsize:48;\tsigned:0;\n\n" +
        "print fmt: \"NR %ld (%lx, %lx, %lx, %lx, %lx, %lx)\", REC->id, REC->args[0], REC->args[1], REC->args[2], REC->args[3], REC->args[4], REC->args[5]\n";

    private static readonly string[] Comms = ["<idle>", "bash", "kworker/u4:2-ev", ".NET TP Worker", "memfd:sealed-91", "qemu-system-x86"];

    public static RawRecording Recording(int seed, int events)
    {
        var random = new Random(seed);
        var switched = EventFormat.Parse("sched", Encoding.ASCII.GetBytes("name: sched_switch\nID: 372\n" + Common + SwitchFields));
        var entered = EventFormat.Parse("raw_syscalls", Encoding.ASCII.GetBytes("name: sys_enter\nID: 443\n" + Common + SyscallFields));
        var comms = new CommTable();
        for (var i = 0; i < Comms.Length; i++)
        {
            comms.Set(i * 1000, Comms[i]);
        }

        return new RawRecording
        {
            Layout = SubBufferLayout.Linux64,
            Formats = new EventFormats([switched, entered]),
            Cpus = [.. Enumerable.Range(0, 4).Select(cpu => new RawCpu(cpu, Pages(random, cpu, events / 4, switched, entered)))],
            Comms = comms,
        };
    }

    public static byte[] Text(int seed, int events)
    {
        var output = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        FtraceTextWriter.Write(output, Recording(seed, events).ToTrace());
        return Encoding.UTF8.GetBytes(output.ToString());
    }

    private static byte[] Pages(Random random, int cpu, int events, EventFormat switched, EventFormat entered)
    {
        var pages = new List<byte>();
        var writer = new SubBufferWriter(SubBufferLayout.Linux64);
        var time = 2_822_408_285_000UL + (ulong)cpu;
        for (var i = 0; i < events; i++)
        {
            time += (ulong)random.Next(200, 20_000);
            var (from, to) = (random.Next(Comms.Length), random.Next(Comms.Length));
            var payload = i % 3 == 0
                ? new PayloadBuilder(switched).Common(from * 1000, 1, 2).Set("prev_comm", Comms[from]).Set("prev_pid", from * 1000).Set("prev_prio", 120)
                    .Set("prev_state", random.Next(3)).Set("next_comm", Comms[to]).Set("next_pid", to * 1000).Set("next_prio", 120).ToPayload()
                : new PayloadBuilder(entered).Common(from * 1000).Set("id", random.Next(330)).Set("args", random.NextInt64() & 0xffffffff, 1).ToPayload();
            if (!writer.TryAppend(time, payload))
            {
                pages.AddRange(writer.ToPage());
                writer.Reset();
                _ = writer.TryAppend(time, payload);
            }
        }

        pages.AddRange(writer.ToPage());
        return [.. pages];
    }
}
