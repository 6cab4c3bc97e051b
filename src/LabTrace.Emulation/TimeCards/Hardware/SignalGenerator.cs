namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>Makes pulses of a period from a start, in the clock's own time; a jump of the time stops it.</summary>
internal sealed class SignalGenerator(TimeCardModel card, int vector) : MemoryBlock
{
    /// <summary>Whether it makes pulses.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>The first edge, in the clock's time.</summary>
    public long Start { get; private set; }

    /// <summary>Nanoseconds between two edges.</summary>
    public long Period { get; private set; }

    /// <summary>Nanoseconds of a pulse.</summary>
    public long Pulse { get; private set; }

    public bool IsInverted { get; private set; }

    public override uint Read(uint offset) => offset == 0 ? (this[0] & ~1u) | (IsRunning ? 1u : 0) : this[offset];

    public override void Write(uint offset, uint value)
    {
        switch (offset)
        {
            case 0:
                this[0] = value;
                Enable(value);
                break;
            case Registers.Interrupt:
                this[offset] &= ~value;
                break;
            case Registers.Version or Registers.Status:
                break;
            default:
                this[offset] = value;
                break;
        }
    }

    /// <summary>The first rising edge at or after a moment of the clock's time, or <see cref="long.MaxValue"/>.</summary>
    public long NextEdge(long phcNs)
    {
        if (!IsRunning || Period <= 0)
        {
            return long.MaxValue;
        }

        // An inverted pulse is low first, and rises at its end.
        var first = Start + (IsInverted ? Pulse : 0);
        if (phcNs <= first)
        {
            return first;
        }

        var periods = (phcNs - first + Period - 1) / Period;
        var repeat = this[Registers.RepeatCount];
        return repeat != 0 && periods >= repeat ? long.MaxValue : first + (periods * Period);
    }

    /// <summary>The time jumped: the core stops and says so.</summary>
    public void TimeJumped()
    {
        if (!IsRunning || card.Defect == CardDefect.GeneratorSurvivesTimeJump)
        {
            return;
        }

        IsRunning = false;
        this[0] &= ~1u;
        this[Registers.Interrupt] |= 1;
        if ((this[Registers.InterruptMask] & 1) != 0)
        {
            card.Raise(vector);
        }
    }

    private void Enable(uint value)
    {
        // Bit 1 takes the registers over, bit 0 lets it run.
        if ((value & 2) != 0)
        {
            Start = (this[Registers.StartSec] * 1_000_000_000L) + this[Registers.StartNs];
            Period = (this[Registers.PeriodSec] * 1_000_000_000L) + this[Registers.PeriodNs];
            Pulse = (this[Registers.PulseSec] * 1_000_000_000L) + this[Registers.PulseNs];
            IsInverted = (this[Registers.Polarity] & 1) == 0;
            switch (card.Defect)
            {
                case CardDefect.GeneratorPeriodDoubled:
                    Period *= 2;
                    break;
                case CardDefect.GeneratorPhaseLost:
                    Start -= Start % Math.Max(1, Period);
                    break;
                case CardDefect.GeneratorDutyInverted:
                    IsInverted = !IsInverted;
                    break;
                default:
                    break;
            }

            this[0] &= ~2u;
        }

        IsRunning = (value & 1) != 0;
    }
}
