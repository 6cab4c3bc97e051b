using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LabTrace.Devices;

/// <summary>The calls of the C library behind <see cref="LocalTarget"/>, where the BCL would lose the errno or add a call of its own.</summary>
/// <remarks>The flag values are those of x86_64, arm64 and riscv64 (asm-generic/fcntl.h).</remarks>
internal static partial class Libc
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Truncate = 0x200;
    public const int Append = 0x400;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    /// <summary>F_OK, X_OK of access(2).</summary>
    public const int Exists = 0;
    public const int Executable = 1;

    public const int LockExclusive = 2;
    public const int LockNonBlocking = 4;

    /// <summary>AF_UNIX.</summary>
    public const int UnixFamily = 1;

    /// <summary>SOCK_STREAM.</summary>
    public const int StreamSocket = 1;

    /// <summary>F_SETFD of fcntl(2).</summary>
    public const int SetDescriptorFlags = 2;

    /// <summary>AT_FDCWD of statx(2).</summary>
    public const int CurrentDirectory = -100;

    /// <summary>AT_SYMLINK_NOFOLLOW of statx(2).</summary>
    public const int NoFollow = 0x100;

    /// <summary>STATX_BASIC_STATS.</summary>
    public const uint BasicStats = 0x7ff;

    /// <summary>_SC_NPROCESSORS_ONLN of sysconf(3) in glibc and musl.</summary>
    public const int ProcessorsOnline = 84;

    /// <summary>The errno of the call just made on this thread.</summary>
    public static Errno LastErrno => (Errno)Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int fd, Span<byte> buffer, nint count);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle fd, Span<byte> buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int fd, ReadOnlySpan<byte> buffer, nint count);

    [LibraryImport("libc", EntryPoint = "getdents64", SetLastError = true)]
    public static partial nint ReadDirectory(int fd, Span<byte> buffer, nint count);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeDirectory(string path, int mode);

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RemoveDirectory(string path);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ReadLink(string path, Span<byte> buffer, nint size);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(SafeFileHandle fd, int operation);

    [LibraryImport("libc", EntryPoint = "uname", SetLastError = true)]
    public static partial int Uname(Span<byte> names);

    [LibraryImport("libc", EntryPoint = "sysconf", SetLastError = true)]
    public static partial nint SystemConfiguration(int name);

    /// <summary>clock_settime(2) of CLOCK_REALTIME (0).</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="time">A struct timespec: seconds, nanoseconds.</param>
    [LibraryImport("libc", EntryPoint = "clock_settime", SetLastError = true)]
    public static partial int SetTime(int clock, ReadOnlySpan<long> time);

    /// <summary>socketpair(2).</summary>
    /// <param name="family"><see cref="UnixFamily"/>.</param>
    /// <param name="type"><see cref="StreamSocket"/>, with <see cref="CloseOnExec"/>.</param>
    /// <param name="protocol">0.</param>
    /// <param name="ends">Takes both descriptors.</param>
    [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    public static partial int SocketPair(int family, int type, int protocol, Span<int> ends);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int FileControl(int fd, int command, int argument);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();
}
