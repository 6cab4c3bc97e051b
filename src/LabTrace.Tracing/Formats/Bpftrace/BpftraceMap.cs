namespace LabTrace.Tracing;

/// <summary>A bpftrace map as it was printed last.</summary>
/// <param name="Name">The map with its <c>@</c>.</param>
/// <param name="Entries">Its entries in the order they were printed; one with an empty key for a map without keys.</param>
public sealed record BpftraceMap(string Name, IReadOnlyList<BpftraceEntry> Entries)
{
    /// <summary>Finds an entry by its key; null when there is none.</summary>
    /// <param name="key">The key, parts of a tuple joined with commas; empty for a map without keys.</param>
    public BpftraceEntry? this[string key] => Entries.FirstOrDefault(e => string.Equals(e.Key, key, StringComparison.Ordinal));
}
