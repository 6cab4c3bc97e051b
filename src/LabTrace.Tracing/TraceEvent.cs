namespace LabTrace.Tracing;

/// <summary>One record of a trace. Fields are decoded when asked for, from bytes that the trace or the reader owns:
/// an event of a <see cref="TraceReader"/> is valid until its next read.</summary>
public readonly record struct TraceEvent
{
    internal TraceEvent(EventSchema schema, TraceTime time, int cpu, int pid, int tgid, string comm, EventFlags flags, ReadOnlyMemory<byte> payload)
    {
        Schema = schema;
        Time = time;
        Cpu = cpu;
        Pid = pid;
        Tgid = tgid;
        Comm = comm;
        Flags = flags;
        Payload = payload;
    }

    /// <summary>When it was recorded, on the trace's clock.</summary>
    public TraceTime Time { get; }

    /// <summary>The cpu that recorded it, zero-based; -1 when the capture does not say.</summary>
    public int Cpu { get; }

    /// <summary>The thread that ran then; 0 is the idle task.</summary>
    public int Pid { get; }

    /// <summary>The thread's process, -1 when unknown.</summary>
    public int Tgid { get; }

    /// <summary>The thread's name; <c>&lt;...&gt;</c> when the kernel had forgotten it, <c>&lt;idle&gt;</c> for pid 0.</summary>
    public string Comm { get; }

    /// <summary>Interrupt and preemption state.</summary>
    public EventFlags Flags { get; }

    /// <summary>The record as captured: the binary event from its common fields on, or the text behind the event's name.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Which event it is.</summary>
    public EventName Name => Schema.Name;

    /// <summary>How the binary record is laid out; null for text captures.</summary>
    public EventFormat? Format => Schema.Format;

    /// <summary>The event's fields with their labels, without the common ones.</summary>
    public IEnumerable<KeyValuePair<string, FieldValue>> Fields => Schema.Fields(Payload);

    /// <summary>What ftrace prints behind <c>event: </c>; the text itself for a marker.</summary>
    public string Text => Schema.Text(Payload);

    internal EventSchema Schema { get; }

    /// <summary>Finds a field. The event's own come first; then <c>common_pid</c>, <c>common_cpu</c>, <c>common_comm</c>, <c>common_tgid</c>, and
    /// <c>pid</c>, <c>cpu</c>, <c>comm</c>, <c>tgid</c> for the recording thread.</summary>
    /// <param name="name">The field.</param>
    /// <param name="value">The value, with the label that the event prints for it.</param>
    public bool TryGetField(string name, out FieldValue value)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Schema.TryGetField(Payload, name, out value))
        {
            return true;
        }

        switch (name)
        {
            case "common_pid" or "pid":
                value = FieldValue.Of((long)Pid);
                return true;
            case "common_cpu" or "cpu" or "CPU":
                value = FieldValue.Of((long)Cpu);
                return Cpu >= 0;
            case "common_comm" or "comm" or "COMM":
                value = FieldValue.Of(Comm);
                return true;
            case "common_tgid" or "tgid":
                value = FieldValue.Of((long)Tgid);
                return Tgid >= 0;
            default:
                return false;
        }
    }

    /// <summary>The same event with its own copy of the payload, valid for ever.</summary>
    public TraceEvent ToKept() => new(Schema, Time, Cpu, Pid, Tgid, Comm, Flags, Payload.ToArray());

    /// <summary>The line ftrace prints for the event.</summary>
    public override string ToString()
    {
        var line = new Utf8Text();
        FtraceTextWriter.AppendLine(line, this, withTgid: Tgid >= 0);
        return line.ToString();
    }
}
