namespace LabTrace.Devices;

/// <summary>Refusals of a Linux kernel, with the numbers of include/uapi/asm-generic/errno-base.h and errno.h.</summary>
public enum Errno
{
    /// <summary>No refusal.</summary>
    None = 0,

    /// <summary>Operation not permitted.</summary>
    EPERM = 1,

    /// <summary>No such file or directory.</summary>
    ENOENT = 2,

    /// <summary>No such process.</summary>
    ESRCH = 3,

    /// <summary>Interrupted system call.</summary>
    EINTR = 4,

    /// <summary>Input/output error.</summary>
    EIO = 5,

    /// <summary>No such device or address.</summary>
    ENXIO = 6,

    /// <summary>Argument list too long.</summary>
    E2BIG = 7,

    /// <summary>Exec format error.</summary>
    ENOEXEC = 8,

    /// <summary>Bad file descriptor.</summary>
    EBADF = 9,

    /// <summary>No child processes.</summary>
    ECHILD = 10,

    /// <summary>Resource temporarily unavailable.</summary>
    EAGAIN = 11,

    /// <summary>Cannot allocate memory.</summary>
    ENOMEM = 12,

    /// <summary>Permission denied.</summary>
    EACCES = 13,

    /// <summary>Bad address.</summary>
    EFAULT = 14,

    /// <summary>Block device required.</summary>
    ENOTBLK = 15,

    /// <summary>Device or resource busy.</summary>
    EBUSY = 16,

    /// <summary>File exists.</summary>
    EEXIST = 17,

    /// <summary>Invalid cross-device link.</summary>
    EXDEV = 18,

    /// <summary>No such device.</summary>
    ENODEV = 19,

    /// <summary>Not a directory.</summary>
    ENOTDIR = 20,

    /// <summary>Is a directory.</summary>
    EISDIR = 21,

    /// <summary>Invalid argument.</summary>
    EINVAL = 22,

    /// <summary>Too many open files in system.</summary>
    ENFILE = 23,

    /// <summary>Too many open files.</summary>
    EMFILE = 24,

    /// <summary>Inappropriate ioctl for device.</summary>
    ENOTTY = 25,

    /// <summary>Text file busy.</summary>
    ETXTBSY = 26,

    /// <summary>File too large.</summary>
    EFBIG = 27,

    /// <summary>No space left on device.</summary>
    ENOSPC = 28,

    /// <summary>Illegal seek.</summary>
    ESPIPE = 29,

    /// <summary>Read-only file system.</summary>
    EROFS = 30,

    /// <summary>Too many links.</summary>
    EMLINK = 31,

    /// <summary>Broken pipe.</summary>
    EPIPE = 32,

    /// <summary>Numerical argument out of domain.</summary>
    EDOM = 33,

    /// <summary>Numerical result out of range.</summary>
    ERANGE = 34,

    /// <summary>Resource deadlock avoided.</summary>
    EDEADLK = 35,

    /// <summary>File name too long.</summary>
    ENAMETOOLONG = 36,

    /// <summary>No locks available.</summary>
    ENOLCK = 37,

    /// <summary>Function not implemented.</summary>
    ENOSYS = 38,

    /// <summary>Directory not empty.</summary>
    ENOTEMPTY = 39,

    /// <summary>Too many levels of symbolic links.</summary>
    ELOOP = 40,

    /// <summary>No message of desired type.</summary>
    ENOMSG = 42,

    /// <summary>No data available.</summary>
    ENODATA = 61,

    /// <summary>Timer expired.</summary>
    ETIME = 62,

    /// <summary>Protocol error.</summary>
    EPROTO = 71,

    /// <summary>Bad message.</summary>
    EBADMSG = 74,

    /// <summary>Value too large for defined data type.</summary>
    EOVERFLOW = 75,

    /// <summary>Invalid or incomplete multibyte or wide character.</summary>
    EILSEQ = 84,

    /// <summary>Operation not supported.</summary>
    EOPNOTSUPP = 95,

    /// <summary>Connection timed out.</summary>
    ETIMEDOUT = 110,

