using LabTrace.Devices;

namespace LabTrace.Emulation.Ftrace;

/// <summary>A filter that the kernel refuses: what error_log says, where, and the errno of the write.</summary>
internal sealed class FilterException(string? reason, int position, Errno errno) : Exception(reason ?? "Error")
{
    /// <summary>The kernel's words, or null when it only says "Error".</summary>
    public string? Reason { get; } = reason;

    /// <summary>Where the caret goes.</summary>
    public int Position { get; } = position;

    public Errno Errno { get; } = errno;
}
