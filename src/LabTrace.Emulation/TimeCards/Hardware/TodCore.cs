namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>The time-of-day receiver: what GNSS says of UTC and leap seconds, and the correction a user asks for.</summary>
internal sealed class TodCore(TimeCardModel card) : MemoryBlock
{
    private const long DayNs = 86_400_000_000_000;
    private uint _kept = uint.MaxValue;

    /// <summary>Seconds the user adds to what GNSS says.</summary>
    public long CorrectionSeconds => Registers.FromSignMagnitude(this[Registers.TodAdjust]);

    public override uint Read(uint offset) => offset switch
    {
        Registers.UtcStatus => UtcStatus(),
        Registers.Leap => card.Gnss.LeapAt == long.MaxValue ? 0 : (uint)Math.Max(0, (card.Gnss.LeapAt - card.Now) / 1_000_000_000),
        Registers.TodAdjust when card.Defect == CardDefect.CorrectionSignLost => this[offset] & 0x7FFF_FFFF,
        _ => this[offset],
    };

    public override void Write(uint offset, uint value)
    {
        switch (offset)
        {
            case Registers.Status:
                // Error bits, cleared by writing them.
                this[offset] &= ~value;
                break;
            case Registers.UtcStatus or Registers.Leap or Registers.Version:
                break;
            default:
                this[offset] = value;
                break;
        }
    }

    private uint UtcStatus()
    {
        var gnss = card.Gnss;
        if ((this[0] & 1) == 0 || !gnss.HasFix(card.Now))
        {
            // Before the core is enabled and without a fix the last word stands, and is not valid.
            return this[0] == 0 ? this[Registers.UtcStatus] : (_kept == uint.MaxValue ? 0 : _kept) & 0xFF;
        }

        var offset = (uint)gnss.UtcOffset & 0xFF;
        if (card.Defect == CardDefect.UtcOffsetStale)
        {
            offset = 37;
        }

        var word = offset | Registers.UtcValid | Registers.LeapValid;
        if (gnss.LeapAt - card.Now <= DayNs)
        {
            word |= Registers.LeapAnnounced | (gnss.LeapSign > 0 == (card.Defect != CardDefect.LeapAnnouncedWrong) ? Registers.Leap61 : Registers.Leap59);
        }

        _kept = word;
        return word;
    }
}
