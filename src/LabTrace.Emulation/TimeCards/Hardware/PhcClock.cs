namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>The adjustable clock: its time as a line over true time, bent by drift, slews and steps.</summary>
internal sealed class PhcClock
{
    private const long Trillion = 1_000_000_000_000;
    private long _since;
    private long _phc;
    private long _slewPpt;

    public PhcClock(long now, long phcNs, long oscillatorPpt)
    {
        (_since, _phc, OscillatorPpt) = (now, phcNs, oscillatorPpt);
    }

    /// <summary>The oscillator's error, parts in 10^12.</summary>
    public long OscillatorPpt { get; private set; }

    /// <summary>What the servo takes off or puts on, parts in 10^12; it stays when the servo has nothing to go by.</summary>
    public long CorrectionPpt { get; private set; }

    /// <summary>What the drift register puts on top, parts in 10^12.</summary>
    public long DialedPpt { get; private set; }

    /// <summary>When the slew under way ends, or <see cref="long.MaxValue"/>.</summary>
    public long SlewEnds { get; private set; } = long.MaxValue;

    private long RatePpt => OscillatorPpt + CorrectionPpt + DialedPpt + _slewPpt;

    /// <summary>The clock's time at a moment of true time, nanoseconds; not before the last change.</summary>
    public long At(long now)
    {
        var elapsed = now - _since;
        return _phc + elapsed + (long)((Int128)elapsed * RatePpt / Trillion);
    }

    /// <summary>The first moment of true time at which the clock shows at least a time, were nothing changed.</summary>
    public long When(long phcNs)
    {
        var ahead = phcNs - _phc;
        var guess = _since + (long)((Int128)ahead * Trillion / (Trillion + RatePpt));
        while (At(guess) < phcNs)
        {
            guess++;
        }

        while (At(guess - 1) >= phcNs)
        {
            guess--;
        }

        return guess;
    }

    public void Set(long now, long phcNs) => (_since, _phc) = (now, phcNs);

    /// <summary>Spreads a correction over a window; one under way ends where it is.</summary>
    public void Slew(long now, long deltaNs, long windowNs)
    {
        Fold(now);
        _slewPpt = (long)((Int128)deltaNs * Trillion / Math.Max(1, windowNs));
        SlewEnds = now + Math.Max(1, windowNs);
    }

    public void EndSlew(long now)
    {
        Fold(now);
        _slewPpt = 0;
        SlewEnds = long.MaxValue;
    }

    public void Correct(long now, long ppt)
    {
        Fold(now);
        CorrectionPpt = ppt;
    }

    public void Dial(long now, long ppt)
    {
        Fold(now);
        DialedPpt = ppt;
    }

    /// <summary>The oscillator's frequency was changed.</summary>
    public void Tune(long now, long oscillatorPpt)
    {
        Fold(now);
        OscillatorPpt = oscillatorPpt;
    }

    private void Fold(long now) => (_phc, _since) = (At(now), now);
}
