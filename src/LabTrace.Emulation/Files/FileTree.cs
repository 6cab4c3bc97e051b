using LabTrace.Devices;

namespace LabTrace.Emulation.Files;

/// <summary>The emulated target's file tree: path walks with their errnos, and the calls that change it.</summary>
internal sealed class FileTree
{
    private const int MaxLinks = 40;
    private const int ReadBits = 0x124;
    private const int WriteBits = 0x92;

    /// <summary>The root directory.</summary>
    public OrdinaryDirectory Root { get; } = new();

    /// <summary>Writes that are refused before they reach the file; set by a scenario that asks for the fault.</summary>
    public Func<string, Errno> WriteFault { get; set; } = _ => Errno.None;

    /// <summary>The node at a path, links followed.</summary>
    /// <exception cref="Refusal">ENOENT, ENOTDIR, ELOOP.</exception>
    public Node Walk(string path) => Walk(path, followLast: true) ?? throw new Refusal(Errno.ENOENT);

    /// <summary>The node at a path, or null when nothing is there.</summary>
    public Node? Find(string path)
    {
        try
        {
            return Walk(path, followLast: true);
        }
        catch (Refusal refusal) when (refusal.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            return null;
        }
    }

    /// <summary>The node at a path, the last part not followed when it is a link; null when nothing is there.</summary>
    public Node? FindLink(string path) => Walk(path, followLast: false);

    /// <summary>Makes the directories of a path where they are missing, for building the tree.</summary>
    public OrdinaryDirectory MakeOrdinary(string path)
    {
        var directory = Root;
        foreach (var part in Split(path))
        {
            if (directory.Find(part) is not OrdinaryDirectory next)
            {
                next = new OrdinaryDirectory();
                _ = directory.Add(part, next);
            }

            directory = next;
        }

        return directory;
    }

    /// <summary>Puts a node at a path; directories above it are made.</summary>
    public void Put(string path, Node node)
    {
        var (parent, name) = Cut(path);
        _ = MakeOrdinary(parent).Add(name, node);
    }

    public OpenFile Open(string path, OpenFlags flags, bool create = false)
    {
        var node = Walk(path, followLast: true);
        var isMade = false;
        if (node is null)
        {
            if (!create)
            {
                Refusal.Throw(Errno.ENOENT);
            }

            var (directory, name) = Parent(path);
            node = directory.CreateFile(name);
            isMade = true;
        }

        if (node is not FileNode file)
        {
            throw new Refusal(Errno.EISDIR);
        }

        var needed = flags.HasFlag(OpenFlags.Write) ? WriteBits : ReadBits;
        if (!isMade && (file.Mode & needed) == 0 && file is OrdinaryFile)
        {
            Refusal.Throw(Errno.EACCES);
        }

        return file.Open(flags);
    }

    /// <summary>Checks whether somebody who is neither root nor owner may open a path.</summary>
    /// <exception cref="Refusal">EACCES.</exception>
    public void CheckForOthers(string path, OpenFlags flags)
    {
        const int othersRead = 4;
        const int othersWrite = 2;
        const int othersSearch = 1;
        var parts = Split(path);
        for (var i = 0; i <= parts.Length; i++)
        {
            var needed = i < parts.Length ? othersSearch : flags.HasFlag(OpenFlags.Write) ? othersWrite : othersRead;
            if (Find("/" + string.Join('/', parts[..i])) is { } node && (node.Mode & needed) == 0)
            {
                Refusal.Throw(Errno.EACCES);
            }
        }
    }

    public void MakeDirectory(string path)
    {
        var (directory, name) = Parent(path);
        if (directory.Find(name) is not null)
        {
            Refusal.Throw(Errno.EEXIST);
        }

        directory.MakeDirectory(name);
    }

    public void RemoveDirectory(string path)
    {
        var (directory, name) = Parent(path);
        var node = directory.Find(name) ?? throw new Refusal(Errno.ENOENT);
        if (node is not DirectoryNode)
        {
            Refusal.Throw(Errno.ENOTDIR);
        }

        directory.RemoveDirectory(name);
    }

    public void RemoveFile(string path)
    {
        var (directory, name) = Parent(path);
        var node = directory.Find(name) ?? throw new Refusal(Errno.ENOENT);
        if (node is DirectoryNode)
        {
            Refusal.Throw(Errno.EISDIR);
        }

        directory.RemoveFile(name);
    }

    private static string[] Split(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    private static (string Parent, string Name) Cut(string path)
    {
        var trimmed = path.TrimEnd('/');
        var slash = trimmed.LastIndexOf('/');
        return (slash <= 0 ? "/" : trimmed[..slash], trimmed[(slash + 1)..]);
    }

    private (DirectoryNode Directory, string Name) Parent(string path)
    {
        var (parent, name) = Cut(path);
        if (name.Length == 0)
        {
            Refusal.Throw(Errno.EBUSY);
        }

        return Walk(parent) is DirectoryNode directory ? (directory, name) : throw new Refusal(Errno.ENOTDIR);
    }

    private Node? Walk(string path, bool followLast)
    {
        var links = 0;
        return Walk(Split(path), followLast, ref links);
    }

    private Node? Walk(string[] parts, bool followLast, ref int links)
    {
        var above = new List<DirectoryNode> { Root };
        Node node = Root;
        for (var i = 0; i < parts.Length; i++)
        {
            if (node is not DirectoryNode directory)
            {
                throw new Refusal(Errno.ENOTDIR);
            }

            if (parts[i] == ".")
            {
                continue;
            }

            if (parts[i] == "..")
            {
                above.RemoveRange(Math.Max(1, above.Count - 1), above.Count > 1 ? 1 : 0);
                node = above[^1];
                continue;
            }

            var isLast = i == parts.Length - 1;
            var child = directory.Find(parts[i]);
            if (child is null)
            {
                return isLast ? null : throw new Refusal(Errno.ENOENT);
            }

            if (child is LinkNode link && (!isLast || followLast))
            {
                if (++links > MaxLinks)
                {
                    Refusal.Throw(Errno.ELOOP);
                }

                var target = link.Target.StartsWith('/') ? link.Target : $"/{string.Join('/', parts[..i])}/{link.Target}";
                return Walk(Split($"{target}/{string.Join('/', parts[(i + 1)..])}"), followLast, ref links);
            }

            node = child;
            if (child is DirectoryNode next)
            {
                above.Add(next);
            }
        }

        return node;
    }
}
