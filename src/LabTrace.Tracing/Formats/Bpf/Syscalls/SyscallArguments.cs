using System.Globalization;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>Prints arguments as strace does, where a number is enough to tell; addresses stay addresses.</summary>
/// <remarks>Constants: include/uapi of Linux 6.18 (asm-generic/fcntl.h, mman-common.h, stat.h, sched.h, futex.h, socket.h…), x86-64.</remarks>
internal static class SyscallArguments
{
    private const int MaxSignal = 31;

    private static readonly (long Bit, string Name)[] OpenFlags =
    [
        (0x410000, "O_TMPFILE"), (0x101000, "O_SYNC"), (0x40, "O_CREAT"), (0x80, "O_EXCL"), (0x100, "O_NOCTTY"), (0x200, "O_TRUNC"), (0x400, "O_APPEND"),
        (0x800, "O_NONBLOCK"), (0x1000, "O_DSYNC"), (0x2000, "FASYNC"), (0x4000, "O_DIRECT"), (0x8000, "O_LARGEFILE"), (0x10000, "O_DIRECTORY"),
        (0x20000, "O_NOFOLLOW"), (0x40000, "O_NOATIME"), (0x80000, "O_CLOEXEC"), (0x200000, "O_PATH"),
    ];

    private static readonly (long Bit, string Name)[] Protections =
        [(1, "PROT_READ"), (2, "PROT_WRITE"), (4, "PROT_EXEC"), (8, "PROT_SEM"), (0x01000000, "PROT_GROWSDOWN"), (0x02000000, "PROT_GROWSUP")];

    private static readonly (long Bit, string Name)[] MapFlags =
    [
        (0x10, "MAP_FIXED"), (0x20, "MAP_ANONYMOUS"), (0x40, "MAP_32BIT"), (0x100, "MAP_GROWSDOWN"), (0x800, "MAP_DENYWRITE"), (0x1000, "MAP_EXECUTABLE"),
        (0x2000, "MAP_LOCKED"), (0x4000, "MAP_NORESERVE"), (0x8000, "MAP_POPULATE"), (0x10000, "MAP_NONBLOCK"), (0x20000, "MAP_STACK"),
        (0x40000, "MAP_HUGETLB"), (0x80000, "MAP_SYNC"), (0x100000, "MAP_FIXED_NOREPLACE"),
    ];

    private static readonly (long Bit, string Name)[] AtFlags =
    [
        (0x100, "AT_SYMLINK_NOFOLLOW"), (0x200, "AT_REMOVEDIR"), (0x400, "AT_SYMLINK_FOLLOW"), (0x800, "AT_NO_AUTOMOUNT"), (0x1000, "AT_EMPTY_PATH"),
        (0x2000, "AT_STATX_FORCE_SYNC"), (0x4000, "AT_STATX_DONT_SYNC"), (0x8000, "AT_RECURSIVE"),
    ];

    private static readonly (long Bit, string Name)[] CloneFlags =
    [
        (0x100, "CLONE_VM"), (0x200, "CLONE_FS"), (0x400, "CLONE_FILES"), (0x800, "CLONE_SIGHAND"), (0x1000, "CLONE_PIDFD"), (0x2000, "CLONE_PTRACE"),
        (0x4000, "CLONE_VFORK"), (0x8000, "CLONE_PARENT"), (0x10000, "CLONE_THREAD"), (0x20000, "CLONE_NEWNS"), (0x40000, "CLONE_SYSVSEM"),
        (0x80000, "CLONE_SETTLS"), (0x100000, "CLONE_PARENT_SETTID"), (0x200000, "CLONE_CHILD_CLEARTID"), (0x400000, "CLONE_DETACHED"),
        (0x800000, "CLONE_UNTRACED"), (0x1000000, "CLONE_CHILD_SETTID"), (0x2000000, "CLONE_NEWCGROUP"), (0x4000000, "CLONE_NEWUTS"),
        (0x8000000, "CLONE_NEWIPC"), (0x10000000, "CLONE_NEWUSER"), (0x20000000, "CLONE_NEWPID"), (0x40000000, "CLONE_NEWNET"), (0x80000000, "CLONE_IO"),
    ];

