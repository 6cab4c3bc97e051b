namespace LabTrace.Devices.Vm;

/// <summary>A PCI card whose hardware is a model in this process, plugged into a virtual machine.</summary>
/// <remarks>
/// One function with its configuration space, one memory BAR of 32-bit words and MSI-X. Calls come one at a time, on any thread;
/// <see cref="Message"/> is raised only inside of one.
/// </remarks>
public interface IPciCard
{
    /// <summary>Raised with the address and data of a memory write that the card makes: a message-signalled interrupt.</summary>
    event Action<ulong, uint>? Message;

    /// <summary>What the card is, for people.</summary>
    string Description { get; }

    /// <summary>Where the BAR stands in the machine's memory; 0 until its firmware has placed it.</summary>
    uint Base { get; }

    /// <summary>Reads 1, 2 or 4 bytes of configuration space, little endian.</summary>
    uint ReadConfig(uint address, int length);

    /// <summary>Writes 1, 2 or 4 bytes of configuration space; what cannot be written stays.</summary>
    void WriteConfig(uint address, uint value, int length);

    /// <summary>Reads a word of the BAR.</summary>
    uint Read(uint offset);

    /// <summary>Writes a word of the BAR.</summary>
    void Write(uint offset, uint value);

    /// <summary>Writes a byte of the BAR; a card that has only words takes it for the word.</summary>
    void WriteByte(uint offset, byte value) => Write(offset & ~3u, value);

    /// <summary>Works off what has happened until now.</summary>
    /// <returns>How long until something happens by itself that the machine may have to be told.</returns>
    TimeSpan Advance();
}
