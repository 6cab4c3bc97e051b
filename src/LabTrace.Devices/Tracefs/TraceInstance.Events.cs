using System.Text;
using LabTrace.Tracing;

namespace LabTrace.Devices;

/// <summary>Which events are recorded: enabling, filters and triggers.</summary>
public sealed partial class TraceInstance
{
    /// <summary>Enables events, with a filter already in place when the first of them happens.</summary>
    /// <param name="pattern">One event, or a pattern such as <c>sched:*</c>.</param>
    /// <param name="filter">A filter that each of the events must accept, or null to leave filters as they are.</param>
    /// <param name="cancellationToken">Ends the attempt; what was enabled by then is undone with the other changes.</param>
    /// <returns>The events that the pattern covers.</returns>
    /// <exception cref="NotOnTargetException">There is no such event; the message names the nearest.</exception>
    /// <exception cref="KernelRefusedException">The kernel refused the filter or the event; its own words and caret are in the message.</exception>
    public async Task<IReadOnlyList<EventName>> EnableEventAsync(EventName pattern, string? filter, CancellationToken cancellationToken)
    {
        var events = await Tracefs.ResolveAsync(pattern, cancellationToken);
        if (filter is not null)
        {
            await SetFilterAsync(events, filter, cancellationToken);
        }

        try
        {
            await Changes.SetAttributesAsync(events.Select(e => new AttributeChange(EventFile(e, "enable"), "1", "0")).ToArray(), cancellationToken);
        }
        catch (TargetIOException e)
        {
            throw new KernelRefusedException($"enabling event '{pattern}'", Target.Name, e.Errno, inner: e);
        }

        _events.UnionWith(events);
        return events;
    }

    /// <summary>Disables events; those that were not enabled are left so.</summary>
    /// <exception cref="NotOnTargetException">There is no such event; the message names the nearest.</exception>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    public async Task DisableEventAsync(EventName pattern, CancellationToken cancellationToken)
    {
        var events = await Tracefs.ResolveAsync(pattern, cancellationToken);
        await Changes.SetAttributesAsync(events.Select(e => new AttributeChange(EventFile(e, "enable"), "0", "0")).ToArray(), cancellationToken);
    }

    /// <summary>Sets the filter of events; <c>0</c> takes it away.</summary>
    /// <exception cref="NotOnTargetException">There is no such event; the message names the nearest.</exception>
    /// <exception cref="KernelRefusedException">The kernel refused the filter; its own words and caret are in the message.</exception>
    public async Task SetFilterAsync(EventName pattern, string filter, CancellationToken cancellationToken) =>
        await SetFilterAsync(await Tracefs.ResolveAsync(pattern, cancellationToken), filter, cancellationToken);

    /// <summary>Adds a trigger to an event: <c>traceoff:1</c>, <c>stacktrace if prev_pid == 7</c>, <c>enable_event:sched:sched_wakeup</c>…</summary>
    /// <exception cref="NotOnTargetException">There is no such event; the message names the nearest.</exception>
    /// <exception cref="KernelRefusedException">EEXIST when the event has a trigger of this kind, EINVAL when the kernel knows none or refuses its filter.</exception>
    public async Task SetTriggerAsync(EventName pattern, string trigger, CancellationToken cancellationToken)
    {
        var text = trigger.Trim();
        foreach (var name in await Tracefs.ResolveAsync(pattern, cancellationToken))
        {
            if (EnabledBy(text) is { } other)
            {
                await KeepDisablingAsync(other, cancellationToken);
            }

            try
            {
                await Changes.AppendLineAsync(EventFile(name, "trigger"), text, TriggerRemoval(text), cancellationToken);
            }
            catch (TargetIOException e)
            {
                throw await TriggerRefusedAsync(name, text, e, cancellationToken);
            }
        }
    }

    /// <summary>Takes a trigger away again.</summary>
    /// <param name="pattern">The events that have it.</param>
    /// <param name="trigger">The trigger as it was set.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="KernelRefusedException">The kernel knows no such trigger.</exception>
    public async Task RemoveTriggerAsync(EventName pattern, string trigger, CancellationToken cancellationToken)
    {
        foreach (var name in await Tracefs.ResolveAsync(pattern, cancellationToken))
        {
            try
            {
                // Append: opening the file to truncate it would take every hist trigger away.
                var removal = Encoding.UTF8.GetBytes(TriggerRemoval(trigger.Trim()) + "\n");
                await Target.WriteAsync(EventFile(name, "trigger"), removal, WriteMode.Append, cancellationToken);
            }
            catch (TargetIOException e)
            {
                throw await TriggerRefusedAsync(name, TriggerRemoval(trigger.Trim()), e, cancellationToken);
            }
        }
    }

