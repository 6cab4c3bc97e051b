namespace LabTrace.Devices.Recordings;

/// <summary>One entry of a recorded file tree.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Kind">What stands there.</param>
public sealed record RecordedEntry(string Path, FileKind Kind)
{
    /// <summary>Permission bits.</summary>
    public int Mode { get; init; }

    /// <summary>What reading the file gave; null for other kinds and where it was refused.</summary>
    public byte[]? Content { get; init; }

    /// <summary>How reading was refused.</summary>
    public Errno Errno { get; init; }

    /// <summary>Where a link points.</summary>
    public string? Link { get; init; }
}