    private static readonly string[] Signals =
    [
        "0", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE",
        "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM",
        "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    private static readonly Dictionary<char, string[]> Enumerations = new()
    {
        ['w'] = ["SEEK_SET", "SEEK_CUR", "SEEK_END", "SEEK_DATA", "SEEK_HOLE"],
        ['h'] = ["SIG_BLOCK", "SIG_UNBLOCK", "SIG_SETMASK"],
        ['e'] = ["", "EPOLL_CTL_ADD", "EPOLL_CTL_DEL", "EPOLL_CTL_MOD"],
        ['v'] = ["MADV_NORMAL", "MADV_RANDOM", "MADV_SEQUENTIAL", "MADV_WILLNEED", "MADV_DONTNEED", "", "", "", "MADV_FREE", "MADV_REMOVE"],
        ['c'] =
        [
            "CLOCK_REALTIME", "CLOCK_MONOTONIC", "CLOCK_PROCESS_CPUTIME_ID", "CLOCK_THREAD_CPUTIME_ID", "CLOCK_MONOTONIC_RAW", "CLOCK_REALTIME_COARSE",
            "CLOCK_MONOTONIC_COARSE", "CLOCK_BOOTTIME", "CLOCK_REALTIME_ALARM", "CLOCK_BOOTTIME_ALARM", "", "CLOCK_TAI",
        ],
        ['r'] =
        [
            "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_DATA", "RLIMIT_STACK", "RLIMIT_CORE", "RLIMIT_RSS", "RLIMIT_NPROC", "RLIMIT_NOFILE", "RLIMIT_MEMLOCK",
            "RLIMIT_AS", "RLIMIT_LOCKS", "RLIMIT_SIGPENDING", "RLIMIT_MSGQUEUE", "RLIMIT_NICE", "RLIMIT_RTPRIO", "RLIMIT_RTTIME",
        ],
        ['f'] =
        [
            "F_DUPFD", "F_GETFD", "F_SETFD", "F_GETFL", "F_SETFL", "F_GETLK", "F_SETLK", "F_SETLKW", "F_SETOWN", "F_GETOWN", "F_SETSIG", "F_GETSIG",
        ],
        ['A'] = ["AF_UNSPEC", "AF_UNIX", "AF_INET", "", "", "", "", "", "", "", "AF_INET6", "", "", "", "", "", "AF_NETLINK", "AF_PACKET"],
        ['F'] =
        [
            "FUTEX_WAIT", "FUTEX_WAKE", "FUTEX_FD", "FUTEX_REQUEUE", "FUTEX_CMP_REQUEUE", "FUTEX_WAKE_OP", "FUTEX_LOCK_PI", "FUTEX_UNLOCK_PI",
            "FUTEX_TRYLOCK_PI", "FUTEX_WAIT_BITSET", "FUTEX_WAKE_BITSET",
        ],
        ['T'] = ["", "SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW", "SOCK_RDM", "SOCK_SEQPACKET"],
        ['y'] = [],
    };

    private static readonly Dictionary<long, string> ArchPrctl = new() { [0x1001] = "ARCH_SET_GS", [0x1002] = "ARCH_SET_FS", [0x1003] = "ARCH_GET_FS", [0x1004] = "ARCH_GET_GS" };

    private static readonly Dictionary<long, string> MoreFcntl = new()
    {
        [1030] = "F_DUPFD_CLOEXEC",
        [1031] = "F_SETPIPE_SZ",
        [1032] = "F_GETPIPE_SZ",
        [1033] = "F_ADD_SEALS",
        [1034] = "F_GET_SEALS",
        [36] = "F_OFD_GETLK",
        [37] = "F_OFD_SETLK",
        [38] = "F_OFD_SETLKW",
    };

    /// <summary>Appends one argument.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="kind">
    /// d descriptor, D descriptor of a directory, s text, p address, i signed number, u unsigned number, x bits in hexadecimal, z size, o open flags,
    /// m file mode, P protection, M mapping flags, a access mode, w whence, C clone flags, S signal, k ioctl, f fcntl command, t AT flags, F futex operation,
    /// c clock, A address family, T socket type, r resource, h how to change a mask, e epoll operation, v advice, n and y option numbers.
    /// </param>
    /// <param name="value">The register.</param>
    public static void Append(StringBuilder text, char kind, ulong value)
    {
        switch (kind)
        {
            case 'd' or 'i':
                _ = text.Append(kind == 'd' ? (int)value : IsInt(value) ? (int)value : (long)value);
                break;
            case 'D':
                _ = (int)value == -100 ? text.Append("AT_FDCWD") : text.Append((int)value);
                break;
            case 'u' or 'z' or 'n':
                _ = text.Append(kind == 'z' ? value : (uint)value);
                break;
            case 'p' when value == 0:
                _ = text.Append("NULL");
                break;
            case 'm':
                _ = text.Append(value == 0 ? "000" : "0" + Convert.ToString((long)(value & 0xffff), 8));
                break;
            case 'o':
                Open(text, (long)(value & 0xffffffff));
                break;
            case 'P':
                Bits(text, value == 0 ? "PROT_NONE" : "", (long)value, Protections);
                break;
            case 'M':
                Bits(text, (value & 3) switch { 1 => "MAP_SHARED", 2 => "MAP_PRIVATE", 3 => "MAP_SHARED_VALIDATE", _ => "MAP_FILE" }, (long)(value & ~3UL), MapFlags);
                break;
            case 'a':
                Bits(text, value == 0 ? "F_OK" : "", (long)value, [(4, "R_OK"), (2, "W_OK"), (1, "X_OK")]);
                break;
            case 't':
                Bits(text, value == 0 ? "0" : "", (long)(uint)value, AtFlags);
                break;
            case 'C':
                Clone(text, (long)value);
                break;
            case 'S':
                _ = (int)value is >= 0 and <= MaxSignal ? text.Append(Signals[(int)value]) : (int)value is >= 32 and <= 64
                    ? text.Append("SIGRT_").Append((int)value - 32) : text.Append((int)value);
                break;
            case 'k':
                _ = IoctlNames.Of((uint)value) is { Count: > 0 } ioctls ? text.AppendJoin(" or ", ioctls) : Hex(text, (uint)value);
                break;
            case 'F':
                Futex(text, (int)value);
                break;
            case 'T':
                SocketType(text, (int)value);
                break;
            case 'y':
                _ = ArchPrctl.TryGetValue((long)value, out var code) ? text.Append(code) : Hex(text, value);
                break;
            case 'f' when MoreFcntl.TryGetValue((long)value, out var command):
                _ = text.Append(command);
                break;
            case var _ when Enumerations.TryGetValue(kind, out var names):
                _ = value < (ulong)names.Length && names[value].Length > 0 ? text.Append(names[value]) : text.Append(IsInt(value) ? (int)value : (long)value);
                break;
            case 'x' when value == 0:
                _ = text.Append('0');
                break;
            default:
                _ = Hex(text, value);
                break;
        }
    }

    /// <summary>A text as strace quotes it: the escapes of C, octal for other bytes, and … where it was cut.</summary>
    public static void AppendText(StringBuilder text, ReadOnlySpan<byte> bytes, bool isCut)
    {
        _ = text.Append('"');
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = bytes[i];
            var isDigitNext = i + 1 < bytes.Length && bytes[i + 1] is >= (byte)'0' and <= (byte)'9';
            _ = b switch
            {
                (byte)'"' => text.Append("\\\""),
                (byte)'\\' => text.Append("\\\\"),
                (byte)'\n' => text.Append("\\n"),
                (byte)'\r' => text.Append("\\r"),
                (byte)'\t' => text.Append("\\t"),
                (byte)'\v' => text.Append("\\v"),
                (byte)'\f' => text.Append("\\f"),
                >= 0x20 and < 0x7f => text.Append((char)b),
                _ => text.Append('\\').Append(Convert.ToString(b, 8).PadLeft(isDigitNext ? 3 : 1, '0')),
            };
        }

        _ = text.Append(isCut ? "\"..." : "\"");
    }

