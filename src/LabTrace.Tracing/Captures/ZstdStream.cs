using System.Runtime.InteropServices;

namespace LabTrace.Tracing;

/// <summary>Decompresses a stream of zstd frames.</summary>
internal sealed class ZstdStream(Stream packed, string name) : ForwardStream
{
    private readonly ZstdContext _context = new(name);

    // Pinned, so that the library's structures can point at them without unsafe code.
    private readonly byte[] _input = GC.AllocateUninitializedArray<byte>(1 << 17, pinned: true);
    private readonly byte[] _output = GC.AllocateUninitializedArray<byte>(1 << 17, pinned: true);
    private int _inputAt;
    private int _inputEnd;
    private int _outputAt;
    private int _outputEnd;
    private bool _isInsideFrame;

    /// <exception cref="InvalidDataException">The bytes are no zstd, or end inside a frame.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (_outputAt == _outputEnd)
        {
            if (_inputAt == _inputEnd)
            {
                (_inputAt, _inputEnd) = (0, packed.Read(_input));
                if (_inputEnd == 0 && !_isInsideFrame)
                {
                    return 0;
                }
            }

            // The library may hold more output than fitted, also when it has all input.
            var isOver = _inputEnd == 0;

            var input = new Zstd.Buffer { Start = Marshal.UnsafeAddrOfPinnedArrayElement(_input, 0), Size = (nuint)_inputEnd, Position = (nuint)_inputAt };
            var output = new Zstd.Buffer { Start = Marshal.UnsafeAddrOfPinnedArrayElement(_output, 0), Size = (nuint)_output.Length };
            var code = Zstd.DecompressStream(_context.Pointer, ref output, ref input);
            if (Zstd.IsError(code) != 0)
            {
                throw new InvalidDataException("the data make no sense");
            }

            _isInsideFrame = code != 0;
            _inputAt = (int)input.Position;
            (_outputAt, _outputEnd) = (0, (int)output.Position);
            if (isOver && _outputEnd == 0 && _isInsideFrame)
            {
                throw new InvalidDataException("it ends inside a frame");
            }
        }

        var count = Math.Min(buffer.Length, _outputEnd - _outputAt);
        _output.AsSpan(_outputAt, count).CopyTo(buffer);
        _outputAt += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _context.Dispose();
            packed.Dispose();
        }

        base.Dispose(disposing);
    }
}
