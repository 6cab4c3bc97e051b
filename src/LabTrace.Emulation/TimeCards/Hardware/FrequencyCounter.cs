namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>Counts the edges of its input for whole seconds of the clock, up to 10 MHz.</summary>
internal sealed class FrequencyCounter(TimeCardModel card) : MemoryBlock
{
    private const long LimitHz = 10_000_000;

    // An oscillator's own 10 MHz may be a little fast.
    private const long ToleranceHz = 100;

    /// <summary>Seconds of one measurement, or 0 when it is off.</summary>
    public int Seconds => (this[0] & 1) != 0 ? (int)((this[0] >> 8) & 0xFF) : 0;

    /// <summary>When the measurement under way ends, in true time.</summary>
    public long Ends { get; private set; } = long.MaxValue;

    private long _begins;

    public override void Write(uint offset, uint value)
    {
        if (offset != 0)
        {
            return;
        }

        this[0] = value;
        this[Registers.Status] = 0;
        Begin(card.Now);
    }

    /// <summary>Starts at the next second.</summary>
    public void Begin(long now)
    {
        if (Seconds == 0)
        {
            Ends = long.MaxValue;
            return;
        }

        _begins = card.WhenPhc(((card.PhcNow / 1_000_000_000) + 1) * 1_000_000_000, now);
        Ends = _begins + (Seconds * 1_000_000_000L);
    }

    /// <summary>The time jumped: what was counted is worth nothing.</summary>
    public void TimeJumped() => Begin(card.Now);

    /// <summary>The measurement is over; the next follows at once.</summary>
    public void Complete(Func<long, long, long> count)
    {
        var hz = count(_begins, Ends) / Seconds;
        if (card.Defect == CardDefect.CounterDividesWrong)
        {
            hz *= Seconds;
        }

        var isTooFast = hz > LimitHz + ToleranceHz && card.Defect != CardDefect.CounterIgnoresLimit;
        this[Registers.Status] = card.Defect == CardDefect.CounterNeverValid ? 0
            : isTooFast ? Registers.FrequencyValid | Registers.FrequencyError
            : Registers.FrequencyValid | (uint)(hz & Registers.FrequencyMask);
        (_begins, Ends) = (Ends, Ends + (Seconds * 1_000_000_000L));
    }
}
