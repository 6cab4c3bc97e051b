using System.Buffers;
using System.Buffers.Binary;

namespace LabTrace.Tracing;

/// <summary>Sub-buffers that were compressed some at a time: u32 number of chunks, then for each u32 compressed size, u32 size, data.</summary>
internal sealed class ChunkPages : PageSource
{
    /// <summary>trace-cmd compresses ten sub-buffers at a time; much more in one chunk is not believed.</summary>
    private const int MaxChunkPages = 1024;
    private const int MaxChunkBytes = 64 << 20;

    private readonly TraceDatFile _file;
    private readonly string _place;
    private readonly int _pageSize;
    private readonly ReadMode _mode;
    private readonly TallyBuilder _tally;
    private readonly TraceDatDecompressor _decompressor;
    private readonly long _end;
    private long _next;
    private uint _chunks;
    private uint _chunk;
    private bool _hasCount;
    private byte[] _packed = [];
    private byte[] _window = [];

    public ChunkPages(TraceDatFile file, string place, long offset, long length, int pageSize, ReadMode mode, TallyBuilder tally)
    {
        _file = file;
        _place = place;
        _pageSize = pageSize;
        _mode = mode;
        _tally = tally;
        _decompressor = new TraceDatDecompressor(file);
        _next = offset;
        _end = offset + length;
    }

    public override bool KeepsPages => false;

    /// <summary>The sum of what the chunks' headers say.</summary>
    public override long Bytes
    {
        get
        {
            var (start, bytes) = (_next, 0L);
            try
            {
                for (var left = U32("chunk count"); left > 0; left--)
                {
                    var packed = U32("compressed size");
                    bytes += Math.Min(U32("uncompressed size"), MaxChunkBytes);
                    _next += packed;
                }
            }
            catch (TraceFormatException)
            {
                // Reading will say where it is cut.
            }

            _next = start;
            return bytes;
        }
    }

    public override ArraySegment<byte> Next()
    {
        try
        {
            return Chunk();
        }
        catch (TraceFormatException error) when (_mode == ReadMode.Salvage)
        {
            _tally.AddMissing(_hasCount
                ? $"{_place}: {_chunks - _chunk:N0} of {_chunks:N0} compressed chunks, behind offset {error.Offset:N0}"
                : $"{_place}: all compressed chunks, behind offset {error.Offset:N0}");
            _chunk = _chunks = 0;
            _hasCount = true;
            return default;
        }
    }

    public override void SkipToLast()
    {
        if (!_hasCount)
        {
            _chunks = U32("chunk count");
            _hasCount = true;
        }

        for (; _chunk + 1 < _chunks; _chunk++)
        {
            var packed = U32("compressed size");
            _next += 4 + packed;
        }
    }

    public override void Dispose()
    {
        _decompressor.Dispose();
        Give(ref _packed, 0);
        Give(ref _window, 0);
    }

    private ArraySegment<byte> Chunk()
    {
        if (!_hasCount)
        {
            _chunks = U32("chunk count");
            _hasCount = true;
        }

        if (_chunk == _chunks)
        {
            return default;
        }

        var start = _next;
        var packed = U32("compressed size");
        var size = U32("uncompressed size");
        if (size == 0 || size > Math.Min((long)_pageSize * MaxChunkPages, MaxChunkBytes))
        {
            TraceFormatException.Throw(
                $"capture '{_file.Name}': a chunk of {_place} says it holds {size} bytes at offset {start + 4}", offset: start + 4, field: "uncompressed size");
        }

        if (packed > _end - _next)
        {
            Short("chunk", packed);
        }

        Give(ref _packed, (int)packed);
        Give(ref _window, (int)size);
        var bytes = _packed.AsSpan(0, (int)packed);
        if (_file.Capture.ReadAt(_next, bytes) < bytes.Length)
        {
            Short("chunk", packed);
        }

        _decompressor.Inflate(bytes, _window.AsSpan(0, (int)size), _next);
        _next += packed;
        _chunk++;
        return new ArraySegment<byte>(_window, 0, (int)size);
    }

    private uint U32(string field)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (_end - _next < 4 || _file.Capture.ReadAt(_next, bytes) < 4)
        {
            Short(field, 4);
        }

        _next += 4;
        return _file.IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    private void Short(string field, long needed) => TraceFormatException.Throw(
        $"capture '{_file.Name}': {field} of {_place} needs {needed} bytes but {_end - _next} are left at offset {_next}", TraceDatFile.CutHint, _next, field);

    /// <summary>Makes sure that a pooled array has room; of size zero it is given back.</summary>
    private static void Give(ref byte[] array, int size)
    {
        if (array.Length >= size && size > 0)
        {
            return;
        }

        if (array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(array);
        }

        array = size > 0 ? ArrayPool<byte>.Shared.Rent(size) : [];
    }
}
