namespace LabTrace.Tracing;

/// <summary>Feeds a parser of text with one piece of a capture after the other.</summary>
internal sealed class TextPieces : IDisposable
{
    private const int PieceBytes = 1 << 18;

    private readonly Stream? _stream;
    private readonly ReadOnlyMemory<byte> _memory;
    private byte[] _buffer = [];
    private byte[] _spare = [];
    private int _filled;
    private bool _isAtEnd;

    private TextPieces(TextParser parser, Stream? stream, ReadOnlyMemory<byte> memory) => (Parser, _stream, _memory) = (parser, stream, memory);

    /// <summary>Where the events are gathered.</summary>
    public TextParser Parser { get; }

    /// <summary>Whether the text stays where it is, so that events need not be copied.</summary>
    public bool StayInMemory => _stream is null;

    /// <summary>How many bytes were consumed: what the events so far were read from.</summary>
    public long Offset { get; private set; }

    /// <summary>Starts at the capture's first byte. What can be read once only is then used up.</summary>
    public static TextPieces Of(Capture capture, TextParser parser) =>
        !capture.IsReadOnce && capture.TryGetMemory(out var bytes) ? new TextPieces(parser, null, bytes) : new TextPieces(parser, capture.OpenStream(), default);

    /// <summary>Parses the next piece; what the sink held before must have been taken. False when there is none.</summary>
    public bool Next()
    {
        if (_isAtEnd)
        {
            return false;
        }

        if (_stream is not null)
        {
            ReadPiece(_stream);
            return true;
        }

        var left = _memory[(int)Offset..];
        var piece = left[..Math.Min(left.Length, PieceBytes + _filled)];
        _isAtEnd = piece.Length == left.Length;
        var consumed = Parser.Parse(piece, Offset, _isAtEnd);
        _filled = piece.Length - consumed;
        Offset += consumed;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _stream?.Dispose();

    private void ReadPiece(Stream stream)
    {
        if (_buffer.Length - _filled < PieceBytes)
        {
            Array.Resize(ref _buffer, Math.Max(2 * PieceBytes, _buffer.Length * 2));
        }

        var read = stream.Read(_buffer, _filled, PieceBytes);
        _filled += read;
        _isAtEnd = read == 0;

        var consumed = Parser.Parse(_buffer.AsMemory(0, _filled), Offset, _isAtEnd);
        Offset += consumed;

        // What is left is copied to a buffer of its own: the events just read still refer to this one.
        var rest = _filled - consumed;
        if (rest > 0)
        {
            var next = _spare.Length >= _buffer.Length ? _spare : new byte[_buffer.Length];
            _buffer.AsSpan(consumed, rest).CopyTo(next);
            (_spare, _buffer) = (_buffer, next);
        }

        _filled = rest;
    }
}
