namespace LabTrace.Gherkin.Parsing;

/// <summary>Walks the lines of a text. A last line of blanks is the end, not a line.</summary>
internal ref struct LineCursor
{
    private const char ByteOrderMark = '\uFEFF';

    private readonly ReadOnlySpan<char> _text;
    private int _position;

    public LineCursor(ReadOnlySpan<char> text)
    {
        _text = text is [ByteOrderMark, ..] ? text[1..] : text;
    }

    /// <summary>Lines read so far.</summary>
    public int Count { get; private set; }

    public bool TryNext(out Line line)
    {
        line = default;
        if (_position > _text.Length)
        {
            return false;
        }

        var rest = _text[_position..];
        var length = rest.IndexOf('\n');
        if (length < 0)
        {
            _position = _text.Length + 1;
            if (rest.IsWhiteSpace())
            {
                return false;
            }

            length = rest.Length;
        }
        else
        {
            _position += length + 1;
        }

        var text = rest[..length];
        line = new Line(text is [.. var before, '\r'] ? before : text, ++Count);
        return true;
    }
}
