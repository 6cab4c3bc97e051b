namespace LabTrace.Tracing.KernelLog;

/// <summary>Keeps reading linear: how many bytes may be looked at again, because windows of reports by different callers overlap.</summary>
/// <param name="length">The log's length, bytes.</param>
internal sealed class WorkLimit(int length)
{
    private long _left = (8L * length) + (1 << 20);

    /// <summary>Takes a share for one line.</summary>
    /// <returns>False when it is used up; windows then end at once.</returns>
    public bool Take(int bytes) => (_left -= bytes + 16) > 0;
}
