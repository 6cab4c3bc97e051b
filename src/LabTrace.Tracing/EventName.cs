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

    /// <summary>Whether this name, read as a pattern, covers <paramref name="other"/>; an empty system on either side fits every system.</summary>
    public bool Matches(EventName other) =>
        (System.Length == 0 || other.System.Length == 0 || Glob.IsMatch(System, other.System)) && Glob.IsMatch(Name, other.Name);

    /// <summary><c>system:name</c>, or the bare name when the system is unknown.</summary>
    public override string ToString() => string.IsNullOrEmpty(System) ? Name : $"{System}:{Name}";
}
