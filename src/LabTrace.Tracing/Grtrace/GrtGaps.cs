namespace LabTrace.Tracing;

/// <summary>Tells from the numbers of a session's events how many are missing and how many came twice.</summary>
/// <remarks>Numbers may come a little out of order: a cpu takes its number before or after it looks at the clock. A gap stays open until what fills it
/// comes, or for ever.</remarks>
internal sealed class GrtGaps
{
    /// <summary>Older gaps are closed: what would fill them is then told as repeated.</summary>
    private const int MaxOpen = 4096;

    private const int RecentControls = 8;

    private readonly List<(ulong First, ulong End)> _open = [];
    private readonly ulong[] _controls = new ulong[RecentControls];
    private int _controlCount;
    private ulong _declaredEnd;

    /// <summary>The number expected next.</summary>
    public ulong Expected { get; private set; }

    public bool HasStarted { get; private set; }

    public ulong First { get; private set; }

    /// <summary>Numbers that no event had.</summary>
    public ulong Missing { get; private set; }

    /// <summary>Events whose number another had before.</summary>
    public long Repeated { get; private set; }

    /// <summary>Losses that LOST records tell of and no gap shows.</summary>
    public ulong Undisclosed { get; private set; }

    /// <summary>Losses that a LOST record tells of behind the last event.</summary>
    public ulong Tail => HasStarted && _declaredEnd > Expected ? _declaredEnd - Expected : 0;

    public void Start(ulong first)
    {
        HasStarted = true;
        First = Expected = first;
    }

    public void Add(ulong gseq)
    {
        if (!HasStarted)
        {
            Start(gseq);
        }

        if (gseq == Expected)
        {
            Expected++;
            return;
        }

        if (gseq > Expected)
        {
            Open(Expected, gseq);
            Expected = gseq + 1;
            return;
        }

        if (!Fill(gseq))
        {
            if (gseq < First && _open.Count == 0 && Missing == 0)
            {
                // The session's first events may come out of order as well.
                Missing += First - gseq - 1;
                if (First - gseq > 1)
                {
                    _open.Add((gseq + 1, First));
                }

                First = gseq;
                return;
            }

            Repeated++;
        }
    }

    /// <summary>A record of the stream's own has the next event's number; one of another writer may take a number itself.</summary>
    public void AddControl(ulong gseq)
    {
        if (!HasStarted)
        {
            Start(gseq);
        }

        _controls[_controlCount++ % RecentControls] = gseq;
    }

    public void AddLost(ulong count, ulong first)
    {
        if (!HasStarted)
        {
            Start(first);
        }

        var end = first + count;
        if (end < first)
        {
            return;
        }

        if (first >= Expected || end > Expected || _open.Exists(g => g.First <= first && first < g.End))
        {
            _declaredEnd = Math.Max(_declaredEnd, end);
        }
        else
        {
            Undisclosed += count;
        }
    }

    private void Open(ulong first, ulong end)
    {
        for (var i = 0; i < Math.Min(_controlCount, RecentControls) && first < end; i++)
        {
            var control = _controls[i];
            if (control == first)
            {
                // It took a number, and the stream before it has no gap there.
                first++;
                i = -1;
            }
        }

        if (first == end)
        {
            return;
        }

        Missing += end - first;
        if (_open.Count == MaxOpen)
        {
            _open.RemoveAt(0);
        }

        _open.Add((first, end));
    }

    private bool Fill(ulong gseq)
    {
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            var (first, end) = _open[i];
            if (gseq < first || gseq >= end)
            {
                continue;
            }

            Missing--;
            _open.RemoveAt(i);
            if (gseq + 1 < end)
            {
                _open.Insert(i, (gseq + 1, end));
            }

            if (first < gseq)
            {
                _open.Insert(i, (first, gseq));
            }

            return true;
        }

        return false;
    }
}
