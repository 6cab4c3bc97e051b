namespace LabTrace.Devices;

/// <summary>Loads and attaches a program by the best mechanism that works, found by trying.</summary>
internal sealed class BpfLoader(string target, BpfRequest request, TimeProvider time)
{
    private const string KprobeSource = "/sys/bus/event_source/devices/kprobe";
    private static readonly string[] SharedMaps = ["events", "counters", "tracked", "times", "stacks"];
    private readonly List<string> _refused = [];
    private string _verifierLog = "";

    /// <summary>The objects that run, the first with the maps that all use.</summary>
    public List<BpfObject> Objects { get; } = [];

    /// <summary>Loads and attaches.</summary>
    /// <exception cref="BpfUnavailableException">There is no libbpf.</exception>
    /// <exception cref="BpfRefusedException">No mechanism works.</exception>
    public BpfAttachReport Start()
    {
        if (!LibBpf.IsThere)
        {
            throw new BpfUnavailableException(target, $"{LibBpf.Library} is not installed", "apt-get install libbpf1");
        }

        var begun = time.GetTimestamp();
        var elf = BpfObjectFiles.Read(request.Program);
        foreach (var mechanism in BpfMechanisms.All.Where(m => request.Mechanism is null || m == request.Mechanism))
        {
            if (TryMechanism(mechanism, elf) is { } attached)
            {
                return new BpfAttachReport(mechanism, attached, _refused, time.GetElapsedTime(begun));
            }
        }

        if (_refused.Count == 0)
        {
            _refused.Add($"it has no form for {request.Mechanism ?? "this"}");
        }

        throw new BpfRefusedException(target, request.Program, _refused, _verifierLog, Hint());
    }

    /// <summary>Detaches and unloads.</summary>
    public void Stop()
    {
        for (var i = Objects.Count - 1; i >= 0; i--)
        {
            Objects[i].Dispose();
        }

        Objects.Clear();
    }

    private string? Hint() =>
        _refused.Exists(r => r.Contains("EPERM", StringComparison.Ordinal) || r.Contains("EACCES", StringComparison.Ordinal)) && Libc.EffectiveUser() != 0
            ? "run as root: sudo ./labtrace …"
            : request.Program switch
            {
                "nvlink" => "load the NVIDIA driver on a kernel with CONFIG_KPROBE_EVENTS=y",
                "pcie" or "function_latency" => "boot a kernel with CONFIG_KPROBE_EVENTS=y or CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y",
                "dma_fence" => "mount tracefs, and load a driver that has DMA fences",
                _ => null,
            };

    /// <summary>What was attached, or null when the mechanism does not work.</summary>
    private List<string>? TryMechanism(string mechanism, byte[] elf)
    {
        var isUser = request.Functions.Any(f => f.Binary is not null);
        if (request.Program == "function_latency" && isUser != (mechanism == BpfMechanisms.Uprobe))
        {
            return null;
        }

        try
        {
            // A trampoline is made for one function: each has an object of its own.
            var each = mechanism == BpfMechanisms.Fentry && request.Program == "function_latency" ? request.Functions.Count : 1;
            List<string> attached = [];
            for (var i = 0; i < each; i++)
            {
                if (TryObject(mechanism, elf, i) is not { } one)
                {
                    Stop();
                    return null;
                }

                attached.AddRange(one);
            }

            if (attached.Count > 0)
            {
                return attached;
            }
        }
        catch (BpfLoadException e)
        {
            _refused.Add($"{mechanism}: {Explain(mechanism, e)}");
            _verifierLog = e.VerifierLog.Length > 0 ? e.VerifierLog : _verifierLog;
        }
        catch
        {
            Stop();
            throw;
        }

        Stop();
        return null;
    }

