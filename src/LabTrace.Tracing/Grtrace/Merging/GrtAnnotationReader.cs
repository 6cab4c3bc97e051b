using System.Text;

namespace LabTrace.Tracing;

/// <summary>Reads what <c>grtrace-bpf-annotate</c> writes: <c>[time] EVENT key=value…</c>, in order of time as far as two megabytes of it reach.</summary>
/// <remarks>Lines come from several cpus and may be a little out of order. Memory does not grow with the file.</remarks>
public sealed class GrtAnnotationReader : IDisposable
{
    private const int PieceBytes = 1 << 20;

    private readonly Stream _stream;
    private readonly TallyBuilder _damage = new();
    private readonly Utf8Interner<string> _names = new(Encoding.UTF8.GetString);
    private Piece _first = new();
    private Piece _second = new();
    private Piece _current;
    private Line _line;
    private byte[] _rest = [];
    private int _restLength;
    private long _offset;
    private ulong _lastTime;
    private bool _isAtEnd;
    private bool _isCut;

    private GrtAnnotationReader(Stream stream)
    {
        _stream = stream;
        _current = _first;
    }

    /// <summary>When it happened, nanoseconds.</summary>
    public ulong Time => _line.Time;

    /// <summary>What happened, for example <c>IOCTL_ENTER</c>.</summary>
    public string Event => _names.Get(_current.Bytes.AsSpan(_line.Start, _line.NameLength));

    /// <summary>The fields as written.</summary>
    public ReadOnlySpan<byte> Fields => _current.Bytes.AsSpan(_line.Start + _line.NameLength, _line.Length - _line.NameLength).TrimStart((byte)' ');

    /// <summary>Events read so far.</summary>
    public long Count { get; private set; }

    /// <summary>Bytes read so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Events that came after a later one was given: they were further out of order than the window reaches.</summary>
    public long Late { get; private set; }

    /// <summary>Lines that are no event, comments apart.</summary>
    public ReadTally Tally => _damage.ToTally(Count);

    /// <summary>Opens text from front to back.</summary>
    /// <param name="capture">The text; it must stay open.</param>
    public static GrtAnnotationReader Open(Capture capture)
    {
        ArgumentNullException.ThrowIfNull(capture);
        return new GrtAnnotationReader(capture.OpenStream());
    }

    /// <summary>Steps to the next event; false at the end.</summary>
    public bool Read()
    {
        while (_first.Next == _first.Count)
        {
            // The second piece becomes the first, and the next is read behind it.
            (_first, _second) = (_second, _first);
            if (!Fill(_second) && _first.Next == _first.Count)
            {
                return false;
            }
        }

        ref var second = ref _second;
        var takesSecond = second.Next < second.Count && second.Lines[second.Next].Time < _first.Lines[_first.Next].Time;
        _current = takesSecond ? second : _first;
        _line = _current.Lines[_current.Next++];
        Count++;
        if (_line.Time < _lastTime)
        {
            Late++;
        }

        _lastTime = Math.Max(_lastTime, _line.Time);
        return true;
    }

    /// <summary>A number of the current event: decimal, or hexadecimal behind 0x.</summary>
    /// <param name="key">The field with its equals sign, for example <c>pid=</c>.</param>
    /// <param name="value">The number.</param>
    public bool TryGetNumber(ReadOnlySpan<byte> key, out long value)
    {
        value = 0;
        var fields = Fields;
        for (var from = 0; fields[from..].IndexOf(key) is var at and >= 0; from += at + key.Length)
        {
            var start = from + at;
            if (start > 0 && fields[start - 1] is not ((byte)' ' or (byte)','))
            {
                continue;
            }

            start += key.Length;
            var isNegative = start < fields.Length && fields[start] == '-';
            start += isNegative ? 1 : 0;
            ulong number;
            if (fields[start..].StartsWith("0x"u8))
            {
                start += 2;
                if (!AsciiScan.TryHex(fields, ref start, out number))
                {
                    return false;
                }
            }
            else if (!AsciiScan.TryULong(fields, ref start, out number))
            {
                return false;
            }

            value = isNegative ? -unchecked((long)number) : unchecked((long)number);
            return true;
        }

        return false;
    }

    /// <summary>The thread's name, which may hold blanks; empty when the event has none.</summary>
    public string Comm
    {
        get
        {
            var (start, length) = FindComm(Fields);
            return length == 0 ? "" : _names.Get(Fields.Slice(start, length));
        }
    }

