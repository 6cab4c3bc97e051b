namespace LabTrace.Tracing;

/// <summary>
/// Finds gaps in the numbers of one cpu's records. An interrupt's record may come before the one it interrupted: what is missing is
/// told some records later, when it can no longer come.
/// </summary>
internal sealed class BpfSequence
{
    /// <summary>A cpu nests a task, soft and hard interrupts and an NMI: no record is passed by more.</summary>
    private const int Patience = 16;

    private readonly SortedSet<ulong> _missing = [];
    private ulong _next;
    private ulong _certain;
    private int _wait;

    /// <summary>Takes the number of the record that came.</summary>
    /// <returns>How many records of the cpu are certainly lost that were not told before.</returns>
    public long Take(ulong sequence)
    {
        if (sequence == _next && _wait == 0)
        {
            _next++;
            return 0;
        }

        return TakeSlowly(sequence);
    }

    private long TakeSlowly(ulong sequence)
    {
        if (sequence < _next)
        {
            _ = _missing.Remove(sequence);
        }
        else
        {
            // Of a long gap only its end can still be filled.
            var gap = sequence - _next;
            var open = Math.Min(gap, Patience);
            _certain += gap - open;
            for (var missing = sequence - open; missing < sequence; missing++)
            {
                _ = _missing.Add(missing);
            }

            _next = sequence + 1;
            if (gap > 0)
            {
                _wait = Patience;
            }
        }

        if (_missing.Count == 0 && _certain == 0)
        {
            _wait = 0;
            return 0;
        }

        if (--_wait > 0 && _missing.Count <= 4 * Patience)
        {
            return 0;
        }

        var lost = (long)_certain + _missing.Count;
        _certain = 0;
        _missing.Clear();
        _wait = 0;
        return lost;
    }
}
