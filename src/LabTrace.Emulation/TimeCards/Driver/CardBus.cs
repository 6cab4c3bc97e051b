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

    /// <summary>Lets the driver wait.</summary>
    public void Spend(long ns)
    {
        if (_asOf is null)
        {
            _last = TrueTai + ns;
        }
    }

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
