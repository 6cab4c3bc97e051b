using System.Runtime.InteropServices;

namespace LabTrace.Devices;

/// <summary>An opened object file of programs and maps. Disposing it detaches and unloads everything.</summary>
internal sealed class BpfObject : IDisposable
{
    private readonly List<nint> _links = [];
    private nint _object;

    private BpfObject(nint opened)
    {
        _object = opened;
        var programs = new List<BpfProgram>();
        for (var program = LibBpf.NextProgram(opened, 0); program != 0; program = LibBpf.NextProgram(opened, program))
        {
            programs.Add(new BpfProgram(program, Text(LibBpf.ProgramName(program)), Text(LibBpf.ProgramSection(program))));
        }

        Programs = programs;
    }

    public IReadOnlyList<BpfProgram> Programs { get; }

    /// <summary>Opens an object; nothing is in the kernel yet.</summary>
    /// <exception cref="BpfLoadException">The file is none, or libbpf cannot read it.</exception>
    public static BpfObject Open(ReadOnlySpan<byte> elf)
    {
        LibBpf.StartLog();
        var opened = LibBpf.OpenObject(elf, (nuint)elf.Length, 0);
        return opened == 0 ? throw BpfLoadException.Make("open", Marshal.GetLastPInvokeError()) : new BpfObject(opened);
    }

    public nint Map(string name) => LibBpf.FindMap(_object, name);

    /// <summary>Brings the programs that are to be loaded into the kernel.</summary>
    /// <exception cref="BpfLoadException">The kernel refused; has the verifier's log.</exception>
    public void Load()
    {
        LibBpf.StartLog();
        var error = LibBpf.LoadObject(_object);
        if (error < 0)
        {
            throw BpfLoadException.Make("load", -error);
        }
    }

    /// <summary>Attaches by one of libbpf's calls.</summary>
    /// <exception cref="BpfLoadException">The kernel refused.</exception>
    public void Attach(Func<nint> attach)
    {
        LibBpf.StartLog();
        var link = attach();
        if (link == 0)
        {
            throw BpfLoadException.Make("attach", Marshal.GetLastPInvokeError());
        }

        _links.Add(link);
    }

    /// <summary>Detaches; maps stay readable.</summary>
    public void Detach()
    {
        for (var i = _links.Count - 1; i >= 0; i--)
        {
            _ = LibBpf.DestroyLink(_links[i]);
        }

        _links.Clear();
    }

    public void Dispose()
    {
        Detach();
        if (_object != 0)
        {
            LibBpf.CloseObject(_object);
            _object = 0;
        }
    }

    private static string Text(nint text) => Marshal.PtrToStringUTF8(text) ?? "";
}

/// <summary>A program of an object.</summary>
/// <param name="Handle">libbpf's.</param>
/// <param name="Name">Its function.</param>
/// <param name="Section">What it is to be attached to: <c>kprobe/nvlink_memcpy</c>.</param>
internal sealed record BpfProgram(nint Handle, string Name, string Section)
{
    /// <summary>Follows the children of traced commands; no mechanism of its own.</summary>
    public bool IsAuxiliary => Name.StartsWith("aux_", StringComparison.Ordinal);

    /// <summary>What it is attached by, one of <see cref="BpfMechanisms"/>.</summary>
    public string Mechanism => Section.Split('/')[0] switch
    {
        "fexit" => BpfMechanisms.Fentry,
        "kretprobe" => BpfMechanisms.Kprobe,
        "uretprobe" => BpfMechanisms.Uprobe,
        var first => first,
    };

    /// <summary>Whether it runs as a function returns.</summary>
    public bool IsReturn => Section.StartsWith("fexit", StringComparison.Ordinal) || Section.StartsWith("kretprobe", StringComparison.Ordinal)
        || Section.StartsWith("uretprobe", StringComparison.Ordinal);

    /// <summary>What it is attached to: a function or a tracepoint; empty when that is told later.</summary>
    public string Subject => Section.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? Section[(slash + 1)..] : "";
}

/// <summary>libbpf or the kernel refused a step of loading.</summary>
internal sealed class BpfLoadException(Errno errno, string reason, string verifierLog) : Exception(reason)
{
    private const int LogLines = 40;

    public Errno Errno { get; } = errno;

    public string VerifierLog { get; } = verifierLog;

    public static BpfLoadException Make(string step, int errno)
    {
        var log = LibBpf.Log;
        var known = Enum.IsDefined((Errno)errno) ? (Errno)errno : Errno.EIO;
        var complaint = log.Split('\n').LastOrDefault(l => l.StartsWith("libbpf: prog", StringComparison.Ordinal)) ?? "";
        return new BpfLoadException(
            known,
            $"{step}: {known.Name()} ({known.Text()}){(complaint.Length == 0 ? "" : $", {complaint["libbpf: ".Length..]}")}",
            Verifier(log));
    }

    /// <summary>The end of the verifier's log, which says why; empty when it was not the verifier that refused.</summary>
    private static string Verifier(string log)
    {
        const string begin = "-- BEGIN PROG LOAD LOG --";
        var start = log.IndexOf(begin, StringComparison.Ordinal);
        if (start < 0)
        {
            return "";
        }

        var end = log.IndexOf("-- END PROG LOAD LOG --", start, StringComparison.Ordinal);
        var lines = log[(start + begin.Length)..(end < 0 ? log.Length : end)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Join('\n', lines.Length > LogLines ? lines[^LogLines..] : lines);
    }
}
