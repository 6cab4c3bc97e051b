using System.Buffers.Binary;

namespace LabTrace.Tracing;

/// <summary>Makes valid ring-buffer pages, record by record, as the kernel's <c>trace_pipe_raw</c> would hand them out.</summary>
public sealed class SubBufferWriter
{
    private const ulong DeltaLimit = 1UL << 27;
    private const ulong ExtendLimit = 1UL << 59;
    private const uint TypeTimeExtend = 30;
    private const uint TypeAbsolute = 31;
    private const int MaxShortPayload = 28 * 4;

    private readonly SubBufferLayout _layout;
    private readonly byte[] _page;
    private ulong _first;
    private ulong _last;
    private int _at;
    private long _missed;

    /// <summary>Makes a writer with an empty page.</summary>
    /// <param name="layout">The kernel to imitate.</param>
    public SubBufferWriter(SubBufferLayout layout)
        : this(layout, (layout ?? throw new ArgumentNullException(nameof(layout))).Size)
    {
    }

    /// <summary>Makes a writer with an empty page of another size.</summary>
    /// <param name="layout">The kernel to imitate.</param>
    /// <param name="size">Bytes of a whole page with its header.</param>
    public SubBufferWriter(SubBufferLayout layout, int size)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, layout.DataOffset + 16);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, SubBufferLayout.MaxSize);
        _layout = layout;
        _page = new byte[size];
        _at = layout.DataOffset;
    }

    /// <summary>Records on the page.</summary>
    public int Count { get; private set; }

    /// <summary>Whether no record is on the page.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>Adds a record.</summary>
    /// <param name="timestampNs">Ticks of the trace clock; a step back or a step too far is written as an absolute time.</param>
    /// <param name="payload">The event with its common fields; zero bytes pad it to four.</param>
    /// <returns>False when the page has no room; take <see cref="ToPage"/>, <see cref="Reset"/> and add again.</returns>
    /// <exception cref="ArgumentException">The record fits on no page of this size.</exception>
    public bool TryAppend(ulong timestampNs, ReadOnlySpan<byte> payload)
    {
        var padded = Math.Max((payload.Length + 3) & ~3, 4);
        var header = padded <= MaxShortPayload ? 4 : 8;
        if (_layout.DataOffset + header + padded > _page.Length)
        {
            throw new ArgumentException($"a record of {payload.Length} bytes fits on no page of {_page.Length}", nameof(payload));
        }

        var previous = Count == 0 ? timestampNs : _last;
        var isBack = timestampNs < previous;
        var delta = isBack ? 0 : timestampNs - previous;
        var needsTime = isBack || delta >= DeltaLimit;
        if (_at + header + padded + (needsTime ? 8 : 0) > _page.Length)
        {
            return false;
        }

        if (Count == 0)
        {
            _first = timestampNs;
        }

        if (needsTime)
        {
            var isAbsolute = isBack || delta >= ExtendLimit;
            PutTime(isAbsolute ? TypeAbsolute : TypeTimeExtend, isAbsolute ? timestampNs & (ExtendLimit - 1) : delta);
            delta = 0;
        }

        PutRecord(payload, padded, (uint)delta);
        _last = timestampNs;
        Count++;
        return true;
    }

    /// <summary>Says that the kernel overwrote events before this page's first.</summary>
    /// <param name="count">How many, or -1 for "some".</param>
    public void SetMissed(long count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, -1);
        _missed = count;
    }

    /// <summary>A copy of the page, ready for <see cref="SubBufferReader"/>.</summary>
    /// <remarks>When the count of missed events does not fit behind the data, only the flag is set, as the kernel does.</remarks>
    public byte[] ToPage()
    {
        var page = (byte[])_page.Clone();
        _layout.PutU64(page.AsSpan(_layout.TimestampOffset), _first);
        var commit = (uint)(_at - _layout.DataOffset);
        if (_missed != 0)
        {
            commit |= 1u << 31;
            if (_missed > 0 && _at + _layout.LongSize <= page.Length)
            {
                commit |= 1u << 30;
                _layout.PutLong(page.AsSpan(_at), (ulong)_missed);
            }
        }

        _layout.PutLong(page.AsSpan(_layout.CommitOffset), commit);
        return page;
    }

    /// <summary>Empties the page and forgets the missed count.</summary>
    public void Reset()
    {
        Array.Clear(_page);
        _at = _layout.DataOffset;
        _missed = 0;
        Count = 0;
    }

    private void PutRecord(ReadOnlySpan<byte> payload, int padded, uint delta)
    {
        if (padded <= MaxShortPayload)
        {
            PutHeader((uint)padded / 4, delta);
        }
        else
        {
            PutHeader(0, delta);
            _layout.PutU32(_page.AsSpan(_at), (uint)padded + 4);
            _at += 4;
        }

        payload.CopyTo(_page.AsSpan(_at));
        _at += padded;
    }

    private void PutTime(uint type, ulong ticks)
    {
        PutHeader(type, (uint)(ticks & (DeltaLimit - 1)));
        _layout.PutU32(_page.AsSpan(_at), (uint)(ticks >> 27));
        _at += 4;
    }

    private void PutHeader(uint type, uint delta)
    {
        if (_layout.IsBigEndian)
        {
            BinaryPrimitives.WriteUInt32BigEndian(_page.AsSpan(_at), type << 27 | delta);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_page.AsSpan(_at), delta << 5 | type);
        }

        _at += 4;
    }
}
