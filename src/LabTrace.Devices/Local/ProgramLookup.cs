using System.Diagnostics.CodeAnalysis;

namespace LabTrace.Devices;

/// <summary>Finds a program as execvp(3) would, before anything is started: behind a wrapper its ENOENT would be an exit code.</summary>
internal static class ProgramLookup
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Throws what exec would refuse a command with, for its program and its directory.</summary>
    /// <exception cref="TargetIOException">ENOENT, ENOTDIR or EACCES.</exception>
    public static void Check(string target, Command command)
    {
        CheckWords(command);
        if (command.WorkingDirectory is { } directory)
        {
            CheckDirectory(target, directory);
        }

        if (command.Program.Contains('/', StringComparison.Ordinal))
        {
            var path = Path.Combine(command.WorkingDirectory ?? Environment.CurrentDirectory, command.Program);
            if (Find(path) is { } refusal)
            {
                Throw(target, command.Program, refusal, searched: null);
            }

            return;
        }

        var search = command.Environment.GetValueOrDefault("PATH") ?? Environment.GetEnvironmentVariable("PATH") ?? DefaultPath;
        if (FindInPath(command.Program, search) is { } errno)
        {
            Throw(target, command.Program, errno, search);
        }
    }

    /// <summary>Refuses what no program can be given.</summary>
    /// <exception cref="ArgumentException">No name, or a zero byte in a word.</exception>
    public static void CheckWords(Command command)
    {
        ArgumentException.ThrowIfNullOrEmpty(command.Program);
        if (command.Arguments.Append(command.Program).Any(word => word.Contains('\0', StringComparison.Ordinal)))
        {
            throw new ArgumentException("an argument of a program cannot hold a zero byte", nameof(command));
        }
    }

    /// <summary>The error for a directory that a program cannot be started in.</summary>
    public static TargetIOException DirectoryRefusal(string target, string directory, Errno errno) =>
        new(target, "start a program in", directory, errno, "make the directory first");

    /// <summary>The error for a program that cannot be started.</summary>
    /// <param name="target">The target's name.</param>
    /// <param name="program">The program.</param>
    /// <param name="errno">Why.</param>
    /// <param name="searched">PATH, or null where the program's path was given.</param>
    public static TargetIOException Refusal(string target, string program, Errno errno, string? searched) =>
        new(target, "start", program, errno, (errno, searched) switch
        {
            (Errno.EACCES, _) => "make it executable for your user",
            (_, not null) => $"install it on the target, or give its absolute path; PATH there is {searched}",
            _ => "check the path on the target",
        });

    /// <summary>Says whether a program stands in PATH and may be run.</summary>
    public static bool IsInPath(string program) =>
        FindInPath(program, Environment.GetEnvironmentVariable("PATH") ?? DefaultPath) is null;

    private static Errno? FindInPath(string program, string search)
    {
        var errno = Errno.ENOENT;
        foreach (var directory in search.Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            var path = Path.GetFullPath(Path.Combine(directory, program));
            if (Find(path) is not { } refusal)
            {
                return null;
            }

            // A directory of PATH that may not be searched has nothing in it for this user.
            if (refusal == Errno.EACCES && LocalFiles.Stat(path, follow: true, out _) == Errno.None)
            {
                errno = Errno.EACCES;
            }
        }

        return errno;
    }

    // access(2) lets root execute a directory; exec(2) does not.
    private static Errno? Find(string path)
    {
        path = Path.GetFullPath(path);
        var errno = LocalFiles.Stat(path, follow: true, out var status);
        return errno != Errno.None ? errno
            : status.Kind != FileKind.File ? Errno.EACCES
            : Libc.Access(path, Libc.Executable) == 0 ? null
            : Libc.LastErrno;
    }

    private static void CheckDirectory(string target, string directory)
    {
        var errno = LocalFiles.Stat(directory, follow: true, out var status);
        errno = errno == Errno.None && status.Kind != FileKind.Directory ? Errno.ENOTDIR : errno;
        if (errno != Errno.None)
        {
            throw DirectoryRefusal(target, directory, errno);
        }
    }

    [DoesNotReturn]
    private static void Throw(string target, string program, Errno errno, string? searched) => throw Refusal(target, program, errno, searched);
}
