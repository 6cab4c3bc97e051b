using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Fuse;

/// <summary>A path that the kernel knows by a number.</summary>
internal sealed class FuseEntry(ulong id, FuseEntry? parent, string name)
{
    private const ulong FnvPrime = 0x100000001b3;
    private const ulong FnvBasis = 0xcbf29ce484222325;

    public ulong Id { get; } = id;

    public FuseEntry? Parent { get; } = parent;

    public string Name { get; } = name;

    /// <summary>How often the kernel asked for it and did not forget.</summary>
    public ulong Lookups { get; set; }

    public int Children { get; set; }

    public int Depth { get; } = parent is null ? 0 : parent.Depth + 1;

    /// <summary>A number of the path that is the same each time.</summary>
    public ulong Inode { get; } = parent is null ? 1 : InodeOf(parent.Inode, name);

    public string Path => Parent is null ? "" : $"{Parent.Path}/{Name}";

    /// <summary>Whether it lies where the kernel checks permissions of attributes even for root.</summary>
    public bool IsSysfs { get; } = parent is not null && (parent.IsSysfs ? !(parent is { Depth: 2, Name: "kernel" } && name is "debug" or "tracing") : parent.Depth == 0 && name == "sys");

    public static ulong InodeOf(ulong parent, string name)
    {
        var hash = FnvBasis ^ parent;
        foreach (var c in name)
        {
            hash = (hash ^ c) * FnvPrime;
        }

        return hash | 2;
    }
}

/// <summary>The paths that the kernel knows.</summary>
internal sealed class FuseEntries(FileTree tree)
{
    private readonly Dictionary<ulong, FuseEntry> _byId = new() { [1] = new FuseEntry(1, null, "") };
    private readonly Dictionary<(ulong Parent, string Name), FuseEntry> _byName = [];
    private ulong _lastId = 1;

    public FuseEntry Of(ulong id) => _byId.TryGetValue(id, out var entry) ? entry : throw new Refusal(Errno.ESTALE);

    /// <summary>What stands at the path now.</summary>
    /// <exception cref="Refusal">ENOENT: it is gone.</exception>
    public Node Resolve(FuseEntry entry) =>
        entry.Parent is null ? tree.Root : DirectoryOf(entry.Parent).Find(entry.Name) ?? throw new Refusal(Errno.ENOENT);

    public DirectoryNode DirectoryOf(FuseEntry entry) => Resolve(entry) as DirectoryNode ?? throw new Refusal(Errno.ENOTDIR);

    /// <summary>The entry of a child, which the kernel will know from now on.</summary>
    public FuseEntry Know(FuseEntry parent, string name)
    {
        if (!_byName.TryGetValue((parent.Id, name), out var entry))
        {
            entry = new FuseEntry(++_lastId, parent, name);
            _byName[(parent.Id, name)] = entry;
            _byId[entry.Id] = entry;
            parent.Children++;
        }

        entry.Lookups++;
        return entry;
    }

    public void Forget(ulong id, ulong count)
    {
        if (id == 1 || !_byId.TryGetValue(id, out var entry))
        {
            return;
        }

        entry.Lookups -= Math.Min(count, entry.Lookups);
        Drop(entry);
    }

    private void Drop(FuseEntry entry)
    {
        while (entry is { Lookups: 0, Children: 0, Parent: { } parent })
        {
            _ = _byId.Remove(entry.Id);
            _ = _byName.Remove((parent.Id, entry.Name));
            parent.Children--;
            entry = parent;
        }
    }
}
