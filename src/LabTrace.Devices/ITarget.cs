namespace LabTrace.Devices;

/// <summary>
/// The machine under test, and the only thing in LabTrace that touches the world. Every call may cross a wire: files are the
/// target's, many attributes travel in one round trip, and long captures are streams that the reader paces.
/// </summary>
/// <remarks>
/// sysfs semantics hold everywhere: a write is one write(2) whose refusal keeps its errno, a read opens the file anew and is
/// never cached. All paths are absolute paths of the target.
/// </remarks>
public interface ITarget : IAsyncDisposable
{
    /// <summary>The name by which messages speak of this target: its place's name.</summary>
    string Name { get; }

    /// <summary>How the target is reached.</summary>
    TargetKind Kind { get; }

    /// <summary>The clock that passes at the target: the system's, or an emulated target's virtual time.</summary>
    TimeProvider Time { get; }

    /// <summary>Reads what kernel runs on the target, anew.</summary>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    ValueTask<KernelIdentity> ReadKernelIdentityAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Reads a whole file: one open, reads to end of file. It never waits: of a file whose reader would wait, such as
    /// <c>trace_pipe</c>, it takes what is there now.
    /// </summary>
    /// <exception cref="TargetIOException">The target's kernel refused; carries its errno. EFBIG for a file that never ends.</exception>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    ValueTask<byte[]> ReadAsync(string path, CancellationToken cancellationToken);

    /// <summary>Reads many files in one round trip. A refusal of one file is that file's outcome and stops nothing.</summary>
    /// <returns>One outcome per path, in the order asked.</returns>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    ValueTask<IReadOnlyList<ReadOutcome>> ReadManyAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken);

    /// <summary>Writes with one open and one write(2), as an attribute expects it.</summary>
    /// <exception cref="TargetIOException">The target's kernel refused, or took only a part; carries its errno.</exception>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    ValueTask WriteAsync(string path, ReadOnlyMemory<byte> content, WriteMode mode, CancellationToken cancellationToken);

    /// <summary>Writes many files in order and in one round trip, and stops at the first refusal.</summary>
    /// <returns>One outcome per write tried; shorter than <paramref name="writes"/> when one was refused, which is then the last.</returns>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    ValueTask<IReadOnlyList<WriteOutcome>> WriteManyAsync(IReadOnlyList<FileWrite> writes, CancellationToken cancellationToken);

    /// <summary>Lists a directory, without <c>.</c> and <c>..</c>, in ordinal order of names.</summary>
    /// <exception cref="TargetIOException">ENOENT, ENOTDIR, EACCES…</exception>
    ValueTask<IReadOnlyList<DirectoryEntry>> ListAsync(string path, CancellationToken cancellationToken);

    /// <summary>Says what stands at a path, following symbolic links.</summary>
    /// <returns>The status, or null when nothing is there.</returns>
    /// <exception cref="TargetIOException">EACCES and other refusals but ENOENT and ENOTDIR.</exception>
    ValueTask<FileStatus?> StatAsync(string path, CancellationToken cancellationToken);

    /// <summary>Makes one directory with mkdir(2).</summary>
    /// <exception cref="TargetIOException">EEXIST, ENOENT, EACCES…</exception>
    ValueTask CreateDirectoryAsync(string path, CancellationToken cancellationToken);

    /// <summary>Removes one directory with rmdir(2).</summary>
    /// <exception cref="TargetIOException">ENOENT, EBUSY, ENOTEMPTY…</exception>
    ValueTask RemoveDirectoryAsync(string path, CancellationToken cancellationToken);

    /// <summary>Removes one file with unlink(2).</summary>
    /// <exception cref="TargetIOException">ENOENT, EPERM…</exception>
    ValueTask RemoveFileAsync(string path, CancellationToken cancellationToken);

    /// <summary>
    /// Opens a file to be read as it grows, such as <c>trace_pipe</c>. The reader paces it: nothing is read ahead without
    /// bound. A read waits for data, returns at least one byte, and returns zero at end of file, behind which a regular file may
    /// grow and be read on; a file that makes its reader wait has no end. Cancelling a read leaves the stream usable. Each read
    /// of the stream is one read(2) at most as large as the buffer, so that a file with records (<c>trace_pipe_raw</c>) gives
    /// whole records.
    /// </summary>
    /// <exception cref="TargetIOException">The target's kernel refused; carries its errno.</exception>
    ValueTask<Stream> OpenReadAsync(string path, CancellationToken cancellationToken);

    /// <summary>Starts a program with arguments; no shell takes part. A <see cref="Command.HeldAtStart"/> command waits, its pid known.</summary>
    /// <exception cref="TargetIOException">ENOENT when there is no such program, EACCES when it may not be run.</exception>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    ValueTask<ITargetProcess> StartAsync(Command command, CancellationToken cancellationToken);
}

/// <summary>How a target is reached.</summary>
public enum TargetKind
{
    /// <summary>In memory, deterministic, in virtual time.</summary>
    Emulated,

    /// <summary>The machine LabTrace runs on.</summary>
    Local,

    /// <summary>A bench behind ssh.</summary>
    Ssh,

    /// <summary>A kernel in QEMU.</summary>
    Vm,
}

/// <summary>How a file is opened to be written.</summary>
public enum WriteMode
{
    /// <summary>An existing file, O_WRONLY | O_TRUNC, as a shell's <c>&gt;</c> does on an attribute. tracefs files with a list lose it.</summary>
    Truncate,

    /// <summary>An existing file, O_WRONLY | O_APPEND, as a shell's <c>&gt;&gt;</c>: adds to a list such as <c>uprobe_events</c>.</summary>
    Append,

    /// <summary>An ordinary file, made with mode 0600 when it is not there: O_WRONLY | O_CREAT | O_TRUNC.</summary>
    Create,
}

/// <summary>One file of <see cref="ITarget.WriteManyAsync"/>.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Content">What one write(2) carries.</param>
/// <param name="Mode">How the file is opened.</param>
public sealed record FileWrite(string Path, ReadOnlyMemory<byte> Content, WriteMode Mode = WriteMode.Truncate);

/// <summary>What became of one read.</summary>
/// <param name="Path">The path asked for.</param>
/// <param name="Content">The bytes, or null when the read was refused.</param>
/// <param name="Errno">The refusal, or <see cref="Errno.None"/>.</param>
public sealed record ReadOutcome(string Path, byte[]? Content, Errno Errno);

/// <summary>What became of one write.</summary>
/// <param name="Path">The path written.</param>
/// <param name="Errno">The refusal, or <see cref="Errno.None"/>.</param>
public sealed record WriteOutcome(string Path, Errno Errno);

/// <summary>A name in a directory.</summary>
/// <param name="Name">The last part of its path.</param>
/// <param name="Kind">What it is; a symbolic link is told as such.</param>
public sealed record DirectoryEntry(string Name, FileKind Kind);

/// <summary>What stands at a path.</summary>
/// <param name="Kind">What it is, links followed.</param>
/// <param name="Size">Bytes; 4096 or 0 for attributes, whatever their text.</param>
/// <param name="Mode">Permission bits, 0 to 0xFFF.</param>
public sealed record FileStatus(FileKind Kind, long Size, int Mode);

/// <summary>Kinds of files.</summary>
public enum FileKind
{
    /// <summary>A regular file or an attribute.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    SymbolicLink,

    /// <summary>A device node, pipe or socket.</summary>
    Special,
}