    private static bool IsInt(ulong value) => (long)value is >= int.MinValue and <= uint.MaxValue;

    private static StringBuilder Hex(StringBuilder text, ulong value) => text.Append("0x").Append(value.ToString("x", CultureInfo.InvariantCulture));

    private static void Open(StringBuilder text, long value)
    {
        var access = (value & 3) switch { 0 => "O_RDONLY", 1 => "O_WRONLY", 2 => "O_RDWR", _ => "O_ACCMODE" };
        Bits(text, access, value & ~3L, OpenFlags);
    }

    private static void Clone(StringBuilder text, long value)
    {
        Bits(text, "", value & 0xffffff00, CloneFlags);
        if ((value & 0xff) is var signal and > 0)
        {
            _ = text.Append((value & 0xffffff00) != 0 ? "|" : "");
            Append(text, 'S', (ulong)signal);
        }
        else if (value == 0)
        {
            _ = text.Append('0');
        }
    }

    private static void Futex(StringBuilder text, int value)
    {
        var names = Enumerations['F'];
        var operation = value & 0x7f;
        _ = operation < names.Length ? text.Append(names[operation]) : text.Append(operation);
        _ = text.Append((value & 0x80) != 0 ? "_PRIVATE" : "").Append((value & 0x100) != 0 ? "|FUTEX_CLOCK_REALTIME" : "");
    }

    private static void SocketType(StringBuilder text, int value)
    {
        var names = Enumerations['T'];
        var type = value & 0xf;
        _ = type < names.Length && names[type].Length > 0 ? text.Append(names[type]) : text.Append(type);
        _ = text.Append((value & 0x80000) != 0 ? "|SOCK_CLOEXEC" : "").Append((value & 0x800) != 0 ? "|SOCK_NONBLOCK" : "");
    }

    private static void Bits(StringBuilder text, string first, long value, (long Bit, string Name)[] bits)
    {
        var separator = "";
        if (first.Length > 0)
        {
            _ = text.Append(first);
            separator = "|";
        }

        foreach (var (bit, name) in bits)
        {
            if ((value & bit) == bit)
            {
                _ = text.Append(separator).Append(name);
                (separator, value) = ("|", value & ~bit);
            }
        }

        if (value != 0)
        {
            _ = text.Append(separator).Append("0x").Append(value.ToString("x", CultureInfo.InvariantCulture));
        }
    }
}
