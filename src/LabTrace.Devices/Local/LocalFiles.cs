using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace LabTrace.Devices;

/// <summary>File calls of this machine, synchronous, each with the errno of its refusal.</summary>
internal static class LocalFiles
{
    /// <summary>The most that one read of a whole file gives: a file without an end is read as a stream.</summary>
    internal const int LongestFile = 256 << 20;

    private const int ReadBufferSize = 64 * 1024;
    private const int CreatedFileMode = 0x180; // 0600
    private const int CreatedDirectoryMode = 0x1ED; // 0755

    /// <summary>Opens, retrying when a signal interrupts; returns a negative number when refused.</summary>
    public static int Open(string path, int flags, out Errno errno)
    {
        CheckPath(path);
        while (true)
        {
            var fd = Libc.Open(path, flags | Libc.CloseOnExec, CreatedFileMode);
            errno = fd < 0 ? Libc.LastErrno : Errno.None;
            if (errno != Errno.EINTR)
            {
                return fd;
            }
        }
    }

    /// <summary>Where a symbolic link points.</summary>
    public static Errno ReadLink(string path, out string text)
    {
        const int longestPath = 4096;
        var buffer = new byte[longestPath];
        var length = Libc.ReadLink(path, buffer, buffer.Length);
        text = length < 0 ? "" : Encoding.UTF8.GetString(buffer, 0, (int)length);
        return length < 0 ? Libc.LastErrno : Errno.None;
    }

    /// <summary>Reads to end of file, or to where the file would make a reader wait.</summary>
    public static Errno Read(string path, out byte[] content) => Read(path, CancellationToken.None, out content);

    /// <summary>Reads to end of file, or to where the file would make a reader wait; EFBIG beyond <see cref="LongestFile"/>.</summary>
    /// <exception cref="OperationCanceledException">Between two reads.</exception>
    public static Errno Read(string path, CancellationToken cancellationToken, out byte[] content)
    {
        content = [];
        var fd = Open(path, Libc.ReadOnly | Libc.NonBlocking, out var errno);
        if (fd < 0)
        {
            return errno;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(ReadBufferSize);
        try
        {
            var length = 0;
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var got = (int)Libc.Read(fd, buffer.AsSpan(length), buffer.Length - length);
                if (got < 0)
                {
                    errno = Libc.LastErrno;
                    if (errno is Errno.EINTR)
                    {
                        continue;
                    }

                    if (errno is not Errno.EAGAIN)
                    {
                        return errno;
                    }

                    got = 0;
                }

                if (got == 0)
                {
                    content = buffer.AsSpan(0, length).ToArray();
                    return Errno.None;
                }

                length += got;
                if (length > LongestFile)
                {
                    return Errno.EFBIG;
                }

                if (buffer.Length - length < ReadBufferSize / 2)
                {
                    buffer = Grow(buffer, length);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _ = Libc.Close(fd);
        }
    }

    /// <summary>One open, one write(2). <paramref name="written"/> is less than the content when the kernel took only a part.</summary>
    public static Errno Write(string path, ReadOnlySpan<byte> content, WriteMode mode, out int written)
    {
        written = 0;
        var flags = Libc.WriteOnly | mode switch
        {
            WriteMode.Append => Libc.Append,
            WriteMode.Create => Libc.Create | Libc.Truncate,
            _ => Libc.Truncate,
        };
        var fd = Open(path, flags, out var errno);
        if (fd < 0)
        {
            return errno;
        }

        try
        {
            nint took;
            do
            {
                took = Libc.Write(fd, content, content.Length);
            }
            while (took < 0 && Libc.LastErrno is Errno.EINTR);

            if (took < 0)
            {
                return Libc.LastErrno;
            }

            written = (int)took;
            return Errno.None;
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    /// <summary>Lists with getdents64(2): the kind is told by the directory, or asked for where it is not.</summary>
    public static Errno List(string path, out List<DirectoryEntry> entries)
    {
        entries = [];
        var fd = Open(path, Libc.ReadOnly | Libc.NonBlocking, out var errno);
        if (fd < 0)
        {
            return errno;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(ReadBufferSize);
        try
        {
            while (true)
            {
                var got = (int)Libc.ReadDirectory(fd, buffer, ReadBufferSize);
                if (got < 0)
                {
                    return Libc.LastErrno;
                }

                if (got == 0)
                {
                    entries.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
                    return Errno.None;
                }

                AddEntries(path, buffer.AsSpan(0, got), entries);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _ = Libc.Close(fd);
        }
    }

    /// <summary>statx(2). <paramref name="follow"/> says whether a symbolic link stands for what it points to.</summary>
    public static Errno Stat(string path, bool follow, out FileStatus status)
    {
        CheckPath(path);
        Span<byte> raw = stackalloc byte[256];
        if (Libc.Statx(Libc.CurrentDirectory, path, follow ? 0 : Libc.NoFollow, Libc.BasicStats, raw) < 0)
        {
            status = new FileStatus(FileKind.Special, 0, 0);
            return Libc.LastErrno;
        }

        int mode = BinaryPrimitives.ReadUInt16LittleEndian(raw[28..]);
        var kind = (mode >> 12) switch
        {
            4 => FileKind.Directory,
            8 => FileKind.File,
            10 => FileKind.SymbolicLink,
            _ => FileKind.Special,
        };
        status = new FileStatus(kind, BinaryPrimitives.ReadInt64LittleEndian(raw[40..]), mode & 0xFFF);
        return Errno.None;
    }

    public static Errno CreateDirectory(string path) => Call(path, static p => Libc.MakeDirectory(p, CreatedDirectoryMode));

    public static Errno RemoveDirectory(string path) => Call(path, Libc.RemoveDirectory);

    public static Errno RemoveFile(string path) => Call(path, Libc.Unlink);

    /// <summary>Refuses what would silently mean another file: a relative path, or one cut at a zero byte.</summary>
    public static void CheckPath([NotNull] string? path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path[0] != '/' || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{path}' is not an absolute path of a target", nameof(path));
        }
    }

    private static Errno Call(string path, Func<string, int> call)
    {
        CheckPath(path);
        return call(path) < 0 ? Libc.LastErrno : Errno.None;
    }

    private static byte[] Grow(byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    // struct linux_dirent64: u64 inode, s64 offset, u16 record length, u8 type, name with a zero behind it.
    private static void AddEntries(string path, ReadOnlySpan<byte> records, List<DirectoryEntry> entries)
    {
        while (records.Length > 19)
        {
            var size = BinaryPrimitives.ReadUInt16LittleEndian(records[16..]);
            var name = records[19..size];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                var text = Encoding.UTF8.GetString(name);
                entries.Add(new DirectoryEntry(text, KindOf(records[18], path, text)));
            }

            records = records[size..];
        }
    }

    private static FileKind KindOf(byte type, string directory, string name) => type switch
    {
        4 => FileKind.Directory,
        8 => FileKind.File,
        10 => FileKind.SymbolicLink,
        0 when Stat(directory.TrimEnd('/') + "/" + name, follow: false, out var status) == Errno.None => status.Kind,
        _ => FileKind.Special,
    };
}
