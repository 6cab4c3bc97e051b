namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>Where a board has what is not at the same place on all: offsets in BAR0 and vectors of MSI-X.</summary>
/// <remarks>The tables of resources in drivers/ptp/ptp_ocp.c.</remarks>
internal sealed record BoardMap
{
    private static readonly BoardMap Facebook = new()
    {
        Stampers = [new(Registers.Ts0, 1), new(Registers.Ts1, 2), new(Registers.Ts2, 6), new(Registers.Ts3, 15), new(Registers.Ts4, 16), new(Registers.Pps, 0)],
        Gnss = new(0x0016_1000, 3),
        Mac = new(0x0018_1000, 5),
        I2c = new(0x0015_0000, 7),
    };

    private static readonly BoardMap Adva = Facebook with
    {
        Stampers = [Facebook.Stampers[0], Facebook.Stampers[1], Facebook.Stampers[2], null, null, Facebook.Stampers[5]],
        OcoresShift = 2,
    };

    private static readonly BoardMap Art = new()
    {
        Stampers = [new(0x0036_0000, 12), new(0x0038_0000, 8), new(0x0039_0000, 10), new(0x003A_0000, 14), new(0x003B_0000, 15), new(0x0033_0000, 11)],
        Gnss = new(0x0016_1000, 3),
        Mac = new(0x0019_0000, 7),
        I2c = new(0x0035_0000, 4),
        OcoresShift = 0,
    };

    /// <summary>TS0 to TS4, then that of the clock's own PPS; null where the board has none.</summary>
    public required IReadOnlyList<Place?> Stampers { get; init; }

    public required Place Gnss { get; init; }

    public required Place Mac { get; init; }

    public required Place I2c { get; init; }

    /// <summary>How far the registers of OpenCores' I2C controller are apart, as a power of two; null for Xilinx's controller.</summary>
    public int? OcoresShift { get; init; }

    public static BoardMap Of(BoardKind board) => board switch
    {
        BoardKind.Art => Art,
        BoardKind.Adva => Adva,
        _ => Facebook,
    };

    /// <summary>A core of the FPGA.</summary>
    /// <param name="Offset">Its first register, in BAR0.</param>
    /// <param name="Vector">What it interrupts with.</param>
    public sealed record Place(uint Offset, int Vector);
}
