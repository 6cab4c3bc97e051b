using LabTrace.Tracing;

namespace LabTrace.Devices;

/// <summary>The events a kernel offers, from <c>available_events</c>, and what a name written by a person means among them.</summary>
internal static class EventCatalog
{
    /// <summary>Reads <c>system:name</c> lines; others are left out.</summary>
    public static IReadOnlyList<EventName> Parse(string availableEvents)
    {
        var events = new List<EventName>();
        foreach (var line in availableEvents.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && colon < line.Length - 1)
            {
                events.Add(new EventName(line[..colon], line[(colon + 1)..]));
            }
        }

        return events;
    }

    /// <summary>Whether a name can mean more than the one event it spells out.</summary>
    public static bool IsPattern(EventName name) =>
        name.System.Length == 0 || name.System.AsSpan().ContainsAny('*', '?') || name.Name.AsSpan().ContainsAny('*', '?');

    /// <summary>The events a name or pattern covers; a bare name that is a system covers the system, as in <c>set_event</c>.</summary>
    public static IReadOnlyList<EventName> Match(EventName pattern, IReadOnlyList<EventName> available)
    {
        var matches = available.Where(pattern.Matches).ToArray();
        return matches.Length > 0 || pattern.System.Length > 0
            ? matches
            : available.Where(e => e.System == pattern.Name).ToArray();
    }

    /// <summary>The error for a name that covers nothing.</summary>
    public static NotOnTargetException Unknown(EventName name, IReadOnlyList<EventName> available, string target, string tracefs)
    {
        if (name.System == "ftrace")
        {
            return new NotOnTargetException(
                $"event '{name}' on target '{target}' cannot be enabled: the kernel's tracers and markers write it by themselves",
                "write a marker, or select a tracer");
        }

        var systems = available.Select(e => e.System).Distinct().ToArray();
        var near = name.System.Length > 0 && systems.Contains(name.System, StringComparer.Ordinal)
            ? NearestNames.Of(name.Name, available.Where(e => e.System == name.System).Select(e => e.Name))
                .Select(n => $"{name.System}:{n}").ToArray()
            : [];
        near = near.Length > 0 ? near : NearestNames.Of(name.ToString(), available.Select(e => e.ToString())).ToArray();
        near = near.Length > 0
            ? near
            : available.Where(e => NearestNames.Of(name.Name, [e.Name]).Count > 0).Take(3).Select(e => e.ToString()).ToArray();
        return new NotOnTargetException(
            $"no event '{name}' on target '{target}'" + (near.Length > 0 ? $"; nearest: {string.Join(", ", near)}" : ""),
            $"list them with `cat {tracefs}/available_events`");
    }
}
