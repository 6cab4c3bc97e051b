using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace LabTrace.Devices.Vm;

/// <summary>Writes the archive a kernel unpacks as its first file system.</summary>
/// <remarks>
/// Format "newc": Documentation/driver-api/early-userspace/buffer-format.rst. Every entry is owned by root and has time 0, so
/// that the same files make the same bytes. Directories above an entry are made when they are not there.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A MemoryStream over its own array holds nothing to give back.")]
internal sealed class CpioArchive
{
    private const string Trailer = "TRAILER!!!";
    private const int TypeDirectory = 0x4000;
    private const int TypeFile = 0x8000;
    private const int TypeLink = 0xA000;
    private const int TypeCharacterDevice = 0x2000;

    private readonly MemoryStream _bytes = new();
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private int _lastInode;

    /// <summary>Says whether the archive has an entry of that path.</summary>
    /// <param name="path">Absolute path in the new file system.</param>
    public bool Has(string path) => _names.Contains(Name(path));

    /// <summary>Adds a regular file; one that is there already stays as it is.</summary>
    /// <param name="path">Absolute path in the new file system.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="isProgram">Mode 0755 in place of 0644.</param>
    public void AddFile(string path, ReadOnlySpan<byte> content, bool isProgram = false) =>
        Add(path, TypeFile | (isProgram ? 0x1ED : 0x1A4), content);

    /// <summary>Adds a symbolic link.</summary>
    public void AddLink(string path, string to) => Add(path, TypeLink | 0x1FF, Encoding.UTF8.GetBytes(to));

    /// <summary>Adds a directory.</summary>
    public void AddDirectory(string path) => Add(path, TypeDirectory | 0x1ED, []);

    /// <summary>Adds a character device, mode 0600.</summary>
    public void AddCharacterDevice(string path, int major, int minor) => Add(path, TypeCharacterDevice | 0x180, [], major, minor);

    /// <summary>Ends the archive.</summary>
    /// <returns>All of its bytes.</returns>
    public ReadOnlyMemory<byte> ToBytes()
    {
        Write(Trailer, 0, [], 0, 0);
        return _bytes.GetBuffer().AsMemory(0, (int)_bytes.Length);
    }

    private static string Name(string path) => path.Trim('/');

    private void Add(string path, int mode, ReadOnlySpan<byte> content, int major = 0, int minor = 0)
    {
        var name = Name(path);
        ArgumentException.ThrowIfNullOrEmpty(name, nameof(path));
        var slash = name.LastIndexOf('/');
        if (slash > 0 && !_names.Contains(name[..slash]))
        {
            AddDirectory(name[..slash]);
        }

        if (_names.Add(name))
        {
            Write(name, mode, content, major, minor);
        }
    }

    private void Write(string name, int mode, ReadOnlySpan<byte> content, int major, int minor)
    {
        var nameBytes = Encoding.UTF8.GetByteCount(name) + 1;
        _bytes.Write(Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"070701{++_lastInode:x8}{mode:x8}{0:x8}{0:x8}{1:x8}{0:x8}{content.Length:x8}{0:x8}{0:x8}{major:x8}{minor:x8}{nameBytes:x8}{0:x8}")));
        _bytes.Write(Encoding.UTF8.GetBytes(name));
        _bytes.WriteByte(0);
        Pad();
        _bytes.Write(content);
        Pad();
    }

    private void Pad()
    {
        while (_bytes.Length % 4 != 0)
        {
            _bytes.WriteByte(0);
        }
    }
}
