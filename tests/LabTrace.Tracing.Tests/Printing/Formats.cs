using System.Text;

namespace LabTrace.Tracing.Tests.Printing;

/// <summary>Formats for tests: written by hand after what Linux 6.18 shows.</summary>
internal static class Formats
{
    private const string Common =
        "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n" +
        "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n" +
        "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n" +
        "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n";

    public static EventFormat SchedSwitch { get; } = Make(
        "sched",
        "sched_switch",
        "char prev_comm[16];8;16;0",
        "pid_t prev_pid;24;4;1",
        "int prev_prio;28;4;1",
        "long prev_state;32;8;1",
        "char next_comm[16];40;16;0",
        "pid_t next_pid;56;4;1",
        "int next_prio;60;4;1",
        """
        "prev_comm=%s prev_pid=%d prev_prio=%d prev_state=%s%s ==> next_comm=%s next_pid=%d next_prio=%d", REC->prev_comm, REC->prev_pid, REC->prev_prio, (REC->prev_state & ((0x00000100) - 1)) ? __print_flags(REC->prev_state & ((0x00000100) - 1), "|", { 0x00000001, "S" }, { 0x00000002, "D" }, { 0x00000004, "T" }) : "R", REC->prev_state & 0x00000100 ? "+" : "", REC->next_comm, REC->next_pid, REC->next_prio
        """);

    public static EventFormat Print { get; } = Make("ftrace", "print", "unsigned long ip;8;8;0", "char buf[];16;0;0", "\"%ps: %s\", (void *)REC->ip, REC->buf");

    public static EventFormat RawData { get; } = Make(
        "ftrace", "raw_data", "unsigned int id;8;4;0", "char buf[];12;0;0", "\"id:%04x %08x\", REC->id, (int)REC->buf[0]");

    /// <summary>Makes a format: fields as <c>declaration;offset;size;signed</c>, the print format last.</summary>
    public static EventFormat Make(string system, string name, params string[] fieldsAndPrint) =>
        EventFormat.Parse(system, Text(name, fieldsAndPrint));

    public static byte[] Text(string name, params string[] fieldsAndPrint)
    {
        var text = new StringBuilder($"name: {name}\nID: {300 + (name.Sum(c => c) % 5000)}\nformat:\n").Append(Common);
        foreach (var field in fieldsAndPrint[..^1])
        {
            var parts = field.Split(';');
            text.Append($"\tfield:{parts[0]};\toffset:{parts[1]};\tsize:{parts[2]};\tsigned:{parts[3]};\n");
        }

        return Encoding.UTF8.GetBytes(text.Append($"\nprint fmt: {fieldsAndPrint[^1]}\n").ToString());
    }
}
