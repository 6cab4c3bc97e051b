namespace LabTrace.Emulation.Kernel;

/// <summary>What is going to happen, in order of time; what falls together keeps the order in which it was planned.</summary>
internal sealed class SimQueue
{
    private readonly PriorityQueue<SimEvent, (long At, long Order)> _events = new();
    private long _order;

    /// <summary>Planned things that are not background.</summary>
    public int Foreground { get; private set; }

    public SimEvent Plan(long at, Action action, bool isBackground = false)
    {
        var planned = new SimEvent(action, isBackground);
        _events.Enqueue(planned, (at, _order++));
        Foreground += isBackground ? 0 : 1;
        return planned;
    }

    public void Cancel(SimEvent? planned)
    {
        if (planned is { IsOver: false })
        {
            planned.IsOver = true;
            Foreground -= planned.IsBackground ? 0 : 1;
        }
    }

    public bool TryPeek(out long at)
    {
        while (_events.TryPeek(out var next, out var key))
        {
            if (!next.IsOver)
            {
                at = key.At;
                return true;
            }

            _ = _events.Dequeue();
        }

        at = 0;
        return false;
    }

    /// <summary>Takes the next thing; <see cref="TryPeek"/> said that there is one.</summary>
    public SimEvent Take()
    {
        var next = _events.Dequeue();
        Cancel(next);
        return next;
    }
}

/// <summary>Something that will happen at a moment of virtual time.</summary>
internal sealed class SimEvent(Action action, bool isBackground)
{
    public Action Action { get; } = action;

    /// <summary>Whether it would go on for ever in an idle machine.</summary>
    public bool IsBackground { get; } = isBackground;

    public bool IsOver { get; set; }
}
