namespace LabTrace.Tracing;

/// <summary>What the records of one event in one capture have in common: the name and how to decode them.</summary>
internal abstract class EventSchema(EventName name, EventFormat? format, bool isClockInNanoseconds)
{
    public EventName Name { get; } = name;

    public EventFormat? Format { get; } = format;

    /// <summary>False for clocks such as <c>counter</c>, <c>uptime</c> and <c>x86-tsc</c>, whose stamps are printed as they are.</summary>
    public bool IsClockInNanoseconds { get; } = isClockInNanoseconds;

    /// <summary>How many records were printed otherwise than the kernel does, because their print format could not be evaluated.</summary>
    public virtual long PrintFallbacks => 0;

    /// <summary>What ftrace prints before the text: <c>sched_switch: </c>, nothing for system calls.</summary>
    public abstract string Prefix(ReadOnlyMemory<byte> payload);

    public abstract string Text(ReadOnlyMemory<byte> payload);

    /// <summary>Appends <see cref="Prefix"/>, without making a string where that can be had.</summary>
    public virtual void AppendPrefix(ReadOnlyMemory<byte> payload, Utf8Text text) => text.Append(Prefix(payload));

    /// <summary>Appends <see cref="Text"/>, without making a string where that can be had.</summary>
    public virtual void AppendText(ReadOnlyMemory<byte> payload, Utf8Text text) => text.Append(Text(payload));

    /// <summary>Appends the fields as <see cref="FieldText"/> has them, without making strings where that can be had.</summary>
    public virtual void AppendFields(ReadOnlyMemory<byte> payload, Utf8Text text) => FieldText.Append(text, Fields(payload));

    public abstract bool TryGetField(ReadOnlyMemory<byte> payload, string name, out FieldValue value);

    public abstract IEnumerable<KeyValuePair<string, FieldValue>> Fields(ReadOnlyMemory<byte> payload);

    /// <summary>Whether a trace clock counts nanoseconds: <c>trace_clocks</c> of kernel/trace/trace.c and <c>ARCH_TRACE_CLOCKS</c> say of which ones the
    /// kernel prints the number as it is. <c>uptime</c> counts hundredths of a second.</summary>
    public static bool IsNanosecondClock(string clock) => clock is not ("counter" or "uptime" or "x86-tsc" or "ppc-tb" or "s390-tod");
}
