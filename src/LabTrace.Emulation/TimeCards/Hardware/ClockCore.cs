namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>The adjustable clock's registers: reading and setting the time, slews, drift, the selected source.</summary>
internal sealed class ClockCore(TimeCardModel card, PhcClock phc) : MemoryBlock
{
    private const int SmallCorrections = 4;
    private const long SmallNs = 500;
    private const long StepNs = 100_000_000;
    private const long PullNs = 1_000_000_000;
    private int _small;
    private uint _selected = Registers.SelectRegisters;

    /// <summary>What the clock follows now.</summary>
    public uint Selected => _selected;

    public bool IsInSync { get; private set; }

    public bool IsInHoldover { get; set; }

    public void PowerUp(uint version, bool isInSync)
    {
        this[Registers.Version] = version;
        this[Registers.Select] = _selected;
        (IsInSync, _small) = (isInSync, isInSync ? SmallCorrections : 0);
    }

    public override uint Read(uint offset) => offset switch
    {
        Registers.Status => (IsInSync ? Registers.StatusInSync : 0) | (IsInHoldover ? Registers.StatusHoldover : 0),
        Registers.Select => (card.Defect == CardDefect.SelectNotReported ? 0xFE : _selected) << 16 | this[Registers.Select],
        _ => this[offset],
    };

    public override void Write(uint offset, uint value)
    {
        switch (offset)
        {
            case Registers.Ctrl:
                Control(value);
                break;
            case Registers.Select:
                this[offset] = value & 0xFF;
                _selected = value & 0xFF;
                break;
            case Registers.Status or Registers.Version or Registers.TimeNs or Registers.TimeSec or Registers.StatusOffset or Registers.StatusDrift:
                break;
            default:
                this[offset] = value;
                break;
        }
    }

    /// <summary>Moves the clock by what a source has found it to be ahead: by more than 100 ms in a step, else within a second.</summary>
    /// <returns>Whether it did not step.</returns>
    public bool Pull(long now, long aheadNs)
    {
        if (Math.Abs(aheadNs) > StepNs)
        {
            phc.EndSlew(now);
            phc.Set(now, phc.At(now) - aheadNs);
            Jumped();
            return false;
        }

        phc.Slew(now, -aheadNs, PullNs);
        return true;
    }

    /// <summary>A correction by whatever source was made: small ones, four in a row, are sync.</summary>
    public void Corrected(long offsetNs, long driftPpb)
    {
        _small = Math.Abs(offsetNs) <= SmallNs ? Math.Min(_small + 1, SmallCorrections) : 0;
        IsInSync = _small >= SmallCorrections;
        this[Registers.StatusOffset] = Registers.SignMagnitude(offsetNs);
        this[Registers.StatusDrift] = Registers.SignMagnitude(driftPpb);
    }

    /// <summary>The time was set: nothing is known of sync until corrections have been small again.</summary>
    public void Jumped()
    {
        if (card.Defect != CardDefect.SettimeKeepsSync)
        {
            (IsInSync, _small) = (false, 0);
        }

        card.TimeJumped();
    }

    private void Control(uint value)
    {
        var now = card.Now;
        if ((value & Registers.CtrlReadRequest) != 0)
        {
            var time = phc.At(now);
            this[Registers.TimeSec] = (uint)(time / 1_000_000_000);
            this[Registers.TimeNs] = (uint)(time % 1_000_000_000);
            value &= ~Registers.CtrlReadRequest;
            value |= card.Faults.NeverReady ? 0 : Registers.CtrlReadDone;
        }

        if ((value & Registers.CtrlAdjustTime) != 0)
        {
            var ns = card.Defect == CardDefect.StepIgnoresNanoseconds ? 0 : this[Registers.AdjustNs];
            phc.EndSlew(now);
            phc.Set(now, (this[Registers.AdjustSec] * 1_000_000_000L) + ns);
            Jumped();
        }

        if ((value & Registers.CtrlAdjustOffset) != 0)
        {
            Slew(now, Registers.FromSignMagnitude(this[Registers.OffsetNs]), this[Registers.OffsetWindowNs]);
        }

        if ((value & Registers.CtrlAdjustDrift) != 0 && card.Defect != CardDefect.DriftNotApplied)
        {
            var window = Math.Max(1, this[Registers.DriftWindowNs]);
            phc.Dial(now, (long)((Int128)Registers.FromSignMagnitude(this[Registers.DriftNs]) * 1_000_000_000_000 / window));
        }

        this[Registers.Ctrl] = value & ~(Registers.CtrlAdjustTime | Registers.CtrlAdjustOffset | Registers.CtrlAdjustDrift);
    }

    private void Slew(long now, long delta, long window)
    {
        switch (card.Defect)
        {
            case CardDefect.SlewIsStep:
                phc.Set(now, phc.At(now) + delta);
                return;
            case CardDefect.SlewTooFast:
                phc.Slew(now, delta, window / 4);
                break;
            case CardDefect.SlewWrongSign:
                phc.Slew(now, -delta, window);
                break;
            default:
                // A window that nobody set is a second, as after power-up.
                phc.Slew(now, delta, window == 0 ? 1_000_000_000 : window);
                break;
        }

        Corrected(delta, phc.CorrectionPpt / 1000);
    }
}
