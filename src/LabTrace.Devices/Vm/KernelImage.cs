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

    /// <summary>Its <c>.config</c>, where it is known.</summary>
    public string? Configuration { get; init; }

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

        var release = ReadRelease(file)
            ?? (moduleDirectory is null ? "unknown" : Path.GetFileName(Path.TrimEndingDirectorySeparator(moduleDirectory)));
        return moduleDirectory is null || System.IO.File.Exists(Path.Combine(moduleDirectory, "modules.dep"))
            ? new KernelImage(release, file, moduleDirectory)
            : throw new LabConfigException($"place '{place}': {moduleDirectory} has no modules.dep", $"depmod -b DIR {release}, where DIR holds lib/modules/{release}");
    }

    /// <summary>The release that a bzImage's boot header tells; null for another file.</summary>
    /// <remarks>Documentation/arch/x86/boot.rst: <c>kernel_version</c>.</remarks>
    private static string? ReadRelease(string file)
    {
        using var stream = System.IO.File.OpenRead(file);
        var head = new byte[0x10000];
        var length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (length < 0x260 || !head.AsSpan(HeaderMagicOffset, 4).SequenceEqual("HdrS"u8))
        {
            return null;
        }

        var at = BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(VersionPointerOffset)) + VersionBase;
        var text = at >= length ? [] : head.AsSpan(at, Math.Min(128, length - at));
        var end = text.IndexOfAny((byte)' ', (byte)0);
        return end > 0 ? Encoding.ASCII.GetString(text[..end]) : null;
    }
}
