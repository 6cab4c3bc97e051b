using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.Kernel;

namespace LabTrace.Emulation.Fuse;

/// <summary>A file that somebody has open.</summary>
internal sealed class FuseHandle : IDisposable
{
    private readonly FileNode _node;
    private readonly OpenFlags _flags;
    private readonly byte[] _skipped = new byte[4096];
    private long _at;
    private OpenFile? _file;
    private ICharacterFile? _device;

    public FuseHandle(FileNode node, OpenFlags flags, bool isWritable)
    {
        (_node, _flags, IsWritable) = (node, flags, isWritable);
        _file = node.Open(flags);
        IsStream = node is not (AttributeFile or BinaryAttribute or OrdinaryFile);
        Reader = new FollowingReader(() => _file.IsReadable);
    }

    public bool IsWritable { get; }

    /// <summary>Whether it has no positions: what is read is gone.</summary>
    public bool IsStream { get; }

    /// <summary>Whether read(2) waits when nothing is there.</summary>
    public bool MustWait => IsStream && _file is { IsReadWaiting: true, IsReadable: false };

    public bool IsReadable => _file!.IsReadable;

    public FollowingReader Reader { get; }

    /// <summary>Whether somebody waits in it.</summary>
    public bool HasWaited { get; set; }

    /// <summary>One read(2) at a position, which streams do not have.</summary>
    public int Read(long offset, Span<byte> buffer)
    {
        if (IsStream)
        {
            return _file!.Read(buffer);
        }

        if (_file is IPositionedFile positioned)
        {
            positioned.Position = offset;
            return _file.Read(buffer);
        }

        if (offset != _at)
        {
            // The text is made anew when it is read from the start; anywhere else it is what it was.
            Reopen();
            while (_at < offset && _file!.Read(_skipped.AsSpan(0, (int)Math.Min(_skipped.Length, offset - _at))) is > 0 and var count)
            {
                _at += count;
            }

            if (_at < offset)
            {
                return 0;
            }
        }
        else if (offset == 0)
        {
            Reopen();
        }

        var read = _file!.Read(buffer);
        _at += read;
        return read;
    }

    /// <summary>One write(2) at a position, which attributes of text and streams do not have.</summary>
    public int Write(long offset, ReadOnlySpan<byte> content)
    {
        if (_file is IPositionedFile positioned)
        {
            positioned.Position = offset;
        }

        return _file!.Write(content);
    }

    /// <summary>An ioctl of a device node.</summary>
    /// <returns>How many of the wanted bytes are an answer.</returns>
    public int Control(uint request, Span<byte> argument, int wanted)
    {
        _device ??= _node is CharacterDevice device ? device.OpenDevice(IsWritable) : throw new Refusal(Errno.ENOTTY);
        _device.Control(request, argument);
        return _device.AnswerBytes(wanted);
    }

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
        _device?.Close();
        _device = null;
    }

    private void Reopen()
    {
        if (_at == 0 && !_isUsed)
        {
            _isUsed = true;
            return;
        }

        var again = _node.Open(_flags & ~OpenFlags.Truncate);
        _file!.Dispose();
        (_file, _at, _isUsed) = (again, 0, true);
    }

    private bool _isUsed;
}
