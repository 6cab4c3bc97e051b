namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>ART's rubidium oscillator behind its bridge: two adjustments of its frequency, a thermistor, whether it has locked.</summary>
/// <remarks>
/// What a step is worth is what the disciplining library of Safran counts with: fine ones slow the clock by 3 parts in 10^12, coarse ones speed it up by 1.24 in 10^9. Not modelled: warming up, ageing,
/// the temperature, which is always the same, and the serial line that the board's configuration turns on.
/// </remarks>
internal sealed class Mro50 : MemoryBlock
{
    /// <summary>The middle of the fine adjustment, where the oscillator is as it was built.</summary>
    public const uint FineMiddle = 2400;

    /// <summary>The most of either; more bits than that it has not.</summary>
    public const uint FineMask = 0x1FFF;

    /// <summary>The most of the coarse adjustment.</summary>
    public const uint CoarseMask = 0x3F_FFFF;

    public const uint Value = 4;
    public const uint Adjust = 8;
    public const uint Temperature = 0xC;
    public const uint Enable = 1;
    public const uint Lock = 1 << 1;
    public const uint ReadCommand = 1 << 2;
    public const uint ReadCoarse = 1 << 3;
    public const uint ReadDone = 1 << 4;
    public const uint AdjustCommand = 1 << 5;
    public const uint AdjustCoarse = 1 << 6;
    public const uint SaveCoarse = 1 << 7;

    // 45 degrees Celsius.
    private const uint Thermistor = 1936;
    private const long AnswerNs = 400_000;
    private const long FinePpt = -3;
    private const long CoarsePpt = 1_240;
    private readonly TimeCardModel _card;
    private readonly PhcClock _phc;
    private readonly long _builtPpt;
    private readonly uint _builtCoarse;
    private long _answersAt = long.MaxValue;

    public Mro50(TimeCardModel card, PhcClock phc, uint coarse)
    {
        (_card, _phc, _builtPpt, _builtCoarse) = (card, phc, phc.OscillatorPpt, coarse);
        (Fine, Coarse, SavedCoarse) = (FineMiddle, coarse, coarse);
    }

    public uint Fine { get; private set; }

    public uint Coarse { get; private set; }

    /// <summary>What the coarse adjustment is after a power-up.</summary>
    public uint SavedCoarse { get; private set; }

    public override uint Read(uint offset) => offset switch
    {
        0 => this[0] | (_card.Now >= _answersAt ? ReadDone : 0) | ((this[0] & Enable) != 0 ? Lock : 0),
        Temperature => Thermistor,
        _ => this[offset],
    };

    public override void Write(uint offset, uint value)
    {
        switch (offset)
        {
            case 0:
                Control(value);
                break;
            case Adjust:
                this[offset] = value;
                break;
            default:
                break;
        }
    }

    /// <summary>A command; one to an oscillator that is off is none.</summary>
    private void Control(uint value)
    {
        this[0] = value & ~(Lock | ReadDone);
        _answersAt = long.MaxValue;
        if ((value & Enable) == 0)
        {
            return;
        }

        if ((value & ReadCommand) != 0 && _card.Defect != CardDefect.OscillatorSilent)
        {
            this[Value] = (value & ReadCoarse) != 0 ? Coarse : Fine;
            _answersAt = _card.Now + AnswerNs;
        }

        if ((value & AdjustCommand) != 0)
        {
            Turn((value & AdjustCoarse) != 0);
        }

        if ((value & SaveCoarse) != 0)
        {
            SavedCoarse = Coarse;
        }
    }

    private void Turn(bool isCoarse)
    {
        if (isCoarse && _card.Defect != CardDefect.OscillatorCoarseIsFine)
        {
            Coarse = this[Adjust] & CoarseMask;
        }
        else
        {
            Fine = this[Adjust] & FineMask;
        }

        var sign = _card.Defect == CardDefect.OscillatorWrongSign ? -1 : 1;
        _phc.Tune(_card.Now, _builtPpt + (((long)Fine - FineMiddle) * FinePpt * sign) + (((long)Coarse - _builtCoarse) * CoarsePpt));
    }
}
