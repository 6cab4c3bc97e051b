using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Kernel;

/// <summary>The machine's mounts: those of the boot, and debugfs, which can be taken away and mounted again.</summary>
internal sealed class Mounts
{
    /// <summary>Where debugfs belongs.</summary>
    public const string DebugfsPath = "/sys/kernel/debug";

    private const int RootOnly = 0x1C0;
    private const string Boot =
        "proc /proc proc rw,relatime 0 0\nsysfs /sys sysfs rw,relatime 0 0\ntmpfs /tmp tmpfs rw,relatime 0 0\n"
        + $"tracefs {TracefsDevice.Path} tracefs rw,relatime 0 0\n";

    private readonly OrdinaryDirectory _kernel;
    private bool _hasDebugfs = true;

    public Mounts(FileTree tree)
    {
        _kernel = tree.MakeOrdinary("/sys/kernel");
        Debugfs = tree.MakeOrdinary(DebugfsPath);
        Debugfs.Mode = RootOnly;
    }

    /// <summary>debugfs's own root, mounted or not.</summary>
    public OrdinaryDirectory Debugfs { get; }

    /// <summary>The text of <c>/proc/mounts</c>.</summary>
    public string Text => Boot + (_hasDebugfs ? $"debugfs {DebugfsPath} debugfs rw,relatime 0 0\n" : "");

    /// <summary>mount(2).</summary>
    /// <exception cref="Refusal">ENODEV for a file system the kernel does not have, ENOENT and EBUSY.</exception>
    public void Mount(string type, string path)
    {
        if (type != "debugfs")
        {
            Refusal.Throw(Errno.ENODEV);
        }

        if (path.TrimEnd('/') != DebugfsPath)
        {
            Refusal.Throw(Errno.ENOENT);
        }

        if (_hasDebugfs)
        {
            Refusal.Throw(Errno.EBUSY);
        }

        _hasDebugfs = true;
        _ = _kernel.Add("debug", Debugfs);
    }

    /// <summary>umount(2).</summary>
    /// <exception cref="Refusal">EINVAL when nothing is mounted there, EBUSY for what the machine cannot do without.</exception>
    public void Unmount(string path)
    {
        if (path.TrimEnd('/') is not DebugfsPath || !_hasDebugfs)
        {
            Refusal.Throw(Boot.Contains($" {path} ", StringComparison.Ordinal) ? Errno.EBUSY : Errno.EINVAL);
        }

        _hasDebugfs = false;
        _ = _kernel.Add("debug", new OrdinaryDirectory(RootOnly));
    }
}
