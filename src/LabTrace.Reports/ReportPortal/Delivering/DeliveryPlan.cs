using LabTrace.Reports.ReportPortal.Spooling;

namespace LabTrace.Reports.ReportPortal.Delivering;

/// <summary>Finds out what an entry must wait for besides what stands before it in its lane.</summary>
internal sealed class DeliveryPlan
{
    private readonly Dictionary<Guid, Lane> _lanes = [];
    private readonly Dictionary<Guid, Work> _starts = [];
    private readonly Dictionary<Guid, HashSet<Lane>> _within = [];

    /// <summary>Plans an entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="ended">Called when it is over.</param>
    public (Lane Lane, Work Work) Add(SpoolEntry entry, Action ended)
    {
        if (!_lanes.TryGetValue(entry.Lane, out var lane))
        {
            _lanes[entry.Lane] = lane = new Lane();
        }

        var work = new Work(entry, NeedsOf(entry, lane), ended);
        switch (entry.Action)
        {
            case SpoolAction.StartLaunch:
                _starts[Guid.Empty] = work;
                break;
            case SpoolAction.StartItem:
                _starts[entry.Id] = work;
                break;
            case SpoolAction.FinishItem:
                _ = _starts.Remove(entry.Id);
                _ = _within.Remove(entry.Id);
                break;
        }

        if (entry.Parent is { } parent)
        {
            _ = (_within.TryGetValue(parent, out var lanes) ? lanes : _within[parent] = []).Add(lane);
        }

        return (lane, work);
    }

    /// <summary>Waits until all that was planned is over.</summary>
    public async Task AllOverAsync()
    {
        foreach (var lane in _lanes.Values)
        {
            if (lane.Last is { } last)
            {
                await last.Over;
            }
        }
    }

    private List<Work> NeedsOf(SpoolEntry entry, Lane own)
    {
        var needs = new List<Work>();
        switch (entry.Action)
        {
            case SpoolAction.FinishLaunch:
                needs.AddRange(_lanes.Values.Select(lane => lane.Last).OfType<Work>());
                break;
            case SpoolAction.FinishItem when _within.TryGetValue(entry.Id, out var lanes):
                needs.AddRange(lanes.Where(lane => lane != own).Select(lane => lane.Last).OfType<Work>());
                break;
            case SpoolAction.StartItem or SpoolAction.Log:
                if (_starts.TryGetValue(entry.Parent ?? Guid.Empty, out var parent) && parent.Entry.Lane != entry.Lane)
                {
                    needs.Add(parent);
                }

                break;
        }

        return needs;
    }
}
