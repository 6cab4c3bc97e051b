namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>The I2C controller in its dynamic mode, with EEPROMs on its bus.</summary>
/// <remarks>Xilinx PG090: words of the transmit FIFO carry start in bit 8 and stop in bit 9.</remarks>
internal sealed class AxiIic(TimeCardModel card, int vector, EepromBus bus) : IBusController
{
    /// <summary>How long a queued transaction takes until its end is told.</summary>
    public const long BusNs = 500_000;

    private const uint Gie = 0x1C;
    private const uint Isr = 0x20;
    private const uint Ier = 0x28;
    private const uint SoftReset = 0x40;
    private const uint Cr = 0x100;
    private const uint Sr = 0x104;
    private const uint TxFifo = 0x108;
    private const uint RxFifo = 0x10C;
    private const uint TxOccupancy = 0x114;
    private const uint RxOccupancy = 0x118;
    private const uint RxDepth = 0x120;
    private const uint TxError = 2;
    private const uint RxFull = 8;
    private const uint BusNotBusy = 0x10;
    private const uint TxEmptyHalfEmpty = 0x84;
    private const int FifoDepth = 16;
    private readonly Queue<uint> _tx = new();
    private readonly Queue<uint> _rx = new();
    private uint _isr;
    private uint _ier;
    private uint _gie;
    private uint _cr;
    private uint _depth;
    private bool _isReading;
    private bool _isBusy;
    private bool _willStop;

    public long Due { get; private set; } = long.MaxValue;

    public uint Read(uint offset) => offset switch
    {
        Gie => _gie,
        Isr => _isr,
        Ier => _ier,
        Cr => _cr,
        Sr => (_tx.Count == 0 ? 0x80u : 0) | (_rx.Count == 0 ? 0x40u : 0) | (_isBusy ? 4u : 0),
        RxFifo => _rx.Count > 0 ? _rx.Dequeue() : 0,
        TxOccupancy => _tx.Count > 0 ? (uint)_tx.Count - 1 : 0,
        RxOccupancy => _rx.Count > 0 ? (uint)Math.Min(FifoDepth - 1, _rx.Count - 1) : 0,
        RxDepth => _depth,
        _ => 0,
    };

    public void Write(uint offset, uint value)
    {
        switch (offset)
        {
            case Gie:
                _gie = value;
                break;
            case Isr:
                // Bits toggle; the receive bit comes back at once while the FIFO is as full as asked.
                _isr ^= value & 0xFF;
                TellReceived();
                Raise();
                break;
            case Ier:
                _ier = value;
                Raise();
                break;
            case SoftReset:
                (_isr, _ier, _gie, _isBusy, _isReading, Due) = (0, 0, 0, false, false, long.MaxValue);
                _tx.Clear();
                _rx.Clear();
                break;
            case Cr:
                _cr = value;
                if ((value & 2) != 0)
                {
                    _tx.Clear();
                }

                break;
            case TxFifo:
                _tx.Enqueue(value);
                Due = card.Now + BusNs;
                break;
            case RxDepth:
                _depth = value & 0xF;
                TellReceived();
                Raise();
                break;
            default:
                break;
        }
    }

    /// <summary>Carries out what is queued.</summary>
    public void Run()
    {
        Due = long.MaxValue;
        var hadWork = _tx.Count > 0;
        while (_tx.Count > 0)
        {
            if (!Do(_tx.Dequeue()))
            {
                break;
            }
        }

        _isr |= hadWork && !_isReading ? TxEmptyHalfEmpty : 0;
        Raise();
    }

    /// <summary>One word; false when what follows waits.</summary>
    private bool Do(uint word)
    {
        const uint start = 0x100;
        const uint stop = 0x200;
        var value = (byte)word;
        if ((word & start) != 0)
        {
            (_isReading, _isBusy, _willStop) = ((value & 1) != 0, true, false);
            if (!bus.Start(value))
            {
                _isr |= TxError;
                _tx.Clear();
                _isBusy = false;
                return false;
            }
        }
        else if (_isReading)
        {
            for (var i = 0; i < value; i++)
            {
                _rx.Enqueue(bus.Read());
            }

            _willStop = (word & stop) != 0;
            TellReceived();
            return false;
        }
        else
        {
            _ = bus.Write(value);
        }

        if ((word & stop) != 0)
        {
            _isr |= BusNotBusy;
            _isBusy = false;
        }

        return true;
    }

    private void TellReceived()
    {
        if (_rx.Count == 0 || _rx.Count < Math.Min(_depth + 1, FifoDepth))
        {
            return;
        }

        _isr |= RxFull;
        if (_rx.Count <= FifoDepth && _willStop)
        {
            _isr |= BusNotBusy;
            _isBusy = false;
        }
    }

    private void Raise()
    {
        if ((_isr & _ier) != 0 && (_gie & 0x8000_0000) != 0)
        {
            card.Raise(vector);
        }
    }
}
