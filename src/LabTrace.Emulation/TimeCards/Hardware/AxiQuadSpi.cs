namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>The SPI controller in its standard mode, with a flash at its first select line.</summary>
/// <remarks>Xilinx PG153. Bytes go over the line at once. Not modelled: loopback, a slave's role, bits in another order.</remarks>
internal sealed class AxiQuadSpi(TimeCardModel card, int vector, SpiFlash flash) : IRegisterBlock
{
    /// <summary>Bytes that either FIFO holds.</summary>
    public const int FifoDepth = 256;

    private const uint GlobalInterrupt = 0x1C;
    private const uint InterruptStatus = 0x20;
    private const uint InterruptEnable = 0x28;
    private const uint Reset = 0x40;
    private const uint ResetKey = 0xA;
    private const uint Control = 0x60;
    private const uint Status = 0x64;
    private const uint Transmit = 0x68;
    private const uint Receive = 0x6C;
    private const uint SlaveSelect = 0x70;
    private const uint TransmitOccupancy = 0x74;
    private const uint ReceiveOccupancy = 0x78;
    private const uint Enable = 1 << 1;
    private const uint Master = 1 << 2;
    private const uint ResetTransmit = 1 << 5;
    private const uint ResetReceive = 1 << 6;
    private const uint ManualSelect = 1 << 7;
    private const uint Inhibit = 1 << 8;
    private const uint TransmitEmpty = 1 << 2;
    private const uint GlobalEnable = 1u << 31;
    private readonly Queue<byte> _transmit = new();
    private readonly Queue<byte> _receive = new();
    private uint _control = ManualSelect | Inhibit;
    private uint _select = uint.MaxValue;
    private uint _interrupts;
    private uint _enabled;
    private uint _global;

    public uint Read(uint offset) => offset switch
    {
        GlobalInterrupt => _global,
        InterruptStatus => _interrupts,
        InterruptEnable => _enabled,
        Control => _control,
        Status => (_receive.Count == 0 ? 1u : 0) | (_receive.Count == FifoDepth ? 2u : 0) | (_transmit.Count == 0 ? 4u : 0) | (_transmit.Count == FifoDepth ? 8u : 0) | 0x20,
        Receive => _receive.TryDequeue(out var value) ? value : 0u,
        SlaveSelect => _select,
        TransmitOccupancy => (uint)Math.Max(0, _transmit.Count - 1),
        ReceiveOccupancy => (uint)Math.Max(0, _receive.Count - 1),
        _ => 0,
    };

    public void Write(uint offset, uint value)
    {
        switch (offset)
        {
            case GlobalInterrupt:
                _global = value;
                Raise();
                break;
            case InterruptStatus:
                // Bits toggle.
                _interrupts ^= value;
                break;
            case InterruptEnable:
                _enabled = value;
                Raise();
                break;
            case Reset when value == ResetKey:
                Clear();
                break;
            case Control:
                SetControl(value);
                break;
            case Transmit when _transmit.Count < FifoDepth:
                _transmit.Enqueue((byte)value);
                Run();
                break;
            case SlaveSelect:
                Select(value);
                break;
            default:
                break;
        }
    }

    private void SetControl(uint value)
    {
        if ((value & ResetTransmit) != 0)
        {
            _transmit.Clear();
        }

        if ((value & ResetReceive) != 0)
        {
            _receive.Clear();
        }

        _control = value & ~(ResetTransmit | ResetReceive);
        Run();
    }

    /// <summary>A select line is active when it is low; a command of the flash ends with it.</summary>
    private void Select(uint value)
    {
        if ((_select & 1) == 0 && (value & 1) != 0)
        {
            flash.Deselect();
        }

        _select = value;
        Run();
    }

    /// <summary>Sends what waits, and takes what comes back for it.</summary>
    private void Run()
    {
        const uint running = Enable | Master;
        if ((_control & (running | Inhibit)) != running || _transmit.Count == 0)
        {
            return;
        }

        var isSelected = (_select & 1) == 0;
        while (_transmit.TryDequeue(out var value))
        {
            // A line that nobody drives is high.
            var answer = isSelected ? flash.Exchange(value) : (byte)0xFF;
            if (_receive.Count < FifoDepth)
            {
                _receive.Enqueue(answer);
            }
        }

        _interrupts |= TransmitEmpty;
        Raise();
    }

    private void Clear()
    {
        Select(uint.MaxValue);
        _transmit.Clear();
        _receive.Clear();
        (_control, _interrupts, _enabled, _global) = (ManualSelect | Inhibit, 0, 0, 0);
    }

    private void Raise()
    {
        if ((_global & GlobalEnable) != 0 && (_interrupts & _enabled) != 0)
        {
            card.Raise(vector);
        }
    }
}
