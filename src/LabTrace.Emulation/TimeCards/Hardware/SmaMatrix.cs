namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>Where the signals of the four connectors go and come from, by the GPIO words that route them.</summary>
/// <remarks>
/// Facebook and ADVA: map 1 has the inputs of SMA1 and SMA2 and the outputs of SMA3 and SMA4, map 2 the others; odd connectors
/// in the low half. Bit 15 turns a direction on. ART: a word for each connector, 16 bytes apart, with what it can do above.
/// </remarks>
internal sealed class SmaMatrix(TimeCardModel card)
{
    private const uint On = 0x8000;
    private static readonly CardSignal[] Outputs =
    [
        CardSignal.Phc, CardSignal.Mac, CardSignal.Gnss1, CardSignal.Gnss2, CardSignal.Irig, CardSignal.Dcf,
        CardSignal.Gen1, CardSignal.Gen2, CardSignal.Gen3, CardSignal.Gen4,
    ];

    /// <summary>GPIO of the first pair of directions.</summary>
    public MemoryBlock Map1 { get; } = new Gpio(card);

    /// <summary>GPIO of the second.</summary>
    public MemoryBlock Map2 { get; } = new Gpio(card);

    /// <summary>ART's words.</summary>
    public MemoryBlock Art { get; } = new ArtGpio();

    /// <summary>What a connector puts out.</summary>
    /// <param name="connector">1 to 4.</param>
    public CardSignal OutputOf(int connector)
    {
        if (card.Options.Board == BoardKind.Art)
        {
            return (Art[(uint)(connector - 1) * 16] & 0xFF) switch
            {
                2 => CardSignal.Phc,
                4 => CardSignal.Gnss1,
                0x10 => CardSignal.TenMegahertz,
                _ => CardSignal.None,
            };
        }

        var word = Half(connector > 2 ? Map1[8] : Map2[8], connector);
        if ((word & On) == 0)
        {
            return CardSignal.None;
        }

        var value = word & 0x7FFF;
        if (card.Defect == CardDefect.SmaOutputShifted)
        {
            value <<= 1;
        }

        return value switch
        {
            0 => CardSignal.TenMegahertz,
            0x2000 => CardSignal.None,
            0x4000 => CardSignal.High,
            _ when uint.IsPow2(value) && uint.Log2(value) < Outputs.Length => Outputs[(int)uint.Log2(value)],
            _ => CardSignal.None,
        };
    }

    /// <summary>The bits of where a connector's input goes; 0 when it is no input.</summary>
    public uint InputOf(int connector)
    {
        if (card.Options.Board == BoardKind.Art)
        {
            // The board stamps what comes in at a connector with the timestamper of its number.
            return (Art[(uint)(connector - 1) * 16] & 0xFF) is 1 ? ArtTimestamper(connector) : 0;
        }

        if (card.Defect == CardDefect.SmaInputsSwapped)
        {
            connector = connector switch { 1 => 2, 2 => 1, _ => connector };
        }

        var word = Half(connector > 2 ? Map2[0] : Map1[0], connector);
        return (word & On) != 0 ? word & 0x7FFF : 0;
    }

    /// <summary>The signal that reaches an input bit over a cable, and how many nanoseconds later.</summary>
    public (CardSignal Signal, int DelayNs) Source(uint inputBit)
    {
        foreach (var (one, other) in card.Cables)
        {
            // A cable has two ends that are alike.
            if ((InputOf(other) & inputBit) != 0 && OutputOf(one) is not CardSignal.None and var signal)
            {
                return (signal, card.Options.CableDelayNs);
            }

            if (card.Defect != CardDefect.CableOneWay && (InputOf(one) & inputBit) != 0 && OutputOf(other) is not CardSignal.None and var back)
            {
                return (back, card.Options.CableDelayNs);
            }
        }

        return (CardSignal.None, 0);
    }

    private static uint ArtTimestamper(int connector) => connector switch { 1 => 4, 2 => 8, 3 => 0x40, _ => 0x80 };

    private static uint Half(uint word, int connector) => (connector & 1) != 0 ? word & 0xFFFF : word >> 16;

    private sealed class Gpio(TimeCardModel card) : MemoryBlock
    {
        public override uint Read(uint offset) => card.Defect == CardDefect.SmaReadbackLost ? this[offset] & 0x8000_8000 : this[offset];
    }

    private sealed class ArtGpio : MemoryBlock
    {
        public override void Write(uint offset, uint value) => this[offset] = (this[offset] & 0xFFFF_0000) | (value & 0xFFFF);
    }
}

/// <summary>Signals that a connector can put out.</summary>
internal enum CardSignal
{
    None,
    TenMegahertz,
    Phc,
    Mac,
    Gnss1,
    Gnss2,
    Irig,
    Dcf,
    Gen1,
    Gen2,
    Gen3,
    Gen4,
    High,
}
