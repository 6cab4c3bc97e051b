using System.Text;
using LabTrace.Tracing;

namespace LabTrace.Emulation.Ftrace;

/// <summary>An event as this kernel knows it: its record's layout, the text of its format file, and its printing.</summary>
internal sealed class EmulatedEvent
{
    private static readonly EmulatedField[] Common =
    [
        new("unsigned short", "common_type", 0, 2, false, FieldKind.Number),
        new("unsigned char", "common_flags", 2, 1, false, FieldKind.Number),
        new("unsigned char", "common_preempt_count", 3, 1, false, FieldKind.Number),
        new("int", "common_pid", 4, 4, true, FieldKind.Number),
    ];

    private readonly Lazy<EventFormat> _format;

    private EmulatedEvent(string system, string name, int id, int order, IReadOnlyList<EmulatedField> fields, string printFormat, int size)
    {
        System = system;
        Name = name;
        Id = id;
        Order = order;
        Fields = fields;
        Size = size;
        FormatText = $"name: {name}\nID: {id}\nformat:\n{string.Concat(Common.Select(f => f.FormatLine))}\n"
            + $"{string.Concat(fields.Select(f => f.FormatLine))}\nprint fmt: {printFormat}\n";
        _format = new Lazy<EventFormat>(() => EventFormat.Parse(system, Encoding.UTF8.GetBytes(FormatText)));
    }

    public string System { get; }

    public string Name { get; }

    public int Id { get; }

    public int Order { get; }

    public IReadOnlyList<EmulatedField> Fields { get; }

    /// <summary>Bytes of a record without what dynamic fields add.</summary>
    public int Size { get; }

    public string FormatText { get; }

    public EventFormat Format => _format.Value;

    /// <summary>The call this event belongs to, when it is one of <c>syscalls:</c>.</summary>
    public SyscallDescription? Syscall { get; private init; }

    /// <summary>Whether the event can be enabled; records of the tracer itself cannot.</summary>
    public bool HasSwitch => System != "ftrace";

    public static EmulatedEvent From(EventDescription description)
    {
        var end = 8;
        var fields = description.Fields.Split(';').Select(f => EmulatedField.Parse(f, ref end)).ToArray();
        return new EmulatedEvent(
            description.System, description.Name, description.Id, description.Order, fields, description.PrintFormat, Math.Max(12, (end + 3) & ~3));
    }

    public static EmulatedEvent Enter(SyscallDescription call)
    {
        var end = 8;
        var fields = new List<EmulatedField> { EmulatedField.Parse("int __syscall_nr", ref end) };
        fields.AddRange(call.Arguments.Select(a => EmulatedField.Parse(a, ref end, slot: 8)));
        var names = fields.Skip(1).Select(f => f.Name).ToArray();
        var print = $"\"{string.Join(", ", names.Select(n => n + ": 0x%08lx"))}\"" + string.Concat(names.Select(n => $", ((unsigned long)(REC->{n}))"));
        return new EmulatedEvent("syscalls", "sys_enter_" + call.Name, call.EnterId, call.EnterOrder, fields, print, end) { Syscall = call };
    }

    public static EmulatedEvent Exit(SyscallDescription call)
    {
        var end = 8;
        EmulatedField[] fields = [EmulatedField.Parse("int __syscall_nr", ref end), EmulatedField.Parse("long ret", ref end)];
        return new EmulatedEvent("syscalls", "sys_exit_" + call.Name, call.ExitId, call.ExitOrder, fields, "\"0x%lx\", REC->ret", end) { Syscall = call };
    }

    public static EmulatedEvent Probe(string group, string name, int id, IReadOnlyList<EmulatedField> fields, string print, int size) =>
        new(group, name, id, int.MaxValue, fields, print, size);

    /// <summary>A field of the event or one that every event has.</summary>
    public EmulatedField? FindField(string name) => Fields.FirstOrDefault(f => f.Name == name) ?? Common.FirstOrDefault(f => f.Name == name);
}
