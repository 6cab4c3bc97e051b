using System.Text;

namespace LabTrace.Tracing;

/// <summary>How events that were read from text are carried in a binary capture: a field with the text, which any tool prints as it was, and one with the
/// fields that were found in it, for <see cref="CarriedSchema"/>.</summary>
internal static class CarriedText
{
    /// <summary>Stands for the system that text does not tell.</summary>
    private const string NoSystem = "text";

    /// <summary>Goes before a system whose events tools print in their own way, whatever the format says.</summary>
    private const string Apart = "text_";

    private const string Text = "text";
    private const string Fields = "fields";
    private const string PrintFormat = "\"%s\", __get_str(" + Text + ")";

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
            : (SystemOf(name), $"name: {name.Name}\nID: 0\n{Common}\tfield:__data_loc char[] {Text};\toffset:8;\tsize:4;\tsigned:0;\n"
                + $"\tfield:__data_loc char[] {Fields};\toffset:12;\tsize:4;\tsigned:0;\n\nprint fmt: {PrintFormat}\n");
        return EventFormat.Parse(system, Encoding.UTF8.GetBytes(text), layout.IsBigEndian, layout.LongSize);
    }

    /// <summary>Makes the record of an event.</summary>
    public static byte[] Record(in TraceEvent item, EventFormat format)
    {
        var record = new PayloadBuilder(format).Common(item.Pid, item.Flags.Irq, item.Flags.Preempt);
        if (format.Name == EventName.Print)
        {
            return record.Set("buf", Encoding.UTF8.GetBytes(MarkerOf(item) + "\n\0")).ToPayload();
        }

        var fields = new Utf8Text();
        item.Schema.AppendFields(item.Payload, fields);
        return record.Set(Text, item.Text).Set(Fields, fields.ToString()).ToPayload();
    }

    /// <summary>Whether a format only carries text.</summary>
    public static bool IsCarrier(EventFormat format) =>
        format.Fields is [{ Name: Text, Place: FieldPlace.DataLoc }, { Name: Fields, Place: FieldPlace.DataLoc }] && format.PrintFormat == PrintFormat;

    /// <summary>The event's name before it was carried.</summary>
    public static EventName NameOf(EventFormat format) => format.Name switch
    {
        (NoSystem, var name) => new EventName("", name),
        (var system, var name) when system.StartsWith(Apart, StringComparison.Ordinal) => new EventName(system[Apart.Length..], name),
        var name => name,
    };

    private static string MarkerOf(in TraceEvent item) => (item.TryGetField("buf", out var text) ? text.ToRawText() : item.Text).TrimEnd('\n');

    private static string SystemOf(EventName name) => name.System switch
    {
        "" => NoSystem,
        "ftrace" => Apart + name.System,
        _ => name.System,
    };
}
