using LabTrace.Emulation.Kernel;
using LabTrace.Emulation.TimeCards.Hardware;

namespace LabTrace.Emulation.TimeCards.Driver;

/// <summary>The bus between the driver and a card: every access takes its time, and the driver's own moments are between them.</summary>
internal sealed class CardBus
{
    private const long ReadNs = 900;
    private const long WriteNs = 150;
    private const long TaiOffsetNs = 37_000_000_000;
    private static readonly long BootNs = VirtualTime.BootTime.ToUnixTimeMilliseconds() * 1_000_000;
    private readonly Machine _machine;
    private long _last;
    private long _spent;
    private long? _asOf;

    public CardBus(Machine machine, CardOptions options)
    {
        _machine = machine;
        Card = new TimeCardModel(options, () => TrueTai);
        Pci = new PciFunction(Card);
    }

    public TimeCardModel Card { get; }

    public PciFunction Pci { get; }

    /// <summary>CLOCK_REALTIME, nanoseconds.</summary>
    public long Realtime => TrueTai - TaiOffsetNs;

    /// <summary>CLOCK_MONOTONIC and CLOCK_MONOTONIC_RAW, nanoseconds.</summary>
    public long Monotonic => Realtime - BootNs;

    private long TrueTai
    {
        get
        {
            if (_asOf is { } asOf)
            {
                return asOf;
            }

            _last = Math.Max(_last, BootNs + _machine.Time.NowNs + TaiOffsetNs);
            return _last;
        }
    }

    public uint Read(uint offset)
    {
        Spend(ReadNs);
        return Pci.Read(offset);
    }

    public void Write(uint offset, uint value)
    {
        Spend(WriteNs);
        Pci.Write(offset, value);
    }

    /// <summary>Reads a byte.</summary>
    public byte ReadByte(uint offset) => (byte)(Read(offset & ~3u) >> (8 * (int)(offset & 3)));

    public void WriteByte(uint offset, byte value)
    {
        Spend(WriteNs);
        Pci.WriteByte(offset, value);
    }

    /// <summary>Lets the driver wait.</summary>
    public void Spend(long ns)
    {
        _spent += ns;
        if (_asOf is null)
        {
            _last = TrueTai + ns;
        }
    }

    /// <summary>Runs a function of the driver, and lets those see it who trace functions of the kernel.</summary>
    /// <param name="function">Its symbol.</param>
    /// <param name="body">What it does; how long that takes is what the accesses in it take.</param>
    /// <param name="isInterrupt">It interrupts whatever runs, instead of being called by the task that asked.</param>
    public T Run<T>(string function, Func<T> body, bool isInterrupt = false)
    {
        if (!_machine.Bpf.IsActive)
        {
            return body();
        }

        // Entry, stack, locks and return.
        const long callNs = 180;
        var task = isInterrupt ? _machine.Scheduler.Cpus[0].Current : _machine.Caller;
        var cpu = _machine.Scheduler.CpuOf(task);
        cpu.Clock = Math.Max(cpu.Clock, ToMachine(TrueTai));
        var (start, spent, result) = (cpu.Clock, _spent, 0L);
        _machine.Bpf.KernelFunction(task, function, 0, null);
        try
        {
            return body();
        }
        catch (Files.Refusal refusal)
        {
            result = -(long)refusal.Errno;
            throw;
        }
        finally
        {
            Spend(callNs);
            cpu.Clock = Math.Max(cpu.Clock, start + _spent - spent);
            _machine.Bpf.KernelFunction(task, function, 0, result);
        }
    }

    /// <summary>Runs a function of the driver that gives nothing.</summary>
    public void Run(string function, Action body, bool isInterrupt = false) => _ = Run(
        function,
        () =>
        {
            body();
            return 0;
        },
        isInterrupt);

    /// <summary>When a moment of true time is on the machine's clock, nanoseconds since boot.</summary>
    public static long ToMachine(long tai) => tai - TaiOffsetNs - BootNs;

    /// <summary>A moment of the machine's clock as true time.</summary>
    public static long ToTai(long machine) => machine + TaiOffsetNs + BootNs;

    /// <summary>Does something as of an earlier moment, such as a timer that was due then.</summary>
    public void AsOf(long tai, Action action)
    {
        _asOf = Math.Max(tai, Card.Reached);
        try
        {
            action();
        }
        finally
        {
            _asOf = null;
        }
    }
}
