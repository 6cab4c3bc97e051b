namespace LabTrace.Tracing;

/// <summary>One cpu's events as the pages, or the compressed chunks, of a trace.dat.</summary>
internal sealed class CpuPages(SubBufferLayout layout, PageCompressor compressor) : IDisposable
{
    /// <summary>trace-cmd's readers expect no more pages in a chunk than its writer puts there.</summary>
    private const int ChunkPages = 10;

    private readonly SubBufferWriter _page = new(layout);
    private readonly SpoolFile _spool = new();
    private readonly MemoryStream _chunk = new();
    private long _missed;

    /// <summary>Chunks so far; 0 when pages are not compressed.</summary>
    public uint Chunks { get; private set; }

    /// <summary>Events so far.</summary>
    public long Events { get; private set; }

    /// <summary>Bytes so far, without the count of chunks before them.</summary>
    public long Length => _spool.Length;

    /// <summary>Bytes that the file has of this cpu.</summary>
    public long LengthInFile => Length == 0 ? 0 : Length + (compressor.IsOn ? 4 : 0);

    public void Add(ulong time, ReadOnlySpan<byte> payload)
    {
        if (_missed != 0)
        {
            EndPage();
            _page.SetMissed(_missed);
            _missed = 0;
        }

        if (!_page.TryAppend(time, payload))
        {
            EndPage();
            _ = _page.TryAppend(time, payload);
        }

        Events++;
    }

    /// <summary>Marks a gap before the next event.</summary>
    public void AddMissed(long count) => _missed = count < 0 || _missed < 0 ? -1 : _missed + count;

    public void Complete()
    {
        EndPage();
        if (_missed < 0)
        {
            // What was lost behind the last event is counted in the cpu's statistics; that it is not known how much, only a page can say.
            _page.SetMissed(_missed);
            WritePage();
        }

        EndChunk();
    }

    public void CopyTo(Stream output)
    {
        if (compressor.IsOn && Length > 0)
        {
            Span<byte> count = stackalloc byte[4];
            layout.PutU32(count, Chunks);
            output.Write(count);
        }

        _spool.CopyTo(output);
    }

    public void Dispose()
    {
        _spool.Dispose();
        _chunk.Dispose();
    }

    private void EndPage()
    {
        if (!_page.IsEmpty)
        {
            WritePage();
        }
    }

    private void WritePage()
    {
        if (compressor.IsOn)
        {
            _chunk.Write(_page.ToPage());
            if (_chunk.Length == (long)layout.Size * ChunkPages)
            {
                EndChunk();
            }
        }
        else
        {
            _spool.Write(_page.ToPage());
        }

        _page.Reset();
    }

    private void EndChunk()
    {
        if (_chunk.Length == 0)
        {
            return;
        }

        var packed = compressor.Compress(_chunk.GetBuffer().AsSpan(0, (int)_chunk.Length));
        Span<byte> sizes = stackalloc byte[8];
        layout.PutU32(sizes, (uint)packed.Length);
        layout.PutU32(sizes[4..], (uint)_chunk.Length);
        _spool.Write(sizes);
        _spool.Write(packed);
        _chunk.SetLength(0);
        Chunks++;
    }
}
