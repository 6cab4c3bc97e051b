using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.TimeCards.Driver;

/// <summary>The kernel's PTP clock above one card: <c>/dev/ptpN</c> and what <c>/sys/class/ptp/ptpN</c> shares with it.</summary>
/// <remarks>drivers/ptp/ptp_clock.c, ptp_chardev.c and ptp_sysfs.c.</remarks>
internal sealed class PtpClockDevice : CharacterDevice
{
    public const int MaxAdjustment = 100_000_000;
    public const int StampChannels = 6;
    public const int PeriodicChannels = 5;
    public const int PinCount = 4;

    /// <summary>Timestamps that wait for a reader; the oldest go.</summary>
    public const int QueueLength = 128;

    private const string EnableFunction = "ptp_ocp_enable";
    private readonly List<PtpFile> _open = [];
    private readonly Action _enter;

    public PtpClockDevice(PtpOcpDevice card, int index, Action enter)
        : base(0x1B0)
    {
        (Card, Index, _enter) = (card, index, enter);
        card.Stamped += Stamp;
    }

    public PtpOcpDevice Card { get; }

    public int Index { get; }

    public (int Function, int Channel)[] Pins { get; } = new (int, int)[PinCount];

    /// <summary>Timestamps for readers of <c>fifo</c>.</summary>
    public Queue<(int Channel, long Ns)> Fifo { get; } = new();

    public bool IsPpsEnabled { get; set; }

    /// <summary>The driver has let go of the card: whoever still has it open gets ENODEV.</summary>
    public bool IsGone { get; private set; }

    public void Go()
    {
        IsGone = true;
        Card.Stamped -= Stamp;
    }

    /// <summary>Lets the card catch up.</summary>
    /// <exception cref="Refusal">ENODEV.</exception>
    public void Enter()
    {
        if (IsGone)
        {
            Refusal.Throw(Errno.ENODEV);
        }

        _enter();
    }

    public override OpenFile Open(OpenFlags flags)
    {
        Enter();
        var file = new PtpFile(this, flags.HasFlag(OpenFlags.Write));
        _open.Add(file);
        return new Reader(file);
    }

    public override ICharacterFile OpenDevice(bool canWrite)
    {
        Enter();
        var file = new PtpFile(this, canWrite);
        _open.Add(file);
        return file;
    }

    public void Closed(PtpFile file) => _open.Remove(file);

    /// <summary>Gives a pin a function.</summary>
    /// <exception cref="Refusal">EINVAL; EOPNOTSUPP, whatever the driver's own errno.</exception>
    public void SetPin(int pin, int function, int channel)
    {
        const int none = 0;
        const int stamps = 1;
        const int periodic = 2;
        const int physical = 3;
        if (pin is < 0 or >= PinCount
            || function is < none or > physical
            || (function == stamps && channel is < 0 or >= StampChannels)
            || (function == periodic && channel is < 0 or >= PeriodicChannels)
            || (function == physical && channel != 0))
        {
            Refusal.Throw(Errno.EINVAL);
        }

        Card.Bus.Run("ptp_ocp_verify", () => Verify(pin, function, channel));
        for (var other = 0; other < PinCount; other++)
        {
            if (other != pin && function != none && Pins[other] == (function, channel))
            {
                Pins[other] = (none, 0);
            }
        }

        Pins[pin] = Card.Defect == DriverDefect.PinFunctionLost ? (none, 0) : (function, channel);
    }

    public void RequestStamps(int channel, bool isOn)
    {
        if (channel is < 0 or >= StampChannels)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        Card.Bus.Run(EnableFunction, () => Card.Bus.Run("ptp_ocp_ts_enable", () => Card.EnableStamps(channel, isOn)));
    }

    public void RequestPeriodic(int channel, long periodNs, long startNs, long? onNs, long? phaseNs)
    {
        if (channel is < 0 or >= PeriodicChannels && Card.Defect != DriverDefect.PeroutIndexUnchecked)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        Card.Bus.Run(EnableFunction, () => EnablePeriodic(channel, periodNs, startNs, onNs, phaseNs));
    }

    private void EnablePeriodic(int channel, long periodNs, long startNs, long? onNs, long? phaseNs)
    {
        if (channel == 0)
        {
            // The PPS of the clock is always there; only that can be asked for.
            if (periodNs is not (0 or 1_000_000_000) && Card.Defect != DriverDefect.PeroutPeriodUnchecked)
            {
                Refusal.Throw(Errno.EINVAL);
            }

            return;
        }

        if (channel >= PeriodicChannels)
        {
            return;
        }

        Card.RequestPeriodic(channel - 1, periodNs, startNs, onNs, phaseNs);
    }

    public void RequestPps(bool isOn)
    {
        Card.Bus.Run(EnableFunction, () => Card.Bus.Run("ptp_ocp_ts_enable", () => Card.EnableStamps(5, isOn, isForPps: true)));
        IsPpsEnabled = isOn;
    }

    private void Verify(int pin, int function, int channel)
    {
        if (function == 1 && Card.Defect != DriverDefect.PinFuncSetsSma)
        {
            return;
        }

        try
        {
            switch (function)
            {
                case 0:
                    Store("IN: None");
                    break;
                case 1:
                    Store("IN: TS1");
                    break;
                case 2:
                    Store(channel == 0 ? "OUT: PHC" : $"OUT: GEN{channel}");
                    break;
                default:
                    Refusal.Throw(Errno.EOPNOTSUPP);
                    break;
            }
        }
        catch (Refusal refusal)
        {
            Refusal.Throw(Card.Defect == DriverDefect.PinVerifyErrno ? refusal.Errno : Errno.EOPNOTSUPP);
        }

        void Store(string text) => Card.Bus.Run("ptp_ocp_sma_store", () => Card.StoreConnector(pin + 1, text));
    }

    private void Stamp(int channel, long ns)
    {
        Push(Fifo, channel, ns);
        foreach (var file in _open)
        {
            Push(file.Events, channel, ns);
        }
    }

    private static void Push(Queue<(int Channel, long Ns)> queue, int channel, long ns)
    {
        if (queue.Count == QueueLength - 1)
        {
            _ = queue.Dequeue();
        }

        queue.Enqueue((channel, ns));
    }

    private sealed class Reader(PtpFile file) : OpenFile
    {
        public override bool IsReadable => file.HasData;

        public override int Read(Span<byte> buffer) => file.HasData ? file.Read(buffer) : throw new Refusal(Errno.EAGAIN);

        protected override void Close() => file.Close();
    }
}