    private List<string>? TryObject(string mechanism, byte[] elf, int function)
    {
        var opened = BpfObject.Open(elf);
        var isFirst = Objects.Count == 0;
        Objects.Add(opened);
        var programs = opened.Programs.Where(p => !p.IsAuxiliary && p.Mechanism == mechanism).ToList();
        if (programs.Count == 0)
        {
            return null;
        }

        var helpers = isFirst && request.Commands.Count > 0 ? opened.Programs.Where(p => p.IsAuxiliary).ToList() : [];
        foreach (var program in opened.Programs)
        {
            _ = LibBpf.SetAutoload(program.Handle, programs.Contains(program) || helpers.Contains(program));
        }

        _ = LibBpf.SetMaxEntries(opened.Map("events"), (uint)request.RingBytes);
        var config = BpfConfig.Make(request, Environment.ProcessId, function);
        Require("set the filters of", LibBpf.SetInitialValue(opened.Map(".rodata.config"), config, (nuint)config.Length));
        if (!isFirst)
        {
            foreach (var name in SharedMaps)
            {
                Require($"share the map {name} of", LibBpf.ReuseMap(opened.Map(name), LibBpf.MapFd(Objects[0].Map(name))));
            }
        }

        if (mechanism == BpfMechanisms.Fentry && request.Functions.Count > 0)
        {
            programs.ForEach(p => Require($"find {request.Functions[function].Name} for", LibBpf.SetAttachTarget(p.Handle, 0, request.Functions[function].Name)));
        }

        opened.Load();
        foreach (var root in isFirst ? request.Commands : [])
        {
            uint notYet = 0;
            Require("track the command of", LibBpf.Update(opened.Map("tracked"), (uint)root, 4, notYet, 4, 0));
        }

        helpers.ForEach(p => opened.Attach(() => LibBpf.Attach(p.Handle)));
        return AttachAll(opened, mechanism, programs, function);
    }

    private List<string> AttachAll(BpfObject opened, string mechanism, List<BpfProgram> programs, int function)
    {
        List<string> attached = [];
        // Returns first: a begin without an end would be remembered for nothing.
        foreach (var (program, index) in programs.OrderByDescending(p => p.IsReturn).SelectMany(p => Indexes(mechanism, function).Select(i => (p, i))))
        {
            var subject = index < 0 ? program.Subject : request.Functions[index].Name;
            try
            {
                opened.Attach(() => Attach(program, mechanism, index));
                attached.Add($"{program.Section.Split('/')[0]}:{subject}");
            }
            catch (BpfLoadException e) when (e.Errno is Errno.ENOENT or Errno.ESRCH or Errno.EINVAL && HasMechanism(mechanism))
            {
                // A function or tracepoint that this kernel does not have; the others may be there.
                _refused.Add($"{mechanism}: {subject}: {Explain(mechanism, e)}");
            }
        }

        return attached;
    }

    private IEnumerable<int> Indexes(string mechanism, int function) =>
        request.Functions.Count == 0 ? [-1] : mechanism == BpfMechanisms.Fentry ? [function] : Enumerable.Range(0, request.Functions.Count);

    private nint Attach(BpfProgram program, string mechanism, int index)
    {
        if (index < 0 || mechanism == BpfMechanisms.Fentry)
        {
            return LibBpf.Attach(program.Handle);
        }

        var function = request.Functions[index];
        if (mechanism == BpfMechanisms.Kprobe)
        {
            var probe = new LibBpf.ProbeOptions { Cookie = (ulong)index, IsReturn = (byte)(program.IsReturn ? 1 : 0) };
            probe.Size = (nuint)System.Runtime.CompilerServices.Unsafe.SizeOf<LibBpf.ProbeOptions>();
            return LibBpf.AttachKprobe(program.Handle, function.Name, probe);
        }

        var user = new LibBpf.UprobeOptions { Cookie = (ulong)index, IsReturn = (byte)(program.IsReturn ? 1 : 0) };
        user.Size = (nuint)System.Runtime.CompilerServices.Unsafe.SizeOf<LibBpf.UprobeOptions>();
        return LibBpf.AttachUprobe(program.Handle, -1, function.Binary!, (nuint)function.Offset, user);
    }

    // Without kprobes each attachment fails in the same way, and one line says it all.
    private static bool HasMechanism(string mechanism) => mechanism != BpfMechanisms.Kprobe || Directory.Exists(KprobeSource);

    private static string Explain(string mechanism, BpfLoadException e) => (mechanism, e.Errno) switch
    {
        (BpfMechanisms.Kprobe, _) when !HasMechanism(mechanism) => $"the kernel has no kprobes ({e.Message})",
        (BpfMechanisms.Kprobe, Errno.ENOENT) => $"the kernel has no function of this name ({e.Message})",
        (BpfMechanisms.Tracepoint, Errno.ENOENT) => $"the kernel has no such tracepoint, or tracefs is not mounted ({e.Message})",
        (BpfMechanisms.Fentry, Errno.EPERM) => $"the kernel does not allow it ({e.Message})",
        (BpfMechanisms.Fentry, Errno.ESRCH) => $"the kernel's BTF has no such function ({e.Message})",
        _ => e.Message,
    };

    private static void Require(string step, int result)
    {
        if (result < 0)
        {
            throw BpfLoadException.Make(step, -result);
        }
    }
}
