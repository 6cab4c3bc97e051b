using System.Text;

namespace LabTrace.Tracing;

/// <summary>How events that were read from text are carried in a binary capture: one field with the text, which any tool prints as it was, and in which
/// <see cref="CarriedSchema"/> finds the fields again.</summary>
internal static class CarriedText
{
    /// <summary>Stands for the system that text does not tell.</summary>
    private const string NoSystem = "text";

    /// <summary>Goes before a system whose events tools print in their own way, whatever the format says.</summary>
    private const string Apart = "text_";

    private const string Field = "text";
    private const string PrintFormat = "\"%s\", __get_str(" + Field + ")";

    private const string Common =
        "format:\n" +
        "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n" +
        "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n" +
        "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n" +
        "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n";

    /// <summary>The format that carries a kind of event; markers get the kernel's own.</summary>
    public static EventFormat FormatOf(EventName name, SubBufferLayout layout)
    {
        var (system, text) = name == EventName.Print
            ? (name.System, $"name: print\nID: 5\n{Common}\tfield:unsigned long ip;\toffset:8;\tsize:{layout.LongSize};\tsigned:0;\n"
                + $"\tfield:char buf[];\toffset:{8 + layout.LongSize};\tsize:0;\tsigned:0;\n\nprint fmt: \"%ps: %s\", (void *)REC->ip, REC->buf\n")
            : (SystemOf(name), $"name: {name.Name}\nID: 0\n{Common}\tfield:__data_loc char[] {Field};\toffset:8;\tsize:4;\tsigned:0;\n\nprint fmt: {PrintFormat}\n");
        return EventFormat.Parse(system, Encoding.UTF8.GetBytes(text), layout.IsBigEndian, layout.LongSize);
    }

    /// <summary>Makes the record of an event.</summary>
    public static byte[] Record(in TraceEvent item, EventFormat format)
    {
        var record = new PayloadBuilder(format).Common(item.Pid, item.Flags.Irq, item.Flags.Preempt);
        return format.Name == EventName.Print
            ? record.Set("buf", Encoding.UTF8.GetBytes(item.Text.TrimEnd('\n') + "\n\0")).ToPayload()
            : record.Set(Field, item.Text).ToPayload();
    }

    /// <summary>Whether a format only carries text.</summary>
    public static bool IsCarrier(EventFormat format) =>
        format.Fields is [{ Name: Field, Place: FieldPlace.DataLoc }] && format.PrintFormat == PrintFormat;

    /// <summary>What stands at the start of a line of this kind, from which text readers know it.</summary>
    public static string KeyOf(EventName name) => name switch
    {
        (NoSystem, _) => name.Name + ":",
        ("syscalls", ['s', 'y', 's', '_', 'e', 'n', 't', 'e', 'r', '_', .. var call]) => $"sys_{call}(",
        ("syscalls", ['s', 'y', 's', '_', 'e', 'x', 'i', 't', '_', .. var call]) => $"sys_{call} ->",
        (Apart + "ftrace", "kernel_stack") => "<stack trace>",
        (Apart + "ftrace", "user_stack") => "<user stack trace>",
        (Apart + "ftrace", "bprint" or "bputs" or "funcgraph_entry" or "funcgraph_exit") => name.Name + ":",
        (Apart + "ftrace", _) => "\0" + name.Name,
        _ => name.Name + ":",
    };

    private static string SystemOf(EventName name) => name.System switch
    {
        "" => NoSystem,
        "ftrace" => Apart + name.System,
        _ => name.System,
    };
}
