namespace LabTrace.Devices.Shell;

/// <summary>Finds the errno behind what a utility complains of in the C locale.</summary>
internal static class ShellErrno
{
    // What musl's strerror(3), dash and busybox say in other words than glibc's strerror.
    private static readonly Dictionary<string, Errno> OtherWords = new(StringComparer.Ordinal)
    {
        ["No error information"] = Errno.EIO,
        ["I/O error"] = Errno.EIO,
        ["Out of memory"] = Errno.ENOMEM,
        ["Resource busy"] = Errno.EBUSY,
        ["Cross-device link"] = Errno.EXDEV,
        ["No child process"] = Errno.ECHILD,
        ["No file descriptors available"] = Errno.EMFILE,
        ["Not a tty"] = Errno.ENOTTY,
        ["Invalid seek"] = Errno.ESPIPE,
        ["Domain error"] = Errno.EDOM,
        ["Result not representable"] = Errno.ERANGE,
        ["Resource deadlock would occur"] = Errno.EDEADLK,
        ["Filename too long"] = Errno.ENAMETOOLONG,
        ["Symbolic link loop"] = Errno.ELOOP,
        ["No message of desired type"] = Errno.ENOMSG,
        ["Device timeout"] = Errno.ETIME,
        ["Value too large for data type"] = Errno.EOVERFLOW,
        ["Value too large for defined data type"] = Errno.EOVERFLOW,
        ["Illegal byte sequence"] = Errno.EILSEQ,
        ["Not supported"] = Errno.EOPNOTSUPP,
        ["Operation timed out"] = Errno.ETIMEDOUT,
        ["Host is unreachable"] = Errno.EHOSTUNREACH,
        ["Operation in progress"] = Errno.EINPROGRESS,
        ["No such file"] = Errno.ENOENT,
        ["Directory nonexistent"] = Errno.ENOENT,
        ["nonexistent directory"] = Errno.ENOENT,
        ["is a directory"] = Errno.EISDIR,
        ["Text file busy"] = Errno.ETXTBSY,
    };

    private static readonly Dictionary<string, Errno> Words = Build();

    /// <summary>The errno of the first line that ends in a text of one.</summary>
    /// <param name="complaint">Standard error of a utility or a shell.</param>
    /// <returns>The errno, or null when no line says one.</returns>
    public static Errno? Find(string complaint)
    {
        foreach (var line in complaint.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var text = line[(line.LastIndexOf(": ", StringComparison.Ordinal) is >= 0 and var colon ? colon + 2 : 0)..];
            if (Words.TryGetValue(text, out var errno))
            {
                return errno;
            }
        }

        return null;
    }

    private static Dictionary<string, Errno> Build()
    {
        var words = new Dictionary<string, Errno>(OtherWords, StringComparer.Ordinal);
        foreach (var errno in Enum.GetValues<Errno>().Where(e => e != Errno.None))
        {
            _ = words.TryAdd(errno.Text(), errno);
        }

        return words;
    }
}
