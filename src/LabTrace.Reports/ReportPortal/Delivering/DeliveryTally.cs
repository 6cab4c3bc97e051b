namespace LabTrace.Reports.ReportPortal.Delivering;

/// <summary>Counts a delivery's requests.</summary>
internal sealed class DeliveryTally
{
    private const int MostTold = 10;
    private readonly Lock _gate = new();
    private readonly HashSet<Guid> _missing = [];
    private readonly HashSet<Guid> _unfinished = [];
    private readonly List<string> _refused = [];
    private readonly List<string> _remarks = [];
    private int _total;
    private int _delivered;
    private string? _link;
    private long? _number;

    public void Clear()
    {
        lock (_gate)
        {
            (_total, _delivered) = (0, 0);
            _missing.Clear();
            _unfinished.Clear();
            _refused.Clear();
        }
    }

    public void Add(bool isDelivered)
    {
        lock (_gate)
        {
            _total++;
            _delivered += isDelivered ? 1 : 0;
        }
    }

    public void Deliver(int count)
    {
        lock (_gate)
        {
            _delivered += count;
        }
    }

    /// <summary>The server will not take a request; without a start there is nothing to add to.</summary>
    public void Refuse(Guid? started, string what)
    {
        lock (_gate)
        {
            if (started is { } id)
            {
                _ = _missing.Add(id);
            }

            if (_refused.Count < MostTold)
            {
                _refused.Add(what);
            }
        }
    }

    /// <summary>Something is to be sent later: until then, what it is in is not finished.</summary>
    public void LeaveOpen(params ReadOnlySpan<Guid?> ids)
    {
        lock (_gate)
        {
            foreach (var id in ids)
            {
                _ = id is { } known && _unfinished.Add(known);
            }
        }
    }

    /// <summary>Something in it is to be sent later.</summary>
    public bool IsLeftOpen(Guid id)
    {
        lock (_gate)
        {
            return _unfinished.Contains(id);
        }
    }

    /// <summary>Something could not be started, so that what is in it cannot be sent.</summary>
    public bool IsMissing(Guid id)
    {
        lock (_gate)
        {
            return _missing.Contains(id);
        }
    }

    /// <summary>It is held back by what it is in.</summary>
    public void HoldBack(Guid? started)
    {
        lock (_gate)
        {
            if (started is { } id)
            {
                _ = _missing.Add(id);
            }
        }
    }

    public void Remark(string remark)
    {
        lock (_gate)
        {
            if (_remarks.Count < MostTold)
            {
                _remarks.Add(remark);
            }
        }
    }

    public void See(PortalAnswer launch)
    {
        lock (_gate)
        {
            _link = launch.Link ?? _link;
            _number = launch.Number ?? _number;
        }
    }

    public DeliveryResult Result(bool sawEnd, string? gaveUp)
    {
        lock (_gate)
        {
            return new DeliveryResult(_total, _delivered)
            {
                SawEnd = sawEnd,
                GaveUp = gaveUp,
                Refused = [.. _refused],
                Remarks = [.. _remarks],
                Link = _link,
                Number = _number,
            };
        }
    }
}
