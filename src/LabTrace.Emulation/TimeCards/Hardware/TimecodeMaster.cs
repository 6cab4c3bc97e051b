namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>Puts the clock's time out as a code.</summary>
/// <remarks>
/// NetTimeLogic's IRIG and DCF masters. Modelled is what a frame says and where its edges rise. Not modelled: what each bit is, how long its pulse is, a carrier, the format bits of the control
/// register, IRIG's control functions.
/// </remarks>
internal sealed class TimecodeMaster(TimeCardModel card, Timecode code) : TimecodeCore
{
    private const long Second = 1_000_000_000;
    private const long IrigEdges = Second / 100;
    private const int FirstModeWithYear = 4;
    private const int DcfSeconds = 60;

    /// <summary>Nanoseconds of a frame.</summary>
    public long FrameNs => (code == Timecode.Dcf ? DcfSeconds : 1) * Second;

    /// <summary>Seconds that the code is behind the clock.</summary>
    private long Behind => card.Defect == CardDefect.TimecodeCorrectionIgnored ? 0 : Correction;

    /// <summary>The clock's time of the first frame that begins at or after one.</summary>
    public long NextFrame(long phcNs)
    {
        var shift = code == Timecode.Dcf ? Behind * Second : 0;
        return RoundUp(phcNs - shift, FrameNs) + shift;
    }

    /// <summary>The clock's time of the first rising edge at or after one, or <see cref="long.MaxValue"/>.</summary>
    public long NextEdge(long phcNs)
    {
        if (!IsEnabled)
        {
            return long.MaxValue;
        }

        if (code == Timecode.Irig)
        {
            return RoundUp(phcNs, IrigEdges);
        }

        var edge = RoundUp(phcNs, Second);
        var isLast = (edge - NextFrame(edge)) / Second == -1 && card.Defect != CardDefect.DcfMinuteUnmarked;
        return isLast ? edge + Second : edge;
    }

    /// <summary>What the frame says that begins at a time of the clock.</summary>
    public TimecodeFrame FrameAt(long phcNs)
    {
        var seconds = (phcNs / Second) - Behind;
        return code == Timecode.Irig
            ? new TimecodeFrame(seconds, ((this[0] >> 16) & 7) >= FirstModeWithYear && card.Defect != CardDefect.IrigYearLost)
            : new TimecodeFrame(seconds, HasYear: true);
    }

    private static long RoundUp(long ns, long step) => (ns + step - 1) / step * step;
}
