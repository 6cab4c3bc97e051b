using System.Security.Cryptography;

namespace LabTrace.Devices;

/// <summary>The agent's program for one kind of machine, as it is sent to targets.</summary>
/// <param name="Content">The executable.</param>
/// <param name="Runtime">One of <see cref="AgentRuntimes"/>.</param>
public sealed record AgentFile(ReadOnlyMemory<byte> Content, string Runtime)
{
    /// <summary>SHA-256 of the content, 64 lower-case hex digits: its name on the target, checked there before it is run.</summary>
    public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(Content.Span));
}

/// <summary>Kinds of machines there are agents for, by .NET's runtime identifiers.</summary>
public static class AgentRuntimes
{
    /// <summary>x86-64 with the GNU C library.</summary>
    public const string X64 = "linux-x64";

    /// <summary>x86-64 with musl; libstdc++ and libgcc must be there too.</summary>
    public const string MuslX64 = "linux-musl-x64";

    /// <summary>64-bit Arm with the GNU C library.</summary>
    public const string Arm64 = "linux-arm64";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [X64, MuslX64, Arm64];

    /// <summary>The agent that a machine runs.</summary>
    /// <param name="machine">uname -m.</param>
    /// <param name="libc"><c>glibc</c>, <c>musl</c>, or anything else for none that is known.</param>
    /// <returns>Null when there is none for it.</returns>
    public static string? Find(string machine, string libc) => (machine, libc) switch
    {
        ("x86_64", "glibc") => X64,
        ("x86_64", "musl") => MuslX64,
        ("aarch64", "glibc") => Arm64,
        _ => null,
    };
}
