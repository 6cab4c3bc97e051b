using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace LabTrace.Tracing;

/// <summary>Walks a stream in memory in its own order, for counting and searching at the speed of memory; <see cref="GrtReader"/> gives events in order of
/// time and knows of losses.</summary>
/// <remarks>
/// <code>
/// var scanner = new GrtScanner(bytes);
/// while (scanner.MoveNext())
/// {
///     bytesOfRing[scanner.Current.RingId] += scanner.Current.Bytes.Length;
/// }
/// </code>
/// </remarks>
public ref struct GrtScanner
{
    private readonly ReadOnlySpan<byte> _stream;
    private GrtTypeTable _types;
    private ushort[] _sizes;
    private int _at;
    private int _next;

    /// <summary>Stands before the first record.</summary>
    /// <param name="stream">Whole records; METADATA in it tells the types from there on.</param>
    /// <param name="metadata">What to go by until then; null for the types of version 1.</param>
    public GrtScanner(ReadOnlySpan<byte> stream, GrtMetadata? metadata = null)
    {
        _stream = stream;
        _types = new GrtTypeTable(metadata ?? GrtMetadata.Default);
        _sizes = _types.Sizes;
    }

    /// <summary>The event it stands at.</summary>
    public readonly GrtRecordView Current => new(_stream[_at.._next]);

    /// <summary>What the event says.</summary>
    public readonly GrtEventKind Kind => _types.Kind(Current.Type);

    /// <summary>Records that are no events, or of types that nobody knows.</summary>
    public long Others { get; private set; }

    /// <summary>Places where no record could be read, and bytes were passed over up to the next.</summary>
    public long Malformed { get; private set; }

    /// <summary>Steps to the next event; false at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MoveNext()
    {
        var next = _next;
        var rest = _stream.Length - next;
        if (rest >= GrtLayout.HeaderBytes)
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(_stream[next..]);
            var (type, size) = (word & 0xffff, (int)(word >> 16));
            if (type < (uint)_sizes.Length && _sizes[type] == size && size <= rest)
            {
                _at = next;
                _next = next + size;
                return true;
            }
        }

        return MoveOn();
    }

    /// <summary>Everything but an event as METADATA describes it.</summary>
    private bool MoveOn()
    {
        var isInDamage = false;
        while (_stream.Length - _next >= GrtLayout.HeaderBytes)
        {
            var header = GrtHeader.Read(_stream[_next..]);
            var fits = GrtHeader.IsPossibleSize(header.Size) && header.Size <= _stream.Length - _next && header.Cpu < GrtLayout.MaxCpus;
            var isEvent = fits && _types.IsKnown(header.Type) && header.Size >= _sizes[header.Type];
            if (isInDamage ? !(isEvent && header.Size == _sizes[header.Type] && IsFollowed(_next + header.Size)) : !fits)
            {
                Malformed += isInDamage ? 0 : 1;
                isInDamage = true;
                _next += GrtLayout.Alignment;
                continue;
            }

            _at = _next;
            _next += header.Size;
            if (isEvent)
            {
                return true;
            }

            Others++;
            if (header.Type == GrtLayout.MetadataType && GrtMetadata.TryRead(_stream[_at.._next], out var metadata, out _))
            {
                _types = new GrtTypeTable(metadata);
                _sizes = _types.Sizes;
            }
        }

        Malformed += !isInDamage && _next < _stream.Length ? 1 : 0;
        _at = _next = _stream.Length;
        return false;
    }

    private readonly bool IsFollowed(int at)
    {
        if (_stream.Length - at < GrtLayout.HeaderBytes)
        {
            return at == _stream.Length;
        }

        var header = GrtHeader.Read(_stream[at..]);
        return header.IsControl ? GrtHeader.IsPossibleSize(header.Size) : _types.IsKnown(header.Type) && header.Size == _sizes[header.Type];
    }
}
