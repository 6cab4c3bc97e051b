using Microsoft.Win32.SafeHandles;

namespace LabTrace.Tracing;

/// <summary>The raw bytes of a recording, read where they are: in memory, in a file of any size, or from a pipe. gzip and zstd are decompressed on the
/// way. It owns what it reads from: events of a trace read from it are valid while it is open.</summary>
/// <remarks>A format that reads from front to back uses <see cref="OpenStream"/> and never needs more memory than its buffers. One that jumps uses
/// <see cref="ReadAt"/>; compressed files and pipes are then unpacked first, into memory when small and into a temporary file when not.
/// Not safe for use by several threads, except <see cref="ReadAt"/> once <see cref="Length"/> was asked for.</remarks>
public sealed class Capture : IDisposable
{
    /// <summary>What fits one array.</summary>
    private const long MaxBytesInMemory = 0x7fff_f000;

    private readonly ReadOnlyMemory<byte> _start;
    private readonly bool _isStream;
    private readonly PackedEnd _packedEnd = new();
    private ReadOnlyMemory<byte>? _memory;
    private SafeFileHandle? _file;
    private Stream? _sequential;
    private long _length;
    private long _bytesRead;
    private bool _isDisposed;

    private Capture(string name, ReadOnlyMemory<byte> bytes)
    {
        Name = name;
        _memory = bytes;
        _length = bytes.Length;
        _start = bytes[..Math.Min(bytes.Length, TraceFormats.RecognitionBytes)];
    }

    private Capture(string name, SafeFileHandle file, ReadOnlyMemory<byte> start)
    {
        Name = name;
        _file = file;
        _length = RandomAccess.GetLength(file);
        _start = start;
    }

    private Capture(string name, Stream sequential, bool isStream, PackedEnd? packedEnd = null)
    {
        Name = name;
        _isStream = isStream;
        _packedEnd = packedEnd ?? _packedEnd;
        var start = new byte[TraceFormats.RecognitionBytes];
        _start = start.AsMemory(0, sequential.ReadAtLeast(start, start.Length, throwOnEndOfStream: false));
        _sequential = new PrefixedStream(_start, sequential);
    }

    /// <summary>The pieces of a killed recording that the capture is one of; null for every other file.</summary>
    internal LeftoverPieces? Leftovers { get; private init; }

    /// <summary>What a cut or damaged gzip or zstd did not give; null when nothing was missed so far.</summary>
    internal string? MissingBehind => _packedEnd.Missing;

    /// <summary>What messages call it: the file's name.</summary>
    public string Name { get; }

    /// <summary>The first bytes, decompressed, at most <see cref="TraceFormats.RecognitionBytes"/>.</summary>
    public ReadOnlyMemory<byte> Start => Alive(_start);

    /// <summary>How many bytes there are, decompressed.</summary>
    /// <exception cref="TraceFormatException">The capture is damaged gzip or zstd.</exception>
    /// <exception cref="InvalidOperationException">It can be read once only and that was done with <see cref="OpenStream"/>.</exception>
    public long Length
    {
        get
        {
            Seekable();
            return _length;
        }
    }

    /// <summary>How many bytes were read from the file so far, those read twice counted twice: for showing progress.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>All bytes in memory, decompressed. For small captures: a file is read whole.</summary>
    /// <exception cref="TraceFormatException">It is larger than 2 GiB, or damaged gzip or zstd.</exception>
    /// <exception cref="ObjectDisposedException">The capture was closed.</exception>
    public ReadOnlyMemory<byte> Bytes
    {
        get
        {
            Seekable();
            if (_memory is { } bytes)
            {
                return bytes;
            }

            if (_length > MaxBytesInMemory)
            {
                TraceFormatException.Throw($"capture '{Name}' is larger than 2 GiB and does not fit memory at once", "read it with TraceReader, event by event");
            }

            var all = GC.AllocateUninitializedArray<byte>((int)_length);
            var read = ReadAt(0, all);
            _memory = all.AsMemory(0, read);
            return _memory.Value;
        }
    }

