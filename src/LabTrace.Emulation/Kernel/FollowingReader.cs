namespace LabTrace.Emulation.Kernel;

/// <summary>A reader that follows a file from its first read until it closes it. Between two reads it is away for a moment, and is waited for.</summary>
/// <param name="isReadable">Whether a read gives something now.</param>
internal sealed class FollowingReader(Func<bool> isReadable)
{
    /// <summary>It reads, and has not been away for too long.</summary>
    public bool IsExpected { get; set; }

    public bool IsReadable() => isReadable();
}
