using LabTrace.Reports.ReportPortal.Spooling;

namespace LabTrace.Reports.ReportPortal.Delivering;

/// <summary>An entry that is to be sent.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Needs">What must be over before it, in other lanes.</param>
/// <param name="Ended">Called when it is over.</param>
internal sealed record Work(SpoolEntry Entry, IReadOnlyList<Work> Needs, Action Ended)
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>It was sent, refused or given up.</summary>
    public Task Over => _over.Task;

    /// <summary>It is over.</summary>
    public void End()
    {
        Ended();
        _over.SetResult();
    }
}

/// <summary>What is sent one after the other.</summary>
internal sealed class Lane
{
    private readonly Queue<Work> _waiting = new();
    private bool _isRunning;

    /// <summary>What was added last.</summary>
    public Work? Last { get; private set; }

    /// <summary>Adds work.</summary>
    /// <returns>True when nobody works at this lane, and the caller is to see to it.</returns>
    public bool Add(Work work)
    {
        lock (_waiting)
        {
            _waiting.Enqueue(work);
            Last = work;
            return !_isRunning && (_isRunning = true);
        }
    }

    /// <summary>Takes the next work; false when there is none, and whoever asks works at this lane no more.</summary>
    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Work? work)
    {
        lock (_waiting)
        {
            return _waiting.TryDequeue(out work) || (_isRunning = false);
        }
    }

    /// <summary>Takes the next work if it is to one's liking.</summary>
    public bool TryTake(Func<Work, bool> suits, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Work? work)
    {
        lock (_waiting)
        {
            if (_waiting.TryPeek(out work) && suits(work))
            {
                _ = _waiting.Dequeue();
                return true;
            }

            work = null;
            return false;
        }
    }
}
