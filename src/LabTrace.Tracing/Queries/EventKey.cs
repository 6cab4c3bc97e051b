namespace LabTrace.Tracing.Queries;

/// <summary>What two events must share to belong together: cpu, pid, tgid, comm or a field of both.</summary>
/// <param name="name">The name, or null when any two belong together.</param>
internal readonly struct EventKey(string? name)
{
    /// <summary>The key's words in an expectation.</summary>
    public string Clause => name is null ? "" : $" on the same {name}";

    /// <summary>The value two events must share, or false when the event has none.</summary>
    public bool TryGet(in TraceEvent item, out (Int128 Number, string? Text) key)
    {
        key = default;
        switch (name)
        {
            case null:
                return true;
            case "cpu":
                key = (item.Cpu, null);
                return true;
            case "pid":
                key = (item.Pid, null);
                return true;
            case "tgid":
                key = (item.Tgid, null);
                return item.Tgid >= 0;
            case "comm":
                key = (0, item.Comm);
                return true;
            default:
                if (!item.TryGetField(name, out var value))
                {
                    return false;
                }

                key = value.TryGetInteger(out var number) ? (number, null) : (0, value.ToString());
                return true;
        }
    }
}
