namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>A 16550 with its registers four bytes apart.</summary>
internal sealed class Uart16550(TimeCardModel card, int vector) : IRegisterBlock
{
    /// <summary>Bytes that wait to be read; beyond, the oldest are overrun.</summary>
    public const int FifoBytes = 512;

    private const byte DivisorLatch = 0x80;
    private readonly Queue<byte> _received = new();
    private byte _interrupts;
    private byte _line;
    private byte _modem;
    private byte _scratch;
    private ushort _divisor;

    /// <summary>Bytes that nobody took in time.</summary>
    public long Overrun { get; private set; }

    /// <summary>Whether there is something to read.</summary>
    public bool HasData => _received.Count > 0;

    /// <summary>What the host sends to the other end of the line.</summary>
    public Action<byte>? Transmitted { get; set; }

    /// <summary>The divisor of 3.125 MHz / 16 that the host set.</summary>
    public int Divisor => _divisor;

    /// <summary>Bytes from the other end of the line.</summary>
    public void Receive(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            if (_received.Count == FifoBytes)
            {
                _ = _received.Dequeue();
                Overrun++;
            }

            _received.Enqueue(value);
        }

        if ((_interrupts & 1) != 0)
        {
            card.Raise(vector);
        }
    }

    public uint Read(uint offset) => ((offset & 0x1F) >> 2) switch
    {
        0 => (_line & DivisorLatch) != 0 ? (byte)_divisor : _received.Count > 0 ? _received.Dequeue() : 0u,
        1 => (_line & DivisorLatch) != 0 ? (uint)(_divisor >> 8) : _interrupts,
        2 => (_interrupts & 1) != 0 && HasData ? 0xC4u : (_interrupts & 2) != 0 ? 0xC2u : 0xC1u,
        3 => _line,
        4 => _modem,
        5 => 0x60u | (HasData ? 1u : 0),
        6 => 0xB0,
        _ => _scratch,
    };

    public void Write(uint offset, uint value)
    {
        var low = (byte)value;
        switch ((offset & 0x1F) >> 2)
        {
            case 0 when (_line & DivisorLatch) != 0:
                _divisor = (ushort)((_divisor & 0xFF00) | low);
                break;
            case 0:
                Transmitted?.Invoke(low);
                RaiseIf(2);
                break;
            case 1 when (_line & DivisorLatch) != 0:
                _divisor = (ushort)((_divisor & 0xFF) | (low << 8));
                break;
            case 1:
                _interrupts = low;
                RaiseIf(2);
                break;
            case 2 when (low & 2) != 0:
                _received.Clear();
                break;
            case 3:
                _line = low;
                break;
            case 4:
                _modem = low;
                break;
            case 7:
                _scratch = low;
                break;
            default:
                break;
        }
    }

    private void RaiseIf(byte bit)
    {
        if ((_interrupts & bit) != 0)
        {
            card.Raise(vector);
        }
    }
}
