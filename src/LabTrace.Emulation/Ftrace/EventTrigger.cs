using System.Globalization;
using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Ftrace;

/// <summary>A command that is carried out when an event happens.</summary>
internal sealed class EventTrigger(TriggerKind kind, long? count, EventFilter? filter, EventFile? other)
{
    private long? _count = count;

    public EventFilter? Filter { get; } = filter;

    /// <summary>The event that is enabled or disabled.</summary>
    public EventFile? Other { get; } = other;

    public string Text => Name
        + (Other is null ? "" : $":{Other.Event.System}:{Other.Event.Name}")
        + (_count is { } left ? $":count={left}" : ":unlimited")
        + (Filter is null ? "" : $" if {Filter.Text}");

    private string Name => kind switch
    {
        TriggerKind.TraceOn => "traceon",
        TriggerKind.TraceOff => "traceoff",
        TriggerKind.Stacktrace => "stacktrace",
        TriggerKind.EnableEvent => "enable_event",
        _ => "disable_event",
    };

    /// <summary>Whether both cannot stand at one event: two of a family, or both for the same other event.</summary>
    public bool Excludes(EventTrigger trigger) => Family == trigger.Family && Other == trigger.Other;

    private int Family => kind switch
    {
        TriggerKind.TraceOn or TriggerKind.TraceOff => 0,
        TriggerKind.Stacktrace => 1,
        _ => 2,
    };

    /// <summary>Carries it out; a count goes down only when something changed.</summary>
    public void Fire(TraceInstance instance, Action stack)
    {
        var isOn = kind is TriggerKind.TraceOn or TriggerKind.EnableEvent;
        var isThere = Other is null ? kind != TriggerKind.Stacktrace && instance.IsTracingOn == isOn : Other.IsSoftDisabled != isOn;
        if (isThere || _count == 0)
        {
            return;
        }

        _count--;
        if (kind == TriggerKind.Stacktrace)
        {
            stack();
        }
        else if (Other is null)
        {
            instance.IsTracingOn = isOn;
        }
        else
        {
            Other.IsSoftDisabled = !isOn;
        }
    }
}

/// <summary>Reads what is written into a <c>trigger</c> file.</summary>
internal static class TriggerParser
{
    /// <exception cref="Refusal">EINVAL for what is no trigger, EEXIST for a second of its kind, the filter's errno.</exception>
    public static void Apply(string text, EventFile at)
    {
        var isRemoval = text.StartsWith('!');
        var rest = isRemoval ? text[1..] : text;
        var (name, parameters) = CutAt(rest, ':', ' ', '\t');
        switch (name)
        {
            case "traceon" or "traceoff" or "stacktrace":
                var kind = name == "traceon" ? TriggerKind.TraceOn : name == "traceoff" ? TriggerKind.TraceOff : TriggerKind.Stacktrace;
                Apply(at, kind, isRemoval, parameters, other: null);
                break;
            case "enable_event" or "disable_event" when parameters is not null:
                var (target, condition) = CutAt(parameters, ' ', '\t');
                var parts = target.Split(':', 3);
                if (parts.Length < 2 || at.Instance.Find(parts[0], parts[1]) is not { } other)
                {
                    throw new Refusal(Errno.EINVAL);
                }

                var count = parts.Length > 2 ? parts[2] : "";
                kind = name == "enable_event" ? TriggerKind.EnableEvent : TriggerKind.DisableEvent;
                Apply(at, kind, isRemoval, (count + " " + condition).Trim(), other);
                break;
            default:
                Refusal.Throw(Errno.EINVAL);
                break;
        }
    }

    private static void Apply(EventFile at, TriggerKind kind, bool isRemoval, string? parameters, EventFile? other)
    {
        if (isRemoval)
        {
            at.RemoveTrigger(new EventTrigger(kind, null, null, other));
            return;
        }

        var (number, condition) = parameters is { Length: > 0 } && char.IsAsciiDigit(parameters[0]) ? CutAt(parameters, ' ', '\t') : ("", parameters);
        at.AddTrigger(new EventTrigger(kind, ParseCount(number), ParseCondition(at, condition), other));
    }

    private static long? ParseCount(string number)
    {
        var digits = number.Split(':')[0];
        if (digits.Length == 0)
        {
            return null;
        }

        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : throw new Refusal(Errno.EINVAL);
    }

    private static EventFilter? ParseCondition(EventFile at, string? condition)
    {
        var text = condition?.TrimStart() ?? "";
        if (text.Length == 0)
        {
            return null;
        }

        var (word, filter) = CutAt(text, ' ', '\t');
        return word == "if" && filter is not null ? at.ParseTriggerFilter(filter) : throw new Refusal(Errno.EINVAL);
    }

    private static (string First, string? Behind) CutAt(string text, params ReadOnlySpan<char> separators)
    {
        var at = text.AsSpan().IndexOfAny(separators);
        return at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);
    }
}

/// <summary>What a trigger does.</summary>
internal enum TriggerKind
{
    TraceOn,
    TraceOff,
    Stacktrace,
    EnableEvent,
    DisableEvent,
}
