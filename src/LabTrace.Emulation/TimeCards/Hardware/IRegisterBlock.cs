namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>A core of the FPGA as the bus sees it.</summary>
internal interface IRegisterBlock
{
    /// <summary>Reads the word at an offset in the core.</summary>
    uint Read(uint offset);

    /// <summary>Writes the word at an offset in the core.</summary>
    void Write(uint offset, uint value);
}

/// <summary>A core whose registers are bytes, side by side: a write of one leaves the others alone.</summary>
internal interface IByteRegisters : IRegisterBlock
{
    /// <summary>Writes one of them.</summary>
    void WriteByte(uint offset, byte value);
}

/// <summary>A controller that carries out what it was told some time later.</summary>
internal interface IBusController : IRegisterBlock
{
    /// <summary>When it is done with what it was told, in true time, or <see cref="long.MaxValue"/>.</summary>
    long Due { get; }

    /// <summary>It is that time.</summary>
    void Run();
}

/// <summary>A core that keeps what is written to it: GPIO, and what the model has no physics for.</summary>
internal class MemoryBlock : IRegisterBlock
{
    private readonly Dictionary<uint, uint> _words = [];

    /// <summary>A word without what reading does.</summary>
    public uint this[uint offset]
    {
        get => _words.GetValueOrDefault(offset);
        set => _words[offset] = value;
    }

    public virtual uint Read(uint offset) => this[offset];

    public virtual void Write(uint offset, uint value) => this[offset] = value;
}