    /// <summary>A capture of bytes in memory; gzip and zstd are decompressed.</summary>
    /// <param name="bytes">The bytes; they are not copied and must not change.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="TraceFormatException">The bytes are damaged gzip or zstd.</exception>
    public static Capture Of(ReadOnlyMemory<byte> bytes, string name = "memory")
    {
        if (!Decompression.IsPacked(bytes.Span))
        {
            return new Capture(name, bytes);
        }

        var end = new PackedEnd();
        return new Capture(name, Decompression.Unpack(new MemoryStream(bytes.ToArray(), writable: false), bytes.Span, name, end), isStream: false, end);
    }

    /// <summary>Whether <see cref="Open(string)"/> finds something: a file, standard input, or what a killed recorder left of the file.</summary>
    /// <param name="path">The file, or <c>-</c>.</param>
    public static bool Exists(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path == "-" || File.Exists(path) || (!Directory.Exists(path) && LeftoverPieces.Find(path) is not null);
    }

    /// <summary>Bytes that are what they are, even when they look packed: a part of another capture.</summary>
    internal static Capture Part(ReadOnlyMemory<byte> bytes, string name) => new(name, bytes);

    /// <summary>Opens a file, or standard input for <c>-</c>; nothing but its first bytes is read yet. gzip and zstd are decompressed as they are read.</summary>
    /// <param name="path">The file; a pipe will do. A FILE that a killed <c>trace-cmd record</c> did not write is opened through the pieces FILE.cpuN
    /// that it left, and so is one of these.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="TraceFormatException">The file's start is damaged gzip or zstd.</exception>
    public static Capture Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path == "-")
        {
            return Open(Console.OpenStandardInput(), "standard input");
        }

        if (!File.Exists(path) && LeftoverPieces.Find(path) is { } missing)
        {
            return new Capture(Path.GetFileName(path), default(ReadOnlyMemory<byte>)) { Leftovers = missing };
        }

        var capture = OpenFile(path);
        if (TraceFormats.Recognise(capture.Start.Span) is not null || LeftoverPieces.Find(path) is not { } pieces)
        {
            return capture;
        }

        capture.Dispose();
        return new Capture(Path.GetFileName(path), default(ReadOnlyMemory<byte>)) { Leftovers = pieces };
    }

    /// <summary>Opens a file for what it holds, whatever its name says.</summary>
    internal static Capture OpenFile(string path)
    {
        var name = Path.GetFileName(path);
        var file = File.OpenHandle(path, options: FileOptions.RandomAccess, share: FileShare.ReadWrite | FileShare.Delete);
        var start = new byte[TraceFormats.RecognitionBytes];
        var canSeek = false;
        try
        {
            if (canSeek = CanSeek(file))
            {
                var read = RandomAccess.Read(file, start, 0);
                if (!Decompression.IsPacked(start.AsSpan(0, read)))
                {
                    return new Capture(name, file, start.AsMemory(0, read));
                }
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }

        return Open(new FileStream(file, FileAccess.Read, bufferSize: 0), name, isStream: !canSeek);
    }

    /// <summary>A capture that a stream delivers, from where it stands to its end; the stream need not be seekable. gzip and zstd are decompressed.</summary>
    /// <param name="stream">The bytes; it is closed with the capture.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="TraceFormatException">The stream's start is damaged gzip or zstd.</exception>
    public static Capture Open(Stream stream, string name) => Open(stream, name, isStream: true);

    private static Capture Open(Stream stream, string name, bool isStream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        var start = new byte[Decompression.MagicBytes];
        var read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        var whole = new PrefixedStream(start.AsMemory(0, read), stream);
        try
        {
            var end = new PackedEnd();
            return new Capture(name, Decompression.IsPacked(start.AsSpan(0, read)) ? Decompression.Unpack(whole, start, name, end) : whole, isStream, end);
        }
        catch
        {
            whole.Dispose();
            throw;
        }
    }

    /// <summary>The bytes from the first on, front to back. What can be read once only (a pipe, a packed file) gives them once.</summary>
    /// <returns>A stream that belongs to the caller; closing it does not close the capture.</returns>
    /// <exception cref="InvalidOperationException">It can be read once only and that was done.</exception>
    public Stream OpenStream()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (IsReadOnce)
        {
            var once = _sequential ?? throw new InvalidOperationException($"capture '{Name}' can be read once only, and that was done");
            _sequential = null;
            return once;
        }

        return new CaptureStream(this);
    }

    /// <summary>Whether it comes from a pipe or another stream that may go on for ever, so that its end is not waited for; false once it was kept.</summary>
    public bool IsLive => _sequential is not null && _isStream;

    /// <summary>Reads what can be read once only to its end and keeps it, in memory when small and in a temporary file when not: text of a pipe can then
    /// be read in order of time.</summary>
    /// <exception cref="TraceFormatException">The capture is damaged gzip or zstd.</exception>
    /// <exception cref="InvalidOperationException">It was read already.</exception>
    public void Keep() => Seekable();

    /// <summary>Reads bytes anywhere.</summary>
    /// <param name="offset">Offset of the first, zero or more.</param>
    /// <param name="into">Where to; it is filled unless the capture ends before.</param>
    /// <returns>How many bytes were read: fewer than asked for at the end only.</returns>
    /// <exception cref="TraceFormatException">The capture is damaged gzip or zstd.</exception>
    /// <exception cref="ObjectDisposedException">The capture was closed.</exception>
    public int ReadAt(long offset, Span<byte> into)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        Seekable();
        if (_memory is { } bytes)
        {
            var from = bytes.Span[(int)Math.Min(offset, bytes.Length)..];
            from = from[..Math.Min(from.Length, into.Length)];
            from.CopyTo(into);
            return from.Length;
        }

        var total = 0;
        while (total < into.Length && RandomAccess.Read(_file!, into[total..], offset + total) is var read and > 0)
        {
            total += read;
        }

        _ = Interlocked.Add(ref _bytesRead, total);
        return total;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        _memory = default(ReadOnlyMemory<byte>);
        _file?.Dispose();
        _sequential?.Dispose();
    }

    /// <summary>Whether the bytes come once only and were not kept.</summary>
    internal bool IsReadOnce => _memory is null && _file is null;

    /// <summary>The bytes when they are in memory anyway, so that nobody copies them.</summary>
    internal bool TryGetMemory(out ReadOnlyMemory<byte> bytes)
    {
        Seekable();
        bytes = _memory.GetValueOrDefault();
        return _memory is not null;
    }

    /// <summary>The array when the bytes lie in one in memory.</summary>
    internal bool TryGetArray(out ArraySegment<byte> bytes)
    {
        bytes = default;
        return _memory is { } memory && System.Runtime.InteropServices.MemoryMarshal.TryGetArray(memory, out bytes);
    }

    private static bool CanSeek(SafeFileHandle file)
    {
        try
        {
            return RandomAccess.GetLength(file) > 0;
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>Has a cut or damaged gzip or zstd end where it breaks instead of raising an error; <see cref="MissingBehind"/> then tells.</summary>
    internal void TakeWhatIsThere() => _packedEnd.MayBeEarly = true;

    private T Alive<T>(T value)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return value;
    }

    /// <summary>Unpacks what can only be read front to back, once.</summary>
    private void Seekable()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_memory is not null || _file is not null)
        {
            return;
        }

        using var stream = OpenStream();
        (_memory, _file) = Spool.Read(stream);
        _length = _memory?.Length ?? RandomAccess.GetLength(_file!);
    }
}
