namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>EEPROMs on an I2C bus. One of more than 256 bytes answers at several addresses, and reading goes on from one to the next.</summary>
internal sealed class EepromBus(TimeCardModel card)
{
    private const int Block = 256;

    /// <summary>Bytes that are written together: behind the last of them the first is next.</summary>
    private const int Page = 16;

    private readonly Dictionary<int, (byte[] Content, int Block)> _blocks = [];
    private byte[]? _selected;
    private int _block;
    private int _at;
    private bool _hasPlace;

    /// <summary>Puts a chip on the bus.</summary>
    /// <param name="address">Its first address.</param>
    /// <param name="content">Its bytes, a multiple of 256.</param>
    public void Add(int address, byte[] content)
    {
        for (var i = 0; i < content.Length / Block; i++)
        {
            _blocks.Add(address + i, (content, i * Block));
        }
    }

    /// <summary>A start condition with an address.</summary>
    /// <param name="address">Seven bits, and the direction in the lowest.</param>
    /// <returns>Whether anybody answers.</returns>
    public bool Start(byte address)
    {
        var isThere = _blocks.TryGetValue(address >> 1, out var block) && !card.Faults.EepromUnreadable;
        (_selected, _block, _hasPlace) = (isThere ? block.Content : null, block.Block, false);
        return isThere;
    }

    /// <summary>A byte to whoever answered: where to go on, then what to keep.</summary>
    /// <returns>Whether it was taken.</returns>
    public bool Write(byte value)
    {
        if (_selected is null)
        {
            return false;
        }

        if (!_hasPlace)
        {
            (_at, _hasPlace) = (_block + value, true);
            return true;
        }

        _selected[_at] = value;
        _at = (_at & ~(Page - 1)) | ((_at + 1) & (Page - 1));
        return true;
    }

    /// <summary>A byte from whoever answered; nobody leaves the line high.</summary>
    public byte Read()
    {
        if (_selected is null)
        {
            return 0xFF;
        }

        var value = _selected[(_at + (card.Defect == CardDefect.EepromShifted ? 1 : 0)) % _selected.Length];
        _at = (_at + 1) % _selected.Length;
        return value;
    }
}