    /// <summary>Where a thread's name stands in fields: it ends before the next field.</summary>
    internal static (int Start, int Length) FindComm(ReadOnlySpan<byte> fields)
    {
        var at = fields.IndexOf("comm="u8);
        if (at < 0)
        {
            return (0, 0);
        }

        at += 5;
        var name = fields[at..];
        var next = name.IndexOf((byte)'=');
        name = next < 0 ? name : name[..Math.Max(0, name[..next].LastIndexOf((byte)' '))];
        return (at, name.TrimEnd(", "u8).Length);
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private bool Fill(Piece piece)
    {
        piece.Clear();
        if (_isAtEnd)
        {
            return false;
        }

        // The line that the last piece cut stands first.
        piece.Reserve(_restLength + PieceBytes);
        _rest.AsSpan(0, _restLength).CopyTo(piece.Bytes);
        var read = _stream.ReadAtLeast(piece.Bytes.AsSpan(_restLength, PieceBytes), PieceBytes, throwOnEndOfStream: false);
        BytesRead += read;
        _isAtEnd = read < PieceBytes;
        var text = piece.Bytes.AsSpan(0, _restLength + read);
        var at = 0;
        while (text[at..].IndexOf((byte)'\n') is var length and >= 0)
        {
            if (!_isCut)
            {
                Take(piece, text.Slice(at, length), at);
            }

            _isCut = false;
            at += length + 1;
        }

        var rest = text[at..];
        if (_isAtEnd && rest.Length > 0)
        {
            _damage.AddMalformed(_offset + at, "the last line has no end: the capture was cut", rest, isText: true);
            rest = [];
        }
        else if (rest.Length > TextParser.MaxRecordBytes)
        {
            _damage.AddMalformed(_offset + at, $"the line has more than {TextParser.MaxRecordBytes} bytes", rest, isText: true);
            rest = [];
            _isCut = true;
        }

        if (_rest.Length < rest.Length)
        {
            _rest = new byte[Math.Max(rest.Length, 4096)];
        }

        rest.CopyTo(_rest);
        _offset += text.Length - rest.Length;
        _restLength = rest.Length;
        piece.Sort();
        return true;
    }

    private void Take(Piece piece, ReadOnlySpan<byte> line, int start)
    {
        line = line.TrimEnd((byte)'\r');
        if (line.Length == 0 || line[0] == '#')
        {
            return;
        }

        var at = 1;
        if (line[0] == '[' && AsciiScan.IsDigit(line, at) && AsciiScan.TryTime(line, ref at, out var time, out var isSeconds) && isSeconds && line[at..].StartsWith("] "u8))
        {
            at = AsciiScan.SkipBlanks(line, at + 2);
            var word = line[at..].IndexOf((byte)' ');
            var name = word < 0 ? line.Length - at : word;
            if (name > 0 && line.Slice(at, name).IndexOf((byte)'=') < 0)
            {
                piece.Add(new Line(time, start + at, line.Length - at, name));
                return;
            }
        }

        _damage.AddMalformed(_offset + start, "the line is no event and no comment", line, isText: true);
    }

    /// <summary>A line: its time, where its event's name starts, and how long name and rest are.</summary>
    private readonly record struct Line(ulong Time, int Start, int Length, int NameLength);

    /// <summary>A piece of the text with its lines in order.</summary>
    private sealed class Piece
    {
        private bool _isInOrder = true;

        public byte[] Bytes { get; private set; } = [];

        public Line[] Lines { get; private set; } = new Line[1 << 12];

        public int Count { get; private set; }

        public int Next { get; set; }

        public void Clear()
        {
            (Count, Next) = (0, 0);
            _isInOrder = true;
        }

        public void Reserve(int bytes)
        {
            if (Bytes.Length < bytes)
            {
                Bytes = GC.AllocateUninitializedArray<byte>(bytes);
            }
        }

        public void Add(Line line)
        {
            if (Count == Lines.Length)
            {
                var more = new Line[Count * 2];
                Lines.CopyTo(more, 0);
                Lines = more;
            }

            _isInOrder &= Count == 0 || line.Time >= Lines[Count - 1].Time;
            Lines[Count++] = line;
        }

        /// <summary>Orders by time; of equal times the one that stands first stays first.</summary>
        public void Sort()
        {
            if (!_isInOrder)
            {
                Lines.AsSpan(0, Count).Sort((a, b) => a.Time != b.Time ? a.Time.CompareTo(b.Time) : a.Start.CompareTo(b.Start));
            }
        }
    }
}
