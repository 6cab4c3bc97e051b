using System.Globalization;
using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Ftrace;

/// <summary>Probes in programs and libraries: <c>uprobe_events</c>, <c>uprobe_profile</c> and their part of <c>dynamic_events</c>.</summary>
internal sealed class UserProbes(Tracer tracer)
{
    private const int FirstId = 2306;
    private readonly List<UserProbe> _probes = [];
    private int _nextId = FirstId;

    public FileTree Tree { get; set; } = null!;

    public IReadOnlyList<UserProbe> All => _probes;

    public string Definitions => string.Concat(_probes.Select(p => p.Definition + "\n"));

    public string Profile => string.Concat(_probes.Select(p => $"  {p.Path} {p.Event.Name,-44} {p.Hits,15}\n"));

    /// <summary>One or more lines written into <c>uprobe_events</c> or <c>dynamic_events</c>; those before a refused one stay.</summary>
    public void Store(string written, bool isDynamic)
    {
        foreach (var raw in written.Split('\n'))
        {
            var comment = raw.IndexOf('#', StringComparison.Ordinal);
            var line = (comment < 0 ? raw : raw[..comment]).Trim();
            if (line.Length == 0)
            {
                continue;
            }

            if (line.StartsWith('-'))
            {
                Remove(line);
            }
            else
            {
                Add(line, isDynamic);
            }
        }
    }

    /// <summary>An open with O_TRUNC removes all, or none when one is enabled.</summary>
    public void RemoveAll()
    {
        if (_probes.Any(IsEnabled))
        {
            Refusal.Throw(Errno.EBUSY);
        }

        foreach (var of in _probes.Select(p => p.Event).Distinct().ToArray())
        {
            tracer.RemoveProbeEvent(of);
        }

        _probes.Clear();
    }

    /// <summary>The probes at a place, for a program that comes by.</summary>
    public IEnumerable<UserProbe> At(Node file, long offset, bool isReturn) =>
        _probes.Where(p => p.File == file && p.Offset == offset && p.IsReturn == isReturn);

    private bool IsEnabled(UserProbe probe) => tracer.IsHooked(probe.Event);

    private void Add(string line, bool isDynamic)
    {
        var parsed = ProbeParser.Parse(line, Tree, (reason, at) => tracer.Top.Errors.Add("trace_uprobe", reason, line, at));
        if (tracer.Events.FirstOrDefault(e => e.System == parsed.Group && e.Name == parsed.Name) is { } taken)
        {
            var same = _probes.Where(p => p.Event == taken).ToList();
            var reason = same.Count == 0 ? "Given group/event name is already used by another event"
                : same[0].IsReturn != parsed.IsReturn ? "Probe type is different from existing probe"
                : !same[0].HasSameArguments(parsed) ? "Probe arguments have different names or types from existing one"
                : same.Exists(p => p.Offset == parsed.Offset && p.File == parsed.File) ? "There is already the exact same probe event"
                : null;
            if (reason is not null)
            {
                tracer.Top.Errors.Add("trace_uprobe", reason, line, 0);
                Refusal.Throw(Errno.EEXIST);
            }

            _probes.Add(new UserProbe(parsed, taken));
            return;
        }

        _ = isDynamic;
        var of = parsed.ToEvent(_nextId++);
        tracer.AddProbeEvent(of);
        _probes.Add(new UserProbe(parsed, of));
    }

    private void Remove(string line)
    {
        if (!line.StartsWith("-:", StringComparison.Ordinal))
        {
            Refusal.Throw(Errno.EINVAL);
        }

        var place = line[2..].Split(' ')[0];
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        var group = slash < 0 ? null : place[..slash];
        var name = place[(slash + 1)..];
        var found = _probes.Where(p => (name.Length == 0 || p.Event.Name == name) && (group is null || p.Event.System == group)).ToList();
        if (found.Count == 0)
        {
            Refusal.Throw(Errno.ENOENT);
        }

        if (found.Exists(IsEnabled))
        {
            Refusal.Throw(Errno.EBUSY);
        }

        foreach (var of in found.Select(p => p.Event).Distinct())
        {
            tracer.RemoveProbeEvent(of);
        }

        _ = _probes.RemoveAll(found.Contains);
    }
}

/// <summary>A probe that stands.</summary>
internal sealed class UserProbe(ParsedProbe parsed, EmulatedEvent of)
{
    public EmulatedEvent Event { get; } = of;

    public string Path => parsed.Path;

    public Node File => parsed.File;

    public long Offset => parsed.Offset;

    public bool IsReturn => parsed.IsReturn;

    public IReadOnlyList<ProbeArgument> Arguments => parsed.Arguments;

    public long Hits { get; set; }

    public string Definition => string.Create(
        CultureInfo.InvariantCulture,
        $"{(IsReturn ? 'r' : 'p')}:{Event.System}/{Event.Name} {Path}:0x{Offset:x16}{string.Concat(Arguments.Select(a => $" {a.Name}={a.Text}"))}");

    public bool HasSameArguments(ParsedProbe other) =>
        Arguments.Count == other.Arguments.Count && Arguments.Zip(other.Arguments).All(p => p.First.Name == p.Second.Name && p.First.Type == p.Second.Type);
}
