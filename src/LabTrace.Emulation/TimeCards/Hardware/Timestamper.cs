namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>Latches the clock's time at the rising edges of its input, and interrupts.</summary>
internal sealed class Timestamper(TimeCardModel card, int vector) : MemoryBlock
{
    private long _skipped;

    public bool IsEnabled => (this[0] & 1) != 0 || card.Defect == CardDefect.TimestamperIgnoresEnable;

    /// <summary>Whether an edge makes somebody take notice.</summary>
    public bool Interrupts => IsEnabled && (this[Registers.InterruptMask] & 1) != 0;

    public override void Write(uint offset, uint value)
    {
        switch (offset)
        {
            case Registers.Interrupt:
                // Written to acknowledge: any bit written is cleared.
                this[offset] &= ~value;
                break;
            case Registers.StampNs or Registers.StampSec or Registers.EventCount or Registers.Version:
                break;
            default:
                this[offset] = value;
                break;
        }
    }

    /// <summary>An edge at the input.</summary>
    /// <param name="phcNs">The clock's time at the edge.</param>
    public void Edge(long phcNs)
    {
        if (!IsEnabled || (card.Defect == CardDefect.TimestamperSkipsSeconds && ++_skipped % 2 == 0))
        {
            return;
        }

        phcNs += card.Defect switch
        {
            CardDefect.TimestampLate => 40_000,
            CardDefect.TimestampsFallingEdge => 100_000_000,
            CardDefect.TimestampsSystemTime => card.Now - card.PhcNow - 37_000_000_000,
            _ => 0,
        };
        phcNs -= this[Registers.CableDelay] & 0xFFFF;
        this[Registers.StampSec] = (uint)(phcNs / 1_000_000_000);
        this[Registers.StampNs] = (uint)(phcNs % 1_000_000_000);
        this[Registers.EventCount]++;
        this[Registers.Interrupt] |= 1;
        if ((this[Registers.InterruptMask] & 1) != 0)
        {
            card.Raise(vector);
        }
    }
}
