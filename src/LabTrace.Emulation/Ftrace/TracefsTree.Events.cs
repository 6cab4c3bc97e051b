using System.Text;
using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Ftrace;

/// <content>The <c>events</c> directory and <c>set_event</c>.</content>
internal static partial class TracefsTree
{
    private const string SystemFilterHelp =
        "### global filter ###\n# Use this to set filters for multiple events.\n# Only events with the given fields will be affected.\n"
        + "# If no events are modified, an error message will be displayed here\n";

    private static LiveDirectory Events(TraceInstance instance)
    {
        var fixedFiles = new Dictionary<string, Node>(StringComparer.Ordinal)
        {
            ["enable"] = File(instance, ReadWrite, () => EnableText(instance, Switchable(instance)), text => EnableAll(instance, Switchable(instance), text)),
            ["header_page"] = File(instance, ReadOnly, () => HeaderPage(instance)),
            ["header_event"] = File(instance, ReadOnly, () => HeaderEvent),
        };
        var systems = new Dictionary<string, Node>(StringComparer.Ordinal);
        return new LiveDirectory(
            name => fixedFiles.GetValueOrDefault(name) ?? FindSystem(instance, systems, name),
            () => fixedFiles.Keys.Concat(instance.Tracer.Events.Where(e => instance.IsTop || e.HasSwitch).Select(e => e.System).Distinct()));
    }

    private static Node? FindSystem(TraceInstance instance, Dictionary<string, Node> systems, string name)
    {
        if (!Of(instance, name).Any())
        {
            return null;
        }

        if (!systems.TryGetValue(name, out var directory))
        {
            directory = System(instance, name);
            systems.Add(name, directory);
        }

        return directory;
    }

    private static LiveDirectory System(TraceInstance instance, string system)
    {
        var files = new Dictionary<string, Node>(StringComparer.Ordinal);
        if (system != "ftrace")
        {
            files["enable"] = File(instance, ReadWrite, () => EnableText(instance, Of(instance, system)), text => EnableAll(instance, Of(instance, system), text));
            files["filter"] = File(instance, ReadWrite, () => SystemFilterHelp, text => StoreSystemFilter(instance, system, text));
        }

        var events = new Dictionary<EmulatedEvent, Node>();
        return new LiveDirectory(
            name =>
            {
                if (files.GetValueOrDefault(name) is { } file)
                {
                    return file;
                }

                if (Of(instance, system).FirstOrDefault(e => e.Name == name) is not { } of)
                {
                    return null;
                }

                if (!events.TryGetValue(of, out var directory))
                {
                    directory = Event(instance, of);
                    events[of] = directory;
                }

                return directory;
            },
            () => files.Keys.Concat(Of(instance, system).Select(e => e.Name)));
    }

    private static AttributeDirectory Event(TraceInstance instance, EmulatedEvent of)
    {
        var directory = new AttributeDirectory(0x1ED).Add("format", new AttributeFile(ReadOnly) { Show = () => of.FormatText });
        if (!of.HasSwitch)
        {
            return of.Name is "print" or "function"
                ? directory.Add("id", new AttributeFile(ReadOnly) { Show = () => Line(of.Id) }).Add("trigger", Trigger(instance, of))
                : directory;
        }

        return directory
            .Add("id", new AttributeFile(ReadOnly) { Show = () => Line(of.Id) })
            .Add("enable", File(instance, ReadWrite, () => instance.Of(of).EnableText, text => instance.Of(of).Enable(Numbers.ParseSwitch(text))))
            .Add("filter", File(instance, ReadWrite, () => instance.Of(of).FilterText, text => instance.Of(of).StoreFilter(text)))
            .Add("trigger", Trigger(instance, of));
    }

    private static AttributeFile Trigger(TraceInstance instance, EmulatedEvent of) =>
        new(ReadWrite) { Show = () => instance.Of(of).TriggerText, Store = text => instance.Of(of).StoreTrigger(text) };

    private static IEnumerable<EmulatedEvent> Switchable(TraceInstance instance) => instance.Tracer.Events.Where(e => e.HasSwitch);

    private static IEnumerable<EmulatedEvent> Of(TraceInstance instance, string system) =>
        instance.Tracer.Events.Where(e => e.System == system && (e.HasSwitch || instance.IsTop));

    private static string EnableText(TraceInstance instance, IEnumerable<EmulatedEvent> events)
    {
        var (on, off) = (false, false);
        foreach (var of in events.Where(e => e.HasSwitch))
        {
            var isOn = instance.Touched(of)?.IsHooked ?? false;
            on |= isOn;
            off |= !isOn;
        }

        return on && off ? "X\n" : on ? "1\n" : "0\n";
    }

    private static void EnableAll(TraceInstance instance, IEnumerable<EmulatedEvent> events, string text)
    {
        var isOn = Numbers.ParseSwitch(text);
        foreach (var of in events.Where(e => e.HasSwitch).ToArray())
        {
            if (isOn || instance.Touched(of) is not null)
            {
                instance.Of(of).Enable(isOn);
            }
        }
    }

    private static void DisableAll(TraceInstance instance)
    {
        foreach (var of in Switchable(instance).ToArray())
        {
            instance.Touched(of)?.Enable(isOn: false);
        }
    }

    private static void StoreSystemFilter(TraceInstance instance, string system, string written)
    {
        var text = written.TrimEnd();
        foreach (var of in Of(instance, system).Where(e => e.HasSwitch))
        {
            var file = instance.Of(of);
            if (text.Trim() == "0")
            {
                file.ClearFilter();
                continue;
            }

            try
            {
                _ = EventFilter.Parse(of, text, instance.Tracer.Cpus);
                file.StoreFilter(text);
            }
            catch (FilterException)
            {
                file.RefuseSubsystemFilter(text);
            }
        }
    }

    private static string SetEventText(TraceInstance instance) => string.Concat(
        Switchable(instance).Where(e => instance.Touched(e)?.IsHooked ?? false).Select(e => $"{e.System}:{e.Name}\n"));

    /// <summary>One write takes one word and leaves the rest to the writer, as the kernel does.</summary>
    private static int StoreSetEvent(TraceInstance instance, byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var start = 0;
        while (start < text.Length && char.IsWhiteSpace(text[start]))
        {
            start++;
        }

        var end = start;
        while (end < text.Length && !char.IsWhiteSpace(text[end]))
        {
            end++;
        }

        if (end > start)
        {
            SetEvents(instance, text[start..end]);
        }

        var taken = end < text.Length ? end + 1 : end;
        return Encoding.UTF8.GetByteCount(text.AsSpan(0, taken));
    }

    private static void SetEvents(TraceInstance instance, string word)
    {
        var isOn = !word.StartsWith('!');
        var name = isOn ? word : word[1..];
        var parts = name.Split(':');
        if (name.Length == 0 || parts.Length > 2)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        bool Fits(string part, string of) => part.Length == 0 || part == "*" || part == of;
        var found = Switchable(instance)
            .Where(e => parts.Length == 2 ? Fits(parts[0], e.System) && Fits(parts[1], e.Name) : name == "*" || name == e.System || name == e.Name)
            .ToArray();
        if (found.Length == 0)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        foreach (var of in found)
        {
            instance.Of(of).Enable(isOn);
        }
    }
}
