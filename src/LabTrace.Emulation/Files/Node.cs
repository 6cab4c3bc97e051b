using LabTrace.Devices;

namespace LabTrace.Emulation.Files;

/// <summary>Anything that stands in the emulated file tree.</summary>
internal abstract class Node(int mode)
{
    /// <summary>Permission bits.</summary>
    public int Mode { get; set; } = mode;

    public abstract FileKind Kind { get; }

    public virtual long Size => 0;
}

/// <summary>A symbolic link.</summary>
internal sealed class LinkNode(string target) : Node(0x1FF)
{
    public string Target { get; } = target;

    public override FileKind Kind => FileKind.SymbolicLink;
}

/// <summary>How a file is opened, the open(2) flags that matter to an attribute.</summary>
[Flags]
internal enum OpenFlags
{
    Read = 0,
    Write = 1,
    Truncate = 2,
    Append = 4,
}

/// <summary>A file that can be opened. One open is one <see cref="OpenFile"/>.</summary>
internal abstract class FileNode(int mode) : Node(mode)
{
    public override FileKind Kind => FileKind.File;

    /// <summary>Opens the file, with the effects that open(2) has on it.</summary>
    /// <exception cref="Refusal">The open is refused.</exception>
    public abstract OpenFile Open(OpenFlags flags);
}

/// <summary>An open file: its position, and what read(2) and write(2) do to it.</summary>
internal abstract class OpenFile : IDisposable
{
    /// <summary>Whether poll(2) says that there is something to read, end of file included. A reader of a pipe waits until it does.</summary>
    public virtual bool IsReadable => true;

    /// <summary>
    /// Whether read(2) itself waits until <see cref="IsReadable"/>, as of a pipe. Of a file that does not wait, such as a relay
    /// buffer, a read answers 0 when nothing is there yet, and only poll(2) waits.
    /// </summary>
    public virtual bool IsReadWaiting => true;

    /// <summary>One read(2); 0 at end of file, also when nothing is there yet.</summary>
    public virtual int Read(Span<byte> buffer)
    {
        Refusal.Throw(Errno.EINVAL);
        return 0;
    }

    /// <summary>One write(2); returns the bytes taken.</summary>
    public virtual int Write(ReadOnlySpan<byte> content)
    {
        Refusal.Throw(Errno.EINVAL);
        return 0;
    }

    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    protected virtual void Close()
    {
    }
}
