using System.Buffers.Binary;
using System.Text;

namespace LabTrace.Devices.Vm;

/// <summary>A kernel to boot.</summary>
/// <param name="Release">As uname -r will say.</param>
/// <param name="File">bzImage or vmlinux.</param>
/// <param name="ModuleDirectory">Its <c>lib/modules/RELEASE</c>, or null for none.</param>
internal sealed record KernelImage(string Release, string File, string? ModuleDirectory)
{
    private const int HeaderMagicOffset = 0x202;
    private const int VersionPointerOffset = 0x20E;
    private const int VersionBase = 0x200;
    private const int LongestVersion = 512;

    /// <summary>Its <c>.config</c>, where it is known.</summary>
    public string? Configuration { get; init; }

    /// <summary>What it says of its build behind the release, as uname -v will; empty where the file does not tell.</summary>
    public string Version { get; init; } = "";

    /// <summary>A kernel that a person names.</summary>
    /// <exception cref="LabConfigException">The file is no kernel, or the modules are not there.</exception>
    public static KernelImage Open(string place, string file, string? moduleDirectory)
    {
        if (!System.IO.File.Exists(file))
        {
            throw new LabConfigException($"place '{place}': there is no kernel {file}", "name a bzImage or vmlinux, for example arch/x86/boot/bzImage of a kernel tree");
        }

        if (moduleDirectory is not null && !Directory.Exists(moduleDirectory))
        {
            throw new LabConfigException($"place '{place}': there is no directory {moduleDirectory}", "`make modules_install INSTALL_MOD_PATH=DIR`, then `modules: DIR/lib/modules/RELEASE`");
        }

        var (told, version) = ReadVersion(file);
        var release = told
            ?? (moduleDirectory is null ? "unknown" : Path.GetFileName(Path.TrimEndingDirectorySeparator(moduleDirectory)));
        return moduleDirectory is null || System.IO.File.Exists(Path.Combine(moduleDirectory, "modules.dep"))
            ? new KernelImage(release, file, moduleDirectory) { Version = version }
            : throw new LabConfigException($"place '{place}': {moduleDirectory} has no modules.dep", $"depmod -b DIR {release}, where DIR holds lib/modules/{release}");
    }

    /// <summary>The release that a bzImage's boot header tells, and the text behind it; null and nothing for another file.</summary>
    /// <remarks>Documentation/arch/x86/boot.rst: <c>kernel_version</c>.</remarks>
    public static (string? Release, string Version) ReadVersion(string file)
    {
        using var stream = System.IO.File.OpenRead(file);
        var head = new byte[0x10000];
        var length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (length < 0x260 || !head.AsSpan(HeaderMagicOffset, 4).SequenceEqual("HdrS"u8))
        {
            return (null, "");
        }

        var at = BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(VersionPointerOffset)) + VersionBase;
        var text = at >= length ? [] : head.AsSpan(at, Math.Min(LongestVersion, length - at));
        var end = text.IndexOf((byte)0);
        var words = Encoding.ASCII.GetString(end < 0 ? text : text[..end]).Split(' ', 2);
        return (words[0].Length > 0 ? words[0] : null, words.ElementAtOrDefault(1) ?? "");
    }
}
