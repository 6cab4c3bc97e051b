using System.Buffers;
using System.Text;

namespace LabTrace.Tracing.KernelLog;

/// <summary>Finds the few places of a log that hold one of many words, at the speed of memory.</summary>
/// <remarks>
/// The runtime's vectorised search for many words works on characters, so the bytes are widened a block at a time, which costs a
/// small part of the search itself.
/// </remarks>
internal ref struct WordFilter
{
    private const int BlockLength = 32 * 1024;

    private static readonly SearchValues<string> Words = SearchValues.Create([.. ReportRules.All.Select(static f => f.Word)], StringComparison.Ordinal);
    private static readonly int Overlap = ReportRules.All.Max(static f => f.Word.Length) - 1;

    private readonly ReadOnlySpan<byte> _log;
    private readonly char[] _block = ArrayPool<char>.Shared.Rent(BlockLength);
    private int _blockStart;
    private int _blockLength;

    public WordFilter(ReadOnlySpan<byte> log) => _log = log;

    /// <summary>The place of the next word at or behind a position, which never goes backwards; -1 when there is none.</summary>
    public int Next(int position)
    {
        while (position < _log.Length)
        {
            if (position < _blockStart || position >= _blockStart + _blockLength)
            {
                Load(position);
            }

            var at = _block.AsSpan(position - _blockStart, _blockLength - (position - _blockStart)).IndexOfAny(Words);
            if (at >= 0)
            {
                return position + at;
            }

            var end = _blockStart + _blockLength;
            if (end >= _log.Length)
            {
                return -1;
            }

            position = Math.Max(position, end - Overlap);
            Load(position);
        }

        return -1;
    }

    /// <summary>Says whether a text holds a word.</summary>
    public static bool Holds(string text) => text.AsSpan().ContainsAny(Words);

    public readonly void Dispose() => ArrayPool<char>.Shared.Return(_block);

    private void Load(int position)
    {
        _blockStart = position;
        _blockLength = Encoding.Latin1.GetChars(_log.Slice(position, Math.Min(BlockLength, _log.Length - position)), _block);
    }
}
