namespace LabTrace.Emulation.Files;

/// <summary>A file of bytes, as in <c>/tmp</c> or <c>/bin</c>.</summary>
internal sealed class OrdinaryFile(int mode) : FileNode(mode)
{
    private readonly Lazy<byte[]>? _initial;
    private byte[] _content = [];
    private int _length;
    private bool _isChanged;

    public OrdinaryFile(int mode, Func<byte[]> initial)
        : this(mode) => _initial = new Lazy<byte[]>(initial);

    public override long Size => Content.Length;

    public ReadOnlySpan<byte> Content => _isChanged || _initial is null ? _content.AsSpan(0, _length) : _initial.Value;

    public override OpenFile Open(OpenFlags flags)
    {
        if (flags.HasFlag(OpenFlags.Truncate))
        {
            _length = 0;
            _isChanged = true;
        }

        return new Opened(this, flags.HasFlag(OpenFlags.Append));
    }

    private void Put(int at, ReadOnlySpan<byte> bytes)
    {
        if (!_isChanged && _initial is not null)
        {
            _content = _initial.Value.ToArray();
            _length = _content.Length;
        }

        _isChanged = true;
        var end = at + bytes.Length;
        if (end > _content.Length)
        {
            Array.Resize(ref _content, Math.Max(end, _content.Length * 2));
        }

        bytes.CopyTo(_content.AsSpan(at));
        _length = Math.Max(_length, end);
    }

    private sealed class Opened(OrdinaryFile file, bool isAppending) : OpenFile
    {
        private int _at;

        public override int Read(Span<byte> buffer)
        {
            var content = file.Content;
            var count = Math.Clamp(content.Length - _at, 0, buffer.Length);
            content.Slice(Math.Min(_at, content.Length), count).CopyTo(buffer);
            _at += count;
            return count;
        }

        public override int Write(ReadOnlySpan<byte> content)
        {
            _at = isAppending ? file.Content.Length : _at;
            file.Put(_at, content);
            _at += content.Length;
            return content.Length;
        }
    }
}