    /// <summary>Connection refused.</summary>
    ECONNREFUSED = 111,

    /// <summary>No route to host.</summary>
    EHOSTUNREACH = 113,

    /// <summary>Operation already in progress.</summary>
    EALREADY = 114,

    /// <summary>Operation now in progress.</summary>
    EINPROGRESS = 115,

    /// <summary>Stale file handle.</summary>
    ESTALE = 116,

    /// <summary>Remote I/O error.</summary>
    EREMOTEIO = 121,

    /// <summary>Operation canceled.</summary>
    ECANCELED = 125,
}

/// <summary>Names and texts of refusals.</summary>
public static class ErrnoNames
{
    extension(Errno errno)
    {
        /// <summary>The symbol, for example <c>EINVAL</c>, or <c>errno 133</c> for a number not in the table.</summary>
        public string Name() => Enum.IsDefined(errno) ? errno.ToString() : $"errno {(int)errno}";

        /// <summary>The text of strerror(3), or <c>unknown error</c>.</summary>
        public string Text() => errno switch
        {
            Errno.None => "Success",
            Errno.EPERM => "Operation not permitted",
            Errno.ENOENT => "No such file or directory",
            Errno.ESRCH => "No such process",
            Errno.EINTR => "Interrupted system call",
            Errno.EIO => "Input/output error",
            Errno.ENXIO => "No such device or address",
            Errno.E2BIG => "Argument list too long",
            Errno.ENOEXEC => "Exec format error",
            Errno.EBADF => "Bad file descriptor",
            Errno.ECHILD => "No child processes",
            Errno.EAGAIN => "Resource temporarily unavailable",
            Errno.ENOMEM => "Cannot allocate memory",
            Errno.EACCES => "Permission denied",
            Errno.EFAULT => "Bad address",
            Errno.ENOTBLK => "Block device required",
            Errno.EBUSY => "Device or resource busy",
            Errno.EEXIST => "File exists",
            Errno.EXDEV => "Invalid cross-device link",
            Errno.ENODEV => "No such device",
            Errno.ENOTDIR => "Not a directory",
            Errno.EISDIR => "Is a directory",
            Errno.EINVAL => "Invalid argument",
            Errno.ENFILE => "Too many open files in system",
            Errno.EMFILE => "Too many open files",
            Errno.ENOTTY => "Inappropriate ioctl for device",
            Errno.ETXTBSY => "Text file busy",
            Errno.EFBIG => "File too large",
            Errno.ENOSPC => "No space left on device",
            Errno.ESPIPE => "Illegal seek",
            Errno.EROFS => "Read-only file system",
            Errno.EMLINK => "Too many links",
            Errno.EPIPE => "Broken pipe",
            Errno.EDOM => "Numerical argument out of domain",
            Errno.ERANGE => "Numerical result out of range",
            Errno.EDEADLK => "Resource deadlock avoided",
            Errno.ENAMETOOLONG => "File name too long",
            Errno.ENOLCK => "No locks available",
            Errno.ENOSYS => "Function not implemented",
            Errno.ENOTEMPTY => "Directory not empty",
            Errno.ELOOP => "Too many levels of symbolic links",
            Errno.ENOMSG => "No message of desired type",
            Errno.ENODATA => "No data available",
            Errno.ETIME => "Timer expired",
            Errno.EPROTO => "Protocol error",
            Errno.EBADMSG => "Bad message",
            Errno.EOVERFLOW => "Value too large for defined data type",
            Errno.EILSEQ => "Invalid or incomplete multibyte or wide character",
            Errno.EOPNOTSUPP => "Operation not supported",
            Errno.ETIMEDOUT => "Connection timed out",
            Errno.ECONNREFUSED => "Connection refused",
            Errno.EHOSTUNREACH => "No route to host",
            Errno.EALREADY => "Operation already in progress",
            Errno.EINPROGRESS => "Operation now in progress",
            Errno.ESTALE => "Stale file handle",
            Errno.EREMOTEIO => "Remote I/O error",
            Errno.ECANCELED => "Operation canceled",
            _ => "unknown error",
        };
    }
}
