namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>Codes that tell the time over a wire.</summary>
internal enum Timecode
{
    /// <summary>IRIG-B: a frame a second, a rising edge every 10 ms.</summary>
    Irig,

    /// <summary>DCF77: a frame a minute, a rising edge every second but the last.</summary>
    Dcf,
}

/// <summary>What a whole frame says.</summary>
/// <param name="Seconds">The time at which it begins, in whatever scale it was put in, seconds since 1970.</param>
/// <param name="HasYear">Whether it tells the year.</param>
internal readonly record struct TimecodeFrame(long Seconds, bool HasYear);

/// <summary>What the cores of all codes have.</summary>
internal abstract class TimecodeCore : MemoryBlock
{
    public bool IsEnabled => (this[0] & 1) != 0;

    /// <summary>Seconds between the clock and the code.</summary>
    protected long Correction => Registers.FromSignMagnitude(this[Registers.TodAdjust]);

    public override void Write(uint offset, uint value)
    {
        switch (offset)
        {
            case Registers.Status:
                // Errors, cleared by writing them.
                this[offset] &= ~value;
                break;
            case Registers.Version:
                break;
            default:
                this[offset] = value;
                break;
        }
    }
}
