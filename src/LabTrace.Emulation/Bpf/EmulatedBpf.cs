using LabTrace.Emulation.Files;
using LabTrace.Emulation.Kernel;

namespace LabTrace.Emulation.Bpf;

/// <summary>The places of the emulated kernel to which BPF programs are attached, and the programs that are.</summary>
/// <remarks>Under the machine's lock, like everything that runs on it.</remarks>
internal sealed class EmulatedBpf(Machine machine)
{
    private readonly List<EmulatedBpfSession> _sessions = [];

    public BpfFaults Faults { get; } = new();

    /// <summary>Whether any program runs.</summary>
    public bool IsActive => _sessions.Count > 0 || Entered is not null;

    /// <summary>A task enters a system call: its number and six arguments.</summary>
    public event Action<KernelTask, int, long[]>? Entered;

    /// <summary>A task comes back from a system call: its number and result.</summary>
    public event Action<KernelTask, int, long>? Exited;

    /// <summary>Raised when a program begins to run.</summary>
    public event Action? Added;

    public void Add(EmulatedBpfSession session)
    {
        _sessions.Add(session);
        Added?.Invoke();
    }

    public void Remove(EmulatedBpfSession session) => _ = _sessions.Remove(session);

    public void Forked(KernelTask parent, KernelTask child) => _sessions.ForEach(s => s.Forked(parent, child));

    public void SyscallEnter(KernelTask task, int number, ReadOnlySpan<long> arguments)
    {
        Span<long> six = stackalloc long[6];
        arguments[..Math.Min(6, arguments.Length)].CopyTo(six);
        foreach (var session in _sessions)
        {
            session.SyscallEnter(task, number, six);
        }

        Entered?.Invoke(task, number, six.ToArray());
    }

    public void SyscallExit(KernelTask task, int number, long result)
    {
        _sessions.ForEach(s => s.SyscallExit(task, number, result));
        Exited?.Invoke(task, number, result);
    }

    /// <summary>A process passes a function of a program or library, on its way in or, with a result, out.</summary>
    public void UserFunction(KernelTask task, string path, long offset, long argument, long? result)
    {
        if (machine.Tree.Find(path) is not { } file)
        {
            return;
        }

        foreach (var session in _sessions)
        {
            var index = session.Request.Functions.Index().FirstOrDefault(f => f.Item.Offset == offset && IsSame(f.Item.Binary, file), (-1, null!)).Index;
            if (index >= 0)
            {
                session.Function(task, index, argument, result);
            }
        }
    }

    /// <summary>The kernel passes one of its functions.</summary>
    public void KernelFunction(KernelTask task, string name, long argument, long? result)
    {
        foreach (var session in _sessions)
        {
            var index = session.Request.Functions.Index().FirstOrDefault(f => f.Item.Binary is null && f.Item.Name == name, (-1, null!)).Index;
            if (index >= 0)
            {
                session.Function(task, index, argument, result);
            }
        }
    }

    public void Pci(KernelTask task, PciAccess access, int? result) => _sessions.ForEach(s => s.Pci(task, access, result));

    public void Fence(KernelTask task, DmaFence fence, int event_) => _sessions.ForEach(s => s.Fence(task, fence, event_));

    public void Copy(KernelTask task, NvlinkCopy copy, long? result) => _sessions.ForEach(s => s.Copy(task, copy, result));

    public void Drop(KernelTask task, TcpDrop drop) => _sessions.ForEach(s => s.Drop(task, drop));

    private bool IsSame(string? binary, Node file) => binary is not null && machine.Tree.Find(binary) == file;
}

/// <summary>An access to configuration space.</summary>
/// <param name="Operation">0 to 2 read byte, word, dword; 3 to 5 write.</param>
/// <param name="Bus">The bus.</param>
/// <param name="Devfn">Slot · 8 + function.</param>
/// <param name="Offset">Where in the space.</param>
/// <param name="Value">What is written, or read.</param>
internal readonly record struct PciAccess(int Operation, int Bus, int Devfn, int Offset, uint Value);

/// <summary>A fence.</summary>
internal readonly record struct DmaFence(long Context, long Sequence, string Driver, string Timeline);

/// <summary>A call of a memory function of the NVLink core.</summary>
/// <param name="Function">0 strcpy, 1 memcpy, 2 memset.</param>
/// <param name="To">Destination.</param>
/// <param name="From">Source, or the value.</param>
/// <param name="Size">Bytes.</param>
internal readonly record struct NvlinkCopy(int Function, long To, long From, long Size);

/// <summary>A segment the kernel threw away.</summary>
internal readonly record struct TcpDrop(int Reason, int SourcePort, int DestinationPort, int Flags, int State, int Length, string[] Stack);