    /// <summary>Reads the triggers of an event, one a line as the kernel spells them, without its comments.</summary>
    /// <exception cref="NotOnTargetException">There is no such event; the message names the nearest.</exception>
    public async Task<IReadOnlyList<string>> ReadTriggersAsync(EventName name, CancellationToken cancellationToken)
    {
        var found = (await Tracefs.ResolveAsync(name, cancellationToken))[0];
        var text = await Target.ReadTextAsync(EventFile(found, "trigger"), cancellationToken);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith('#')).ToArray();
    }

    /// <summary>Reads which events are enabled.</summary>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    public async Task<IReadOnlyList<EventName>> ReadEnabledEventsAsync(CancellationToken cancellationToken) =>
        EventCatalog.Parse(await Target.ReadTextAsync(Path + "/set_event", cancellationToken));

    private string EventFile(EventName name, string file) => $"{Path}/events/{name.System}/{name.Name}/{file}";

    private async Task SetFilterAsync(IReadOnlyList<EventName> events, string filter, CancellationToken cancellationToken)
    {
        try
        {
            await Changes.SetAttributesAsync(events.Select(e => new AttributeChange(EventFile(e, "filter"), filter, "0")).ToArray(), cancellationToken);
        }
        catch (TargetIOException e)
        {
            var refused = events.First(name => EventFile(name, "filter") == e.Path);

            // The kernel keeps the refused text in the file and lets nothing through: the event would be silent.
            await Target.WriteTextAsync(e.Path, "0", cancellationToken);
            var explanation = await ExplainAsync(filter, cancellationToken);
            var fields = (await Tracefs.ReadFormatAsync(refused, cancellationToken)).Fields.Select(f => f.Name);
            var hint = explanation?.Message.Contains("ield not found", StringComparison.Ordinal) == true
                ? $"the fields of {refused} are {string.Join(", ", fields)}"
                : "write FIELD OP VALUE with == != < <= > >= &, strings in quotes with == != ~, joined by && || ! and ( )";
            throw new KernelRefusedException($"the filter '{filter}' of event '{refused}'", Target.Name, e.Errno, explanation, hint, e);
        }
    }

    private async Task<KernelRefusedException> TriggerRefusedAsync(
        EventName name, string trigger, TargetIOException refusal, CancellationToken cancellationToken)
    {
        var condition = trigger.IndexOf(" if ", StringComparison.Ordinal);
        var explanation = condition < 0 ? null : await ExplainAsync(trigger[(condition + 4)..], cancellationToken);
        var hint = refusal.Errno == Errno.EEXIST
            ? "an event takes one trigger of a kind: remove the first, or write one trigger for both"
            : explanation is not null ? null
            : "the kernel's own list is in tracefs/README; traceon, traceoff, stacktrace, enable_event:SYS:EVENT and disable_event:SYS:EVENT are always there";
        return new KernelRefusedException($"the trigger '{trigger}' of event '{name}'", Target.Name, refusal.Errno, explanation, hint, refusal);
    }

    private async Task<KernelError?> ExplainAsync(string command, CancellationToken cancellationToken)
    {
        var log = (await Target.ReadManyAsync([Path + "/error_log"], cancellationToken))[0];
        return log.Content is null ? null : KernelErrorLog.Find(Encoding.UTF8.GetString(log.Content), command);
    }

    // The kernel ignores count and filter of a removal, but wants the rest: enable_event:SYS:EVENT, hist with its keys.
    private static string TriggerRemoval(string trigger)
    {
        if (trigger.StartsWith("hist:", StringComparison.Ordinal))
        {
            return "!" + trigger;
        }

        var words = trigger.Split(' ')[0].Split(':');
        var kept = words[0] is "enable_event" or "disable_event" ? 3 : 1;
        return "!" + string.Join(':', words.Take(kept));
    }

    private static EventName? EnabledBy(string trigger) =>
        trigger.Split(' ')[0].Split(':') is ["enable_event", var system, var name, ..] ? new EventName(system, name) : null;

    // An event that a trigger has enabled stays enabled when the trigger goes, so undoing has to disable it as well.
    private async Task KeepDisablingAsync(EventName name, CancellationToken cancellationToken)
    {
        var enable = EventFile(name, "enable");
        var state = (await Target.ReadManyAsync([enable], cancellationToken))[0];
        if (state.Content is [(byte)'0', ..])
        {
            await Changes.SetAttributeAsync(enable, "0", "0", cancellationToken);
        }

        _ = _events.Add(name);
    }
}
