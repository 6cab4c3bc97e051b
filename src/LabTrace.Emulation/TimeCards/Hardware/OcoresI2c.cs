namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>OpenCores' I2C controller: one byte a command.</summary>
/// <remarks>Its registers are bytes; boards have them side by side, or one a word. Not modelled: arbitration, what the prescaler makes of the bus's clock.</remarks>
internal sealed class OcoresI2c(TimeCardModel card, int vector, int shift, EepromBus bus) : IByteRegisters, IBusController
{
    /// <summary>How long a byte takes, with its acknowledgement.</summary>
    public const long ByteNs = 25_000;

    private const int Control = 2;
    private const int Data = 3;
    private const int Command = 4;
    private const int Registers = 5;
    private const byte InterruptEnable = 0x40;
    private const byte StartCommand = 0x80;
    private const byte StopCommand = 0x40;
    private const byte ReadCommand = 0x20;
    private const byte WriteCommand = 0x10;
    private const byte Acknowledge = 0x01;
    private const byte NotAcknowledged = 0x80;
    private const byte Busy = 0x40;
    private const byte InProgress = 0x02;
    private const byte Done = 0x01;
    private readonly byte[] _written = new byte[Registers];
    private byte _received;
    private byte _status;

    public long Due { get; private set; } = long.MaxValue;

    public uint Read(uint offset)
    {
        if (shift != 0)
        {
            return Register(offset >> shift);
        }

        var word = 0u;
        for (var i = 3u; i < 4; i--)
        {
            word = (word << 8) | Register(offset + i);
        }

        return word;
    }

    public void Write(uint offset, uint value) => WriteByte(offset, (byte)value);

    public void WriteByte(uint offset, byte value)
    {
        var register = (int)(offset >> shift);
        if (register >= Registers)
        {
            return;
        }

        _written[register] = value;
        if (register != Command)
        {
            return;
        }

        _status &= (byte)((value & Acknowledge) != 0 ? ~Done : 0xFF);
        if ((value & (StartCommand | StopCommand | ReadCommand | WriteCommand)) != 0)
        {
            _status |= InProgress;
            Due = card.Now + ByteNs;
        }
    }

    /// <summary>Carries the command out.</summary>
    public void Run()
    {
        Due = long.MaxValue;
        var command = _written[Command];
        if ((command & WriteCommand) != 0)
        {
            var isTaken = (command & StartCommand) != 0 ? bus.Start(_written[Data]) : bus.Write(_written[Data]);
            _status = (byte)((_status & ~NotAcknowledged) | Busy | (isTaken ? 0 : NotAcknowledged));
        }
        else if ((command & ReadCommand) != 0)
        {
            _received = bus.Read();
        }

        if ((command & StopCommand) != 0)
        {
            _status &= unchecked((byte)~Busy);
        }

        _status = (byte)((_status & ~InProgress) | Done);
        if ((_written[Control] & InterruptEnable) != 0)
        {
            card.Raise(vector);
        }
    }

    private byte Register(uint register) => register switch
    {
        Data => _received,
        Command => _status,
        < Registers => _written[register],
        _ => 0,
    };
}
