using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Ftrace;

/// <summary>One event in one instance: its switch, its filter and its triggers.</summary>
internal sealed class EventFile(EmulatedEvent of, TraceInstance instance)
{
    private const string NoTriggers = "# Available triggers:\n# traceon traceoff stacktrace enable_event disable_event\n";
    private readonly List<EventTrigger> _triggers = [];
    private string _filterText = "none\n";
    private int _softUsers;

    public EmulatedEvent Event { get; } = of;

    public TraceInstance Instance { get; } = instance;

    /// <summary>The kernel calls the tracer for this event, be it for a recording or for a trigger.</summary>
    public bool IsHooked { get; private set; }

    /// <summary>Hooked, but held back until a trigger or a write lets it record.</summary>
    public bool IsSoftDisabled { get; set; }

    public EventFilter? Filter { get; private set; }

    /// <summary>Whether a record is written when the event happens.</summary>
    public bool IsRecording => IsHooked && !IsSoftDisabled;

    public string EnableText => (IsRecording ? "1" : "0") + (IsSoftDisabled || _softUsers > 0 ? "*" : "") + "\n";

    public string FilterText => _filterText;

    public string TriggerText => _triggers.Count == 0 ? NoTriggers : string.Concat(Enumerable.Reverse(_triggers).Select(t => t.Text + "\n"));

    /// <summary>A write to the event's switch.</summary>
    public void Enable(bool isOn)
    {
        if (isOn)
        {
            IsSoftDisabled = false;
            IsHooked = true;
            Instance.Expand();
        }
        else
        {
            IsHooked &= _softUsers > 0;
            IsSoftDisabled = _softUsers > 0;
        }

        Instance.Tracer.Rehook(Event);
    }

    /// <summary>A trigger, here or at another event, needs this event hooked.</summary>
    public void AddSoftUser()
    {
        if (_softUsers++ == 0 && !IsHooked)
        {
            IsSoftDisabled = true;
            IsHooked = true;
        }

        Instance.Tracer.Rehook(Event);
    }

    /// <summary>Such a trigger was removed. An event that records by then goes on doing so, as in the kernel.</summary>
    public void RemoveSoftUser()
    {
        if (--_softUsers == 0)
        {
            IsHooked &= !IsSoftDisabled;
            IsSoftDisabled = false;
        }

        Instance.Tracer.Rehook(Event);
    }

    /// <summary>A write to the <c>filter</c> file.</summary>
    public void StoreFilter(string written)
    {
        var text = written.TrimEnd();
        if (text.Trim() == "0")
        {
            ClearFilter();
            return;
        }

        try
        {
            Filter = EventFilter.Parse(Event, text, Instance.Tracer.Cpus);
            _filterText = text + "\n";
        }
        catch (FilterException refusal)
        {
            Explain(refusal, text);
            throw new Refusal(refusal.Errno);
        }
    }

    /// <summary>A write to the system's <c>filter</c> file that did not fit this event.</summary>
    public void RefuseSubsystemFilter(string text) =>
        Explain(new FilterException("Couldn't find or set field in one of a subsystem's events", 0, Errno.EINVAL), text);

    public void ClearFilter()
    {
        Filter = null;
        _filterText = "none\n";
    }

    /// <summary>A write to the <c>trigger</c> file.</summary>
    public void StoreTrigger(string written)
    {
        if (written.Length == 0)
        {
            return;
        }

        TriggerParser.Apply(written.Trim(), this);
    }

    public void AddTrigger(EventTrigger trigger)
    {
        if (_triggers.Exists(t => t.Excludes(trigger)))
        {
            Refusal.Throw(Errno.EEXIST);
        }

        _triggers.Add(trigger);
        AddSoftUser();
        trigger.Other?.AddSoftUser();
    }

    public void RemoveTrigger(EventTrigger like)
    {
        if (_triggers.Find(t => t.Excludes(like)) is { } found)
        {
            _ = _triggers.Remove(found);
            RemoveSoftUser();
            found.Other?.RemoveSoftUser();
        }
    }

    public void RemoveAll()
    {
        foreach (var trigger in _triggers.ToArray())
        {
            RemoveTrigger(trigger);
        }

        Enable(isOn: false);
    }

    /// <summary>Carries out the triggers after the event's record was written.</summary>
    public void Fire(in FilterInput input, Action stack)
    {
        for (var i = _triggers.Count - 1; i >= 0 && i < _triggers.Count; i--)
        {
            if (_triggers[i].Filter?.Matches(input) ?? true)
            {
                _triggers[i].Fire(Instance, stack);
            }
        }
    }

    internal EventFilter ParseTriggerFilter(string text)
    {
        try
        {
            return EventFilter.Parse(Event, text, Instance.Tracer.Cpus);
        }
        catch (FilterException refusal)
        {
            Instance.Errors.Add("event filter parse error", refusal.Reason ?? "Error", text, refusal.Position);
            throw new Refusal(refusal.Errno);
        }
    }

    private void Explain(FilterException refusal, string text)
    {
        Filter = null;
        _filterText = refusal.Reason is { } reason
            ? $"{text}\n{"^".PadLeft(Math.Min(refusal.Position, text.Length) + 1)}\nparse_error: {reason}\n\n"
            : $"{text}\nError: (0)\n\n";
        Instance.Errors.Add("event filter parse error", refusal.Reason ?? "Error", text, refusal.Position);
    }
}
