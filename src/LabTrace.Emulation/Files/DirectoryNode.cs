using LabTrace.Devices;

namespace LabTrace.Emulation.Files;

/// <summary>A directory. What may be made and removed in it is its own business: an ordinary one lets all, an attribute one nothing.</summary>
internal abstract class DirectoryNode(int mode) : Node(mode)
{
    public override FileKind Kind => FileKind.Directory;

    /// <summary>The child of a name, or null.</summary>
    public abstract Node? Find(string name);

    public abstract IEnumerable<string> Names();

    public virtual void MakeDirectory(string name) => Refusal.Throw(Errno.EPERM);

    public virtual void RemoveDirectory(string name) => Refusal.Throw(Errno.EPERM);

    public virtual FileNode CreateFile(string name) => throw new Refusal(Errno.EACCES);

    public virtual void RemoveFile(string name) => Refusal.Throw(Errno.EPERM);
}

/// <summary>A directory whose children are made when they are first asked for.</summary>
internal class AttributeDirectory(int mode = 0x1E8) : DirectoryNode(mode)
{
    private readonly SortedDictionary<string, Lazy<Node>> _children = new(StringComparer.Ordinal);

    public override Node? Find(string name) => _children.TryGetValue(name, out var child) ? child.Value : null;

    public override IEnumerable<string> Names() => _children.Keys;

    public AttributeDirectory Add(string name, Node child)
    {
        _children[name] = new Lazy<Node>(child);
        return this;
    }

    public AttributeDirectory Add(string name, Func<Node> make)
    {
        _children[name] = new Lazy<Node>(make);
        return this;
    }

    public void Remove(string name) => _children.Remove(name);
}

/// <summary>A directory that looks up its children anew each time, as <c>/proc</c> does with processes.</summary>
internal sealed class LiveDirectory(Func<string, Node?> find, Func<IEnumerable<string>> names, int mode = 0x1ED) : DirectoryNode(mode)
{
    public override Node? Find(string name) => find(name);

    public override IEnumerable<string> Names() => names().Order(StringComparer.Ordinal);
}

/// <summary>An ordinary directory in memory, such as <c>/tmp</c>.</summary>
internal sealed class OrdinaryDirectory(int mode = 0x1ED) : DirectoryNode(mode)
{
    private readonly SortedDictionary<string, Node> _children = new(StringComparer.Ordinal);

    public override long Size => 4096;

    public override Node? Find(string name) => _children.GetValueOrDefault(name);

    public override IEnumerable<string> Names() => _children.Keys;

    /// <summary>Takes a child away, whatever it is.</summary>
    public void Take(string name) => _children.Remove(name);

    public OrdinaryDirectory Add(string name, Node child)
    {
        _children[name] = child;
        return this;
    }

    public override void MakeDirectory(string name) => _children[name] = new OrdinaryDirectory();

    public override void RemoveDirectory(string name)
    {
        if (_children[name] is not DirectoryNode child)
        {
            Refusal.Throw(Errno.ENOTDIR);
            return;
        }

        if (child is not OrdinaryDirectory)
        {
            Refusal.Throw(Errno.EBUSY);
        }

        if (child.Names().Any())
        {
            Refusal.Throw(Errno.ENOTEMPTY);
        }

        _ = _children.Remove(name);
    }

    public override FileNode CreateFile(string name)
    {
        var file = new OrdinaryFile(0x180);
        _children[name] = file;
        return file;
    }

    public override void RemoveFile(string name)
    {
        if (_children[name] is DirectoryNode)
        {
            Refusal.Throw(Errno.EISDIR);
        }

        _ = _children.Remove(name);
    }
}
