namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>Reads a code that comes in over a cable, and tells the clock its time.</summary>
/// <remarks>
/// NetTimeLogic's IRIG and DCF slaves. A time is known when the frame that says it came in as a whole, and the next one begins. Not modelled: what the slave's own mode bits and DCF's bit position
/// change, noise on the wire.
/// </remarks>
internal sealed class TimecodeSlave(TimeCardModel card, Timecode code, TimecodeMaster master) : TimecodeCore
{
    private const long Second = 1_000_000_000;
    private const uint ManualYear = 0x24;
    private const uint AirDelayMask = 0x3FFF_FFFF;
    private const int Century = 2000;
    private readonly CardSignal _signal = code == Timecode.Irig ? CardSignal.Irig : CardSignal.Dcf;
    private readonly uint _inputBit = code == Timecode.Irig ? 0x10u : 0x20u;
    private TimecodeFrame? _frame;
    private long _frameBegan;
    private long _nextFrame;
    private long _marked = long.MinValue;

    /// <summary>When the next frame begins to come in, in true time, or <see cref="long.MaxValue"/>.</summary>
    public long Due { get; private set; } = long.MaxValue;

    /// <summary>Nanoseconds that the signal is taken to be late.</summary>
    private long Delay => this[Registers.CableDelay] & (code == Timecode.Irig ? 0xFFFF : AirDelayMask);

    /// <summary>Looks when the next frame begins; without the signal what has come in of the last one is worth nothing.</summary>
    public void Plan(long now)
    {
        var (signal, delay) = card.Defect == CardDefect.TimecodeHeardInside ? (_signal, 0) : card.Sma.Source(_inputBit);
        if (!IsEnabled || signal != _signal || !master.IsEnabled)
        {
            (_frame, Due) = (null, long.MaxValue);
            return;
        }

        var from = Math.Max(now, _marked + 1) - delay;
        _nextFrame = master.NextFrame(card.PhcAt(from));
        Due = card.WhenPhc(_nextFrame, from) + delay;
    }

    /// <summary>A frame begins: the one before it is whole, and says what time it is now.</summary>
    public void Mark()
    {
        _marked = Due;
        var (frame, isWhole) = (_frame, _frameBegan + master.FrameNs == _nextFrame);
        (_frame, _frameBegan) = (master.FrameAt(_nextFrame), _nextFrame);
        if (isWhole && frame is { } told && Decode(told) is { } seconds && card.Defect != CardDefect.TimecodeNotRead)
        {
            // Should the clock jump for it, the frame that has just begun is lost.
            card.Decoded(code, _marked, ((seconds + Correction) * Second) + master.FrameNs + Delay);
        }

        Plan(_marked);
    }

    /// <summary>The time jumped: the frame under way is no frame.</summary>
    public void TimeJumped() => _frame = null;

    /// <summary>What comes in that is not the code is an error.</summary>
    public void Supervise()
    {
        if (IsEnabled && card.Sma.Source(_inputBit).Signal is not CardSignal.None and var signal && signal != _signal)
        {
            this[Registers.Status] |= 1;
        }
    }

    /// <summary>The time that a frame says: its year is its own, that of a register, or one of this century; null without any.</summary>
    private long? Decode(TimecodeFrame frame)
    {
        var date = DateTimeOffset.FromUnixTimeSeconds(frame.Seconds);
        var year = code == Timecode.Dcf ? Century + (date.Year % 100) : frame.HasYear ? date.Year : (int)this[ManualYear];
        return year is < 1970 or > 2105 ? null
            : frame.Seconds + (long)(new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero) - new DateTimeOffset(date.Year, 1, 1, 0, 0, 0, TimeSpan.Zero)).TotalSeconds;
    }
}
