namespace LabTrace.Tracing;

/// <summary>An event's name as tracefs spells it, <c>system:name</c>.</summary>
/// <param name="System">The event system, for example <c>sched</c>; empty when unknown (text captures) or when any will do.</param>
/// <param name="Name">The event, for example <c>sched_switch</c>; as a pattern it may hold <c>*</c> and <c>?</c>.</param>
public readonly record struct EventName(string System, string Name)
{
    /// <summary>The marker that a write to <c>trace_marker</c> leaves.</summary>
    public static EventName Print { get; } = new("ftrace", "print");

    /// <summary>The binary marker that a write to <c>trace_marker_raw</c> leaves.</summary>
    public static EventName RawData { get; } = new("ftrace", "raw_data");

    /// <summary>Reads <c>system:name</c> or a bare <c>name</c>, which means the event of any system.</summary>
    /// <param name="text">The name; blanks around it are ignored.</param>
    /// <exception cref="FormatException">The text has no name.</exception>
    public static EventName Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        var colon = trimmed.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? new EventName("", trimmed) : new EventName(trimmed[..colon], trimmed[(colon + 1)..]);
        if (name.Name.Length == 0)
        {
            throw new FormatException($"'{text}' names no event; write system:name, for example sched:sched_switch");
        }

        return name;
    }

    /// <summary>Whether this name, read as a pattern, covers <paramref name="other"/>.</summary>
    /// <remarks>Without a system it covers any. An event whose system is unknown fits every system when it is named in full, <c>sched:sched_switch</c>; to
    /// <c>sched:*</c> belong those that the kernel has there, and those whose name begins with the system's.</remarks>
    public bool Matches(EventName other) => Glob.IsMatch(Name, other.Name)
        && (System.Length == 0 || (other.System.Length > 0 ? Glob.IsMatch(System, other.System) : IsFull || EventSystems.MayHave(System, other.Name)));

    private bool IsFull => Name.AsSpan().IndexOfAny('*', '?') < 0;

    /// <summary><c>system:name</c>, or the bare name when the system is unknown.</summary>
    public override string ToString() => string.IsNullOrEmpty(System) ? Name : $"{System}:{Name}";
}
