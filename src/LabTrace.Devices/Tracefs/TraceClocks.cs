namespace LabTrace.Devices;

/// <summary>The trace clocks of a buffer, from <c>trace_clock</c>.</summary>
/// <param name="Current">The one events are stamped with.</param>
/// <param name="Available">All that can be chosen, in the kernel's order.</param>
public sealed record TraceClocks(string Current, IReadOnlyList<string> Available)
{
    /// <summary>Reads <c>[local] global counter …</c>; the chosen one is in brackets.</summary>
    public static TraceClocks Parse(string text)
    {
        var words = text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        var current = words.FirstOrDefault(w => w.StartsWith('[')) ?? "[local]";
        return new TraceClocks(current.Trim('[', ']'), words.Select(w => w.Trim('[', ']')).ToArray());
    }
}
