using LabTrace.Emulation.Elf;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.Kernel;

namespace LabTrace.Emulation.Programs;

/// <summary>A program of the emulated machine: its file and what it does.</summary>
/// <param name="Name">The file's name in <c>/usr/bin</c>.</param>
/// <param name="Main">What it does; it ends with <see cref="ProcessContext.ExitCode"/>.</param>
internal sealed record EmulatedProgram(string Name, Func<ProcessContext, IEnumerable<Act>> Main)
{
    /// <summary>The functions of its own that can be probed.</summary>
    public static readonly string[] Functions = ["_start", "main", "usage", "parse_options", "finish"];

    /// <summary>Its file's content.</summary>
    public ElfImage Image { get; } = new(Name == BpfWorkload.Name ? [.. Functions, .. BpfWorkload.Functions] : Functions, isLibrary: false);

    /// <summary>The node in the tree, set when the tree is built.</summary>
    public OrdinaryFile MakeFile() => new(0x1ED, () => Image.Bytes);
}

/// <summary>The C library of the emulated machine.</summary>
internal static class EmulatedLibc
{
    /// <summary>Where it stands.</summary>
    public const string Path = "/usr/lib/x86_64-linux-gnu/libc.so.6";

    /// <summary>Its functions.</summary>
    public static readonly ElfImage Image = new(
        [
            "__libc_start_main", "malloc", "free", "calloc", "realloc", "printf", "puts", "fputs", "fwrite", "fflush", "fclose", "open", "openat",
            "read", "write", "close", "exit", "_exit", "getenv", "setlocale", "bindtextdomain", "textdomain", "strtod", "strtol", "strcmp",
            "strlen", "memcpy", "nanosleep", "clock_nanosleep", "clock_gettime", "time", "usleep", "sleep", "fork", "vfork", "execve", "execvp",
            "waitpid", "kill", "signal", "sigaction", "getpid", "getuid", "sched_getaffinity", "sched_setaffinity", "sched_yield", "isatty",
            "fstat", "stat", "opendir", "readdir", "closedir", "uname", "utimensat", "abort", "atexit",
        ],
        isLibrary: true);
}
