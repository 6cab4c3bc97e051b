namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>A flash on SPI: bytes that are read at will, erased by sectors, and programmed from ones to zeros by pages.</summary>
/// <remarks>
/// Commands with 3 bytes of address and with 4, as the JEDEC family of 25-series chips has them. What chip a board carries is not published:
/// this is one of 32 MiB. Not modelled: protection, dual and quad transfers, the table of parameters (SFDP).
/// </remarks>
internal sealed class SpiFlash(TimeCardModel card)
{
    /// <summary>Bytes of the chip.</summary>
    public const int Bytes = 32 << 20;

    /// <summary>Bytes that are erased together.</summary>
    public const int Sector = 4096;

    /// <summary>Bytes that are programmed together.</summary>
    public const int Page = 256;

    /// <summary>Manufacturer, type and capacity, as the chip tells them.</summary>
    public const uint Identity = 0x20BA19;

    private const long ProgramNs = 700_000;
    private const long EraseNs = 45_000_000;
    private const byte Busy = 1;
    private const byte WriteEnabled = 2;
    private readonly Dictionary<int, byte[]> _sectors = [];
    private readonly List<byte> _command = [];
    private readonly List<byte> _data = [];
    private bool _canWrite;
    private long _busyUntil;

    /// <summary>A byte as it is, erased where nobody has programmed it.</summary>
    public byte this[int address] => _sectors.TryGetValue(address / Sector, out var sector) ? sector[address % Sector] : (byte)0xFF;

    private bool IsBusy => card.Now < _busyUntil;

    private byte Operation => _command[0];

    // What has an address of four bytes has a command of its own.
    private int AddressBytes => Operation is 0x13 or 0x12 or 0x21 ? 4 : 3;

    private int Address
    {
        get
        {
            var address = 0;
            for (var i = 1; i <= AddressBytes; i++)
            {
                address = (address << 8) | _command[i];
            }

            return address & (Bytes - 1);
        }
    }

    /// <summary>One byte to the chip, one back, while it is selected.</summary>
    public byte Exchange(byte value)
    {
        if (card.Faults.FlashUnreadable)
        {
            return 0xFF;
        }

        _command.Add(value);
        var at = _command.Count - 1;
        if (at == 0)
        {
            return 0xFF;
        }

        switch (Operation)
        {
            case 0x9F:
                return (byte)(at <= 3 ? Identity >> (8 * (3 - at)) : 0xFF);
            case 0x05:
                return (byte)((IsBusy ? Busy : 0) | (_canWrite ? WriteEnabled : 0));
            case 0x03 or 0x13 when at > AddressBytes:
                return IsBusy ? (byte)0xFF : this[(Address + at - AddressBytes - 1) & (Bytes - 1)];
            case 0x02 or 0x12 when at > AddressBytes:
                _data.Add(value);
                return 0xFF;
            default:
                return 0xFF;
        }
    }

    /// <summary>The command has ended: what erases and programs begins now.</summary>
    public void Deselect()
    {
        if (_command.Count > 0)
        {
            Carry();
        }

        _command.Clear();
        _data.Clear();
    }

    private void Carry()
    {
        switch (Operation)
        {
            case 0x06:
                _canWrite = true;
                break;
            case 0x04:
                _canWrite = false;
                break;
            case 0x20 or 0x21 when _canWrite && !IsBusy && _command.Count == 1 + AddressBytes:
                if (card.Defect != CardDefect.FlashEraseIgnored)
                {
                    _ = _sectors.Remove(Address / Sector);
                }

                (_canWrite, _busyUntil) = (false, card.Now + EraseNs);
                break;
            case 0x02 or 0x12 when _canWrite && !IsBusy && _data.Count > 0:
                Program(Address);
                (_canWrite, _busyUntil) = (false, card.Now + ProgramNs);
                break;
            default:
                break;
        }
    }

    /// <summary>Zeros are written, ones stay what they were; behind a page's end its beginning is next.</summary>
    private void Program(int address)
    {
        var page = address & ~(Page - 1);
        if (!_sectors.TryGetValue(page / Sector, out var sector))
        {
            sector = new byte[Sector];
            Array.Fill(sector, (byte)0xFF);
            _sectors.Add(page / Sector, sector);
        }

        for (var i = 0; i < _data.Count; i++)
        {
            var at = (page % Sector) + ((address + i) & (Page - 1));
            sector[at] &= card.Defect == CardDefect.FlashPageShifted ? (byte)(_data[i] << 1) : _data[i];
        }
    }
}
