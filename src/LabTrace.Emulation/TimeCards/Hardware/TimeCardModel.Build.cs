using System.Text;

namespace LabTrace.Emulation.TimeCards.Hardware;

/// <content>What a board has, and where.</content>
internal sealed partial class TimeCardModel
{
    // Somewhere in the middle: where it is differs from one oscillator to the next.
    private const uint OscillatorCoarse = 2_010_000;
    private const int EepromBytes = 256;

    private void Build(BoardMap map)
    {
        Map(Registers.Clock, Clock);
        Map(map.Gnss.Offset, GnssPort);
        Map(map.Mac.Offset, MacPort);
        Map(map.I2c.Offset, Iic);
        for (var i = 0; i < Stampers.Count; i++)
        {
            if (map.Stampers[i] is { } place)
            {
                Map(place.Offset, Stampers[i]);
            }
        }

        if (Options.Board == BoardKind.Art)
        {
            BuildArt();
            return;
        }

        Map(Registers.Image, new MemoryBlock { [0] = Options.ImageVersion });
        Map(Registers.PpsToExt, new MemoryBlock());
        Map(Registers.PpsSelect, new MemoryBlock());
        Map(Registers.PpsToClk, Servo);
        Map(Registers.Tod, Tod);
        Map(Registers.SmaMap1, Sma.Map1);
        Map(Registers.SmaMap2, Sma.Map2);
        for (var i = 0; i < (Options.Board == BoardKind.Adva ? 2 : 4); i++)
        {
            Map(Registers.Signal + ((uint)i * Registers.Page), Generators[i]);
            Map(Registers.Frequency + ((uint)i * Registers.Page), Counters[i]);
        }

        // Inputs of SMA1 and SMA2, outputs of SMA3 (10 MHz) and SMA4 (PHC).
        (Sma.Map1[0], Sma.Map1[8]) = (0x8001_8000, 0x8001_8000);
        if (Options.Board is BoardKind.Facebook or BoardKind.Celestica)
        {
            Map(Registers.IrigIn, IrigIn);
            Map(Registers.IrigOut, IrigOut);
            Map(Registers.DcfIn, DcfIn);
            Map(Registers.DcfOut, DcfOut);
            Map(Registers.NmeaOut, new MemoryBlock());
            Map(Registers.UartGnss2, Gnss2Port);
            Map(Registers.UartNmea, NmeaPort);
        }

        if (Options.Board != BoardKind.Adva)
        {
            Map(Registers.Spi, new AxiQuadSpi(this, Registers.SpiVector, Flash));
        }

        BuildMemories();
    }

    private void BuildArt()
    {
        Map(Registers.ArtSma, Sma.Art);
        Map(Registers.Oscillator, new Mro50(this, _phc, OscillatorCoarse));
        Map(Registers.BoardConfig, new MemoryBlock());
        uint[] usual = [8, 1, 0x10, 2];
        for (var i = 0; i < usual.Length; i++)
        {
            // Every connector can be either input and any output.
            Sma.Art[(uint)i * 16] = 0x001F_0000 | usual[i];
        }

        // A 24c08, whose third block the maker has written.
        var memory = new byte[4 * EepromBytes];
        Options.Serial.CopyTo(memory, 0x263);
        Encoding.ASCII.GetBytes(Options.BoardId).CopyTo(memory, 0x243);
        _eeproms.Add(0x50, memory);
    }

    private void BuildMemories()
    {
        var (board, address) = (new byte[EepromBytes], new byte[EepromBytes]);
        _eeproms.Add(0x50, board);
        _eeproms.Add(0x58, address);
        Encoding.ASCII.GetBytes(Options.BoardId).CopyTo(board, 0x43);
        Encoding.ASCII.GetBytes(Options.BoardPrefix).CopyTo(board, 0);
        Options.Serial.CopyTo(address, 0x9A);
        foreach (var (offset, value) in Options.PowerUp)
        {
            if (Find(offset, out var inside) is MemoryBlock block)
            {
                block[inside] = value;
            }
        }
    }

    /// <summary>Puts a core where its first register is; each has a page of 64 KiB for itself.</summary>
    private void Map(uint offset, IRegisterBlock block) => _blocks.Add(offset >> 16, (block, offset & 0xFFFF));

    private IRegisterBlock? Find(uint offset, out uint inside)
    {
        var (block, begin) = _blocks.GetValueOrDefault(offset >> 16);
        inside = (offset & 0xFFFC) - begin;
        return block;
    }
}
