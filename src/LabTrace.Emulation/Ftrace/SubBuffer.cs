namespace LabTrace.Emulation.Ftrace;

/// <summary>Records of one sub-buffer, with the room they take in the ring buffer's own encoding.</summary>
internal sealed class SubBuffer(int capacity)
{
    private const ulong DeltaLimit = 1UL << 27;
    private const int MaxShortRecord = 28 * 4;
    private readonly List<Entry> _entries = [];
    private byte[] _bytes = new byte[1024];
    private int _end;

    public int Count => _entries.Count;

    /// <summary>Bytes the records take behind the page's header.</summary>
    public int Used { get; private set; }

    /// <summary>A record did not fit: the writer has gone on to the next sub-buffer.</summary>
    public bool IsFull { get; set; }

    /// <summary>Events overwritten before this page's first, told when the reader takes it.</summary>
    public long Missed { get; set; }

    public ulong FirstTime => _entries.Count == 0 ? 0 : _entries[0].Time;

    public (ulong Time, ReadOnlyMemory<byte> Record) At(int index)
    {
        var entry = _entries[index];
        return (entry.Time, _bytes.AsMemory(entry.Offset, entry.Length));
    }

    public int OffsetOf(int index) => index == 0 ? 0 : index >= _entries.Count ? Used : _entries[index].Start;

    public int SizeAt(int index) => OffsetOf(index + 1) - OffsetOf(index);

    public bool TryAppend(ulong time, ReadOnlySpan<byte> record)
    {
        var padded = Math.Max((record.Length + 3) & ~3, 4);
        var size = padded + (padded <= MaxShortRecord ? 4 : 8);
        if (_entries.Count > 0 && time - _entries[^1].Time >= DeltaLimit)
        {
            size += 8;
        }

        if (Used + size > capacity)
        {
            return false;
        }

        if (_end + padded > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_end + padded, _bytes.Length * 2));
        }

        record.CopyTo(_bytes.AsSpan(_end));
        _entries.Add(new Entry(time, _end, padded, Used));
        _end += padded;
        Used += size;
        return true;
    }

    private readonly record struct Entry(ulong Time, int Offset, int Length, int Start);
}
