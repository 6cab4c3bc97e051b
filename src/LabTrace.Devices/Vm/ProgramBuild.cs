using System.Security.Cryptography;
using System.Text;

namespace LabTrace.Devices.Vm;

/// <summary>Builds a program from one C file, in the cache: static, so that it runs in any machine.</summary>
internal sealed class ProgramBuild(string place, VmCache cache, Action<string>? progress)
{
    private const int KeyDigits = 16;

    // So that a probe finds each function and stacks are whole.
    private static readonly string[] Flags = ["-O1", "-fno-inline", "-fno-omit-frame-pointer", "-Wall", "-static"];

    /// <summary>Builds, or takes what the same source made before.</summary>
    /// <returns>The program's file, named as the source without <c>.c</c>.</returns>
    /// <exception cref="LabConfigException">It is not there or does not compile; the compiler's words are in the message.</exception>
    public async Task<string> BuildAsync(string source, CancellationToken cancellationToken)
    {
        if (!File.Exists(source))
        {
            throw new LabConfigException($"place '{place}': there is no source {source} to build", "see `build` of the place's file");
        }

        HostTools.Require(place, "gcc", "gcc");
        var name = Path.GetFileNameWithoutExtension(source);
        byte[] made = [.. Encoding.UTF8.GetBytes(string.Join(' ', Flags)), 0, .. await File.ReadAllBytesAsync(source, cancellationToken)];
        var key = Convert.ToHexStringLower(SHA256.HashData(made))[..KeyDigits];
        return Path.Combine(
            await cache.DirectoryAsync(Path.Combine("built", "programs", $"{name}-{key}"), async directory =>
            {
                progress?.Invoke($"building {Path.GetFileName(source)}…");
                await using var machine = new LocalTarget("this machine");
                var result = await machine.RunAsync(
                    new Command("gcc", [.. Flags, "-o", Path.Combine(directory, name), source]) { Environment = new Dictionary<string, string> { ["LC_ALL"] = "C" } },
                    cancellationToken);
                if (result.ExitCode != 0)
                {
                    throw new LabConfigException($"place '{place}': {source} does not compile:\n{result.ErrorText.Trim()}", $"gcc -static {source}");
                }
            }, cancellationToken),
            name);
    }
}
