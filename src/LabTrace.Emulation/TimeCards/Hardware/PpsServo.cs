namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>Steers the clock by the edges of a PPS, and supervises them.</summary>
internal sealed class PpsServo(TimeCardModel card, PhcClock phc, ClockCore clock) : MemoryBlock
{
    /// <summary>Without an edge for this long the supervisor complains.</summary>
    public const long SupervisedNs = 1_500_000_000;

    /// <summary>Without a correction for this long the clock is in holdover.</summary>
    public const long HoldoverNs = 3_000_000_000;

    private const long Second = 1_000_000_000;
    private const int Gain = 4;
    private const long LockedNs = 200;
    private long _lastEdge = long.MinValue;
    private long _learnedPpt;

    public long LastEdge => _lastEdge;

    public override uint Read(uint offset) =>
        offset == Registers.Status && card.Defect == CardDefect.SupervisorBlind ? 0 : this[offset];

    public override void Write(uint offset, uint value)
    {
        if (offset == Registers.Status)
        {
            this[offset] = card.Defect == CardDefect.SupervisorNeverClears ? this[offset] : this[offset] & ~value;
            return;
        }

        this[offset] = value;
    }

    /// <summary>The clock has been steered from power-up on, and knows its oscillator.</summary>
    public void StartLocked(long now, long learnedPpt)
    {
        _lastEdge = now;
        Learn(now, learnedPpt);
    }

    /// <summary>An edge of the PPS at a moment of true time.</summary>
    public void Edge(long now, long trueSecondNs)
    {
        _lastEdge = now;
        if (card.Defect != CardDefect.SupervisorNeverClears)
        {
            this[Registers.Status] &= ~Registers.PpsSupervisorError;
        }

        if (clock.Selected != Registers.SelectPps && clock.Selected != Registers.SelectTod)
        {
            return;
        }

        clock.IsInHoldover = false;
        var time = phc.At(now) - (this[Registers.CableDelay] & 0xFFFF);
        if (card.Options.IsSteered)
        {
            Steer(now, time - trueSecondNs, clock.Selected == Registers.SelectTod);
        }
    }

    /// <summary>A second went by without an edge, or with one.</summary>
    public void Supervise(long now)
    {
        if (now - _lastEdge >= SupervisedNs)
        {
            this[Registers.Status] |= Registers.PpsSupervisorError;
        }

        if (now - _lastEdge >= HoldoverNs && clock.Selected == Registers.SelectPps && clock.IsInSync && !clock.IsInHoldover)
        {
            clock.IsInHoldover = true;
            phc.Correct(now, _learnedPpt + (card.Options.ResidualPpt * (card.Defect == CardDefect.HoldoverDriftsTenfold ? 10 : 1)));
        }
    }

    /// <summary>A PPS says where seconds begin, and only the time of day says which.</summary>
    private void Steer(long now, long offset, bool knowsSecond)
    {
        if (card.Defect == CardDefect.ServoDead)
        {
            return;
        }

        if (knowsSecond)
        {
            offset -= card.Tod.CorrectionSeconds * Second;
        }
        else
        {
            offset -= (long)Math.Floor((offset + (Second / 2.0)) / Second) * Second;
        }

        if (card.Defect == CardDefect.ServoNoise)
        {
            offset += now % 2 == 0 ? 3_000 : -3_000;
        }

        if (!clock.Pull(now, card.Defect == CardDefect.ServoWrongSign ? -offset : offset))
        {
            return;
        }

        if (Math.Abs(offset) < LockedNs * 50)
        {
            // The oscillator's error is learned slowly; what it does between two looks stays.
            var error = (phc.OscillatorPpt + phc.CorrectionPpt) - (card.Options.ResidualPpt / 10);
            Learn(now, phc.CorrectionPpt - (error / Gain));
        }

        clock.Corrected(offset, -phc.CorrectionPpt / 1000);
    }

    private void Learn(long now, long ppt)
    {
        _learnedPpt = ppt;
        phc.Correct(now, ppt);
    }
}
