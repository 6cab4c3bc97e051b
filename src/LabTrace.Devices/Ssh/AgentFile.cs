using System.Security.Cryptography;

namespace LabTrace.Devices;

/// <summary>The agent's program for one kind of machine, as it is sent to targets.</summary>
/// <param name="Content">The executable.</param>
/// <param name="Machine">uname -m of the machines it runs on.</param>
public sealed record AgentFile(ReadOnlyMemory<byte> Content, string Machine)
{
    /// <summary>SHA-256 of the content, 64 lower-case hex digits: its name on the target, checked there before it is run.</summary>
    public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(Content.Span));
}
