using System.Text;

namespace LabTrace.Tracing;

/// <summary>How events that were read from text are carried in a binary capture: system <c>text</c>, one field with the text.</summary>
internal static class CarriedText
{
    /// <summary>The system of such events; the text does not tell their own.</summary>
    public const string System = "text";

    /// <summary>The field that holds the text behind the event's name.</summary>
    public const string Field = "text";

    private const string Common =
        "format:\n" +
        "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n" +
        "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n" +
        "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n" +
        "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n";

    /// <summary>The format that carries a kind of event; markers get the kernel's own.</summary>
    public static EventFormat FormatOf(EventName name, SubBufferLayout layout)
    {
        var isMarker = name == EventName.Print;
        var (system, text) = isMarker
            ? (name.System, $"name: print\nID: 5\n{Common}\tfield:unsigned long ip;\toffset:8;\tsize:{layout.LongSize};\tsigned:0;\n"
                + $"\tfield:char buf[];\toffset:{8 + layout.LongSize};\tsize:0;\tsigned:0;\n\nprint fmt: \"%ps: %s\", (void *)REC->ip, REC->buf\n")
            : (System, $"name: {name.Name}\nID: 0\n{Common}\tfield:__data_loc char[] {Field};\toffset:8;\tsize:4;\tsigned:0;\n\n"
                + $"print fmt: \"%s\", __get_str({Field})\n");
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
}
