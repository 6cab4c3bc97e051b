using System.Buffers.Binary;

namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>The card as a PCI function: its configuration space, BAR0 and MSI-X, for whatever carries PCI accesses to it.</summary>
internal sealed class PciFunction
{
    private const int Vendor = 0x00;
    private const int Command = 0x04;
    private const int Bar0 = 0x10;
    private const int MsixCapability = 0x40;
    private const uint TableOffset = 0x01F0_0000;
    private const uint PendingOffset = 0x01F0_1000;
    private readonly byte[] _config = new byte[4096];
    private readonly uint[] _table = new uint[Registers.Vectors * 4];
    private readonly TimeCardModel _card;

    public PciFunction(TimeCardModel card)
    {
        _card = card;
        card.Interrupted += Raise;
        var (vendor, device) = IdsOf(card.Options.Board);
        Put(Vendor, vendor);
        Put(2, device);
        Put(6, 0x10);
        _config[8] = 1;
        Put(0x0A, 0x1101);
        Put(0x2C, vendor);
        Put(0x2E, device);
        _config[0x34] = MsixCapability;
        _config[0x3D] = 1;
        _config[MsixCapability] = 0x11;
        Put(MsixCapability + 2, Registers.Vectors - 1);
        Put32(MsixCapability + 4, TableOffset);
        Put32(MsixCapability + 8, PendingOffset);
        for (var i = 0; i < Registers.Vectors; i++)
        {
            _table[(i * 4) + 3] = 1;
        }
    }

    /// <summary>Raised with the address and data of a message that the card sends.</summary>
    public event Action<ulong, uint>? Message;

    /// <summary>Where BAR0 stands in the bus's address space.</summary>
    public uint Base => BinaryPrimitives.ReadUInt32LittleEndian(_config.AsSpan(Bar0)) & 0xFFFF_FFF0;

    /// <summary>Vendor and device of a board.</summary>
    public static (ushort Vendor, ushort Device) IdsOf(BoardKind board) => board switch
    {
        BoardKind.Facebook => (0x1d9b, 0x0400),
        BoardKind.Celestica => (0x18d4, 0x1008),
        BoardKind.Art => (0x1ad7, 0xa000),
        BoardKind.AdvaX1 => (0xad5a, 0x0410),
        _ => (0xad5a, 0x0400),
    };

    /// <summary>Reads 1, 2 or 4 bytes of configuration space.</summary>
    public uint ReadConfig(uint address, int length)
    {
        var value = 0u;
        for (var i = length - 1; i >= 0; i--)
        {
            value = (value << 8) | _config[(address + i) & 0xFFF];
        }

        return _card.IsPresent ? value : uint.MaxValue;
    }

    /// <summary>Writes 1, 2 or 4 bytes of configuration space; what cannot be written stays.</summary>
    public void WriteConfig(uint address, uint value, int length)
    {
        for (var i = 0u; i < length; i++, value >>= 8)
        {
            var at = address + i;
            var low = (byte)value;
            if (at is Command or (Command + 1) or 0x0C or 0x0D or 0x3C)
            {
                _config[at] = low;
            }
            else if (at is >= Bar0 and < Bar0 + 4)
            {
                _config[at] = (byte)(low & (byte)(~(Registers.BarSize - 1) >> (int)(8 * (at - Bar0))));
            }
            else if (at == MsixCapability + 3)
            {
                _config[at] = (byte)((low & 0xC0) | (_config[at] & 0x3F));
            }
        }
    }

    /// <summary>Reads a word of BAR0.</summary>
    public uint Read(uint offset) => TableIndex(offset) is { } index ? _table[index] : _card.Read(offset);

    /// <summary>Writes a word of BAR0.</summary>
    public void Write(uint offset, uint value)
    {
        if (TableIndex(offset) is { } index)
        {
            _table[index] = value;
            return;
        }

        _card.Write(offset, value);
    }

    /// <summary>Writes a byte of BAR0.</summary>
    public void WriteByte(uint offset, byte value) => _card.WriteByte(offset, value);

    private static int? TableIndex(uint offset) =>
        offset is >= TableOffset and < TableOffset + (Registers.Vectors * 16) ? (int)(offset - TableOffset) / 4 : null;

    private void Raise(int vector)
    {
        var control = _config[MsixCapability + 3];
        var isOn = (control & 0x80) != 0 && (control & 0x40) == 0;
        if (isOn && (_table[(vector * 4) + 3] & 1) == 0)
        {
            Message?.Invoke(_table[vector * 4] | ((ulong)_table[(vector * 4) + 1] << 32), _table[(vector * 4) + 2]);
        }
    }

    private void Put(int at, int value) => BinaryPrimitives.WriteUInt16LittleEndian(_config.AsSpan(at), (ushort)value);

    private void Put32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_config.AsSpan(at), value);
}
