using System.Diagnostics.CodeAnalysis;
using LabTrace.Devices;

namespace LabTrace.Emulation.Files;

/// <summary>An emulated system call's errno on its way to whoever made the call.</summary>
internal sealed class Refusal(Errno errno, string? hint = null) : Exception(errno.Name())
{
    public Errno Errno { get; } = errno;

    public string? Hint { get; } = hint;

    [DoesNotReturn]
    public static void Throw(Errno errno) => throw new Refusal(errno);
}
