using LabTrace.Devices.TimeCards;
using LabTrace.Devices.Vm;
using LabTrace.Emulation.TimeCards.Hardware;

namespace LabTrace.Emulation.TimeCards;

/// <summary>The modelled Time Card in a slot of a virtual machine, under whatever driver runs there: the model's second seat.</summary>
/// <remarks>Its time is this machine's: it passes by the clock that nobody sets, from the time of day at power-up.</remarks>
internal sealed class PciTimeCard : IPciCard, ITimeCardSurroundings
{
    private const long TaiOffsetNs = 37_000_000_000;
    private readonly TimeProvider _time;
    private readonly long _poweredUp;
    private readonly long _startNs;
    private readonly TimeCardModel _card;
    private readonly PciFunction _pci;

    /// <summary>Powers a card up.</summary>
    public PciTimeCard(CardOptions options, TimeProvider time)
    {
        _time = time;
        _startNs = ((time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick) + TaiOffsetNs;
        _poweredUp = time.GetTimestamp();
        _card = new TimeCardModel(options, TrueTime);
        _pci = new PciFunction(_card);
    }

    /// <inheritdoc/>
    public event Action<ulong, uint>? Message
    {
        add => _pci.Message += value;
        remove => _pci.Message -= value;
    }

    public string Description => $"Time Card ({_card.Options.Board})";

    public uint Base => _pci.Base;

    public uint ReadConfig(uint address, int length) => _pci.ReadConfig(address, length);

    public void WriteConfig(uint address, uint value, int length) => _pci.WriteConfig(address, value, length);

    public uint Read(uint offset) => _pci.Read(offset);

    public void Write(uint offset, uint value) => _pci.Write(offset, value);

    public void WriteByte(uint offset, byte value) => _pci.WriteByte(offset, value);

    public TimeSpan Advance()
    {
        _card.Advance();
        return TimeSpan.FromTicks(Math.Max(0, _card.NextEvent - TrueTime()) / TimeSpan.NanosecondsPerTick);
    }

    public void SetAntenna(bool isConnected)
    {
        if (isConnected)
        {
            _card.ConnectAntenna();
        }
        else
        {
            _card.DisconnectAntenna();
        }
    }

    public void SetCable(int from, int to, bool isLaid) => _card.Lay(from, to, isLaid);

    public void AnnounceLeapSecond(TimeSpan after, int sign) =>
        _card.Gnss.Announce(_card.Now + (after.Ticks * TimeSpan.NanosecondsPerTick), sign);

    public void Break(TimeCardFault fault) => _card.Break(fault);

    private long TrueTime() => _startNs + (_time.GetElapsedTime(_poweredUp).Ticks * TimeSpan.NanosecondsPerTick);
}
