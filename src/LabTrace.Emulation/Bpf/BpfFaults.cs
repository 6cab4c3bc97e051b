using System.Globalization;
using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Bpf;

/// <summary>What is to go wrong with BPF records; set through files, so that a scenario of any language can.</summary>
internal sealed class BpfFaults
{
    /// <summary>Where the files are.</summary>
    public const string Path = "/sys/kernel/debug/labtrace/bpf";

    /// <summary>Each record of this number finds no room; 0 for none.</summary>
    public int DropEvery { get; private set; }

    /// <summary>Each end of this number is not recorded, as when its probe missed it; 0 for none.</summary>
    public int SkipExitEvery { get; private set; }

    /// <summary>Records of odd cpus come so many records late.</summary>
    public int Delay { get; private set; }

    public DirectoryNode MakeDirectory()
    {
        var directory = new AttributeDirectory(0x1ED);
        _ = directory.Add("drop_every", Number(() => DropEvery, value => DropEvery = value));
        _ = directory.Add("skip_exit_every", Number(() => SkipExitEvery, value => SkipExitEvery = value));
        _ = directory.Add("delay_odd_cpus", Number(() => Delay, value => Delay = value));
        return directory;
    }

    private static AttributeFile Number(Func<int> show, Action<int> store) => new(0x1A4)
    {
        Show = () => show().ToString(CultureInfo.InvariantCulture) + "\n",
        Store = text =>
        {
            if (!int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value > 1_000_000)
            {
                Refusal.Throw(Errno.EINVAL);
            }

            store(value);
        },
    };
}
