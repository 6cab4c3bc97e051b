using System.Globalization;
using LabTrace.Emulation.TimeCards.Hardware;

namespace LabTrace.Emulation.Tests.TimeCards;

/// <summary>
/// Plays the accesses a real driver made to a card's registers against the model, and compares what it reads. The log has no
/// times: time goes on to where the log itself says it was (a time read, a finished bus transaction), and never back.
/// </summary>
internal sealed class MmioReplay
{
    private const uint RxFifo = 0x161000;
    private const uint LineStatus = 0x161014;
    private const uint InterruptId = 0x161008;
    private const uint IicBase = 0x150000;
    private readonly List<Access> _log;
    private readonly TimeCardModel _card;
    private readonly PciFunction _pci;
    private long _now;

    public MmioReplay(IEnumerable<string> lines, CardOptions options)
    {
        _log = [.. lines.Select(Access.TryParse).OfType<Access>()];
        _now = FirstTime();
        _card = new TimeCardModel(options, () => _now);
        _pci = new PciFunction(_card);
    }

    /// <summary>Reads of the log whose value the model gave.</summary>
    public int Exact { get; private set; }

    /// <summary>Reads of times that the model gave within the tolerance.</summary>
    public int Near { get; private set; }

    public List<string> Mismatches { get; } = [];

    public void Run()
    {
        for (var i = 0; i < _log.Count; i++)
        {
            var access = _log[i];
            if (access.OffsetSet is { } offset)
            {
                // The recording's card tells by how much its clock was moved, and so when.
                var set = _log.Take(i).Last(a => a is { IsWrite: true, Address: 0x1000024 }).Value;
                _now = Math.Max(_now, (set * 1_000_000_000L) + _log.Take(i).Last(a => a is { IsWrite: true, Address: 0x1000020 }).Value - offset);
            }
            else if (access.IsWrite)
            {
                Write(access, i);
            }
            else
            {
                Compare(access, i);
            }
        }
    }

    private static bool IsStamp(uint address) => address is 0x1010044 or 0x1010048;

    private long FirstTime()
    {
        var at = _log.FindIndex(a => a is { IsWrite: false, IsConfig: false, Address: 0x1000010 });
        return TimeOf(at).Ns - 1_000_000;
    }

    private (long Ns, int Seconds) TimeOf(int at)
    {
        var ns = _log[at].Value;
        var seconds = _log.Skip(at).First(a => a is { IsWrite: false, IsConfig: false } && a.Address == _log[at].Address + 4).Value;
        return ((seconds * 1_000_000_000L) + ns, (int)seconds);
    }

    private void Write(Access access, int index)
    {
        if (access.IsConfig)
        {
            _pci.WriteConfig(access.Address, access.Value, access.Length);
            return;
        }

        if (access.Address == 0x1000000 && (access.Value & (1u << 30)) != 0)
        {
            // The time that this latches is read next; without a read it does not matter.
            var next = _log.FindIndex(index, a => a is { IsWrite: false, IsConfig: false, Address: 0x1000010 });
            var again = _log.FindIndex(index + 1, a => a is { IsWrite: true, IsConfig: false, Address: 0x1000000 } && (a.Value & (1u << 30)) != 0);
            if (next >= 0 && (again < 0 || next < again))
            {
                GoTo(TimeOf(next).Ns);
            }
        }

        _pci.Write(access.Address & ~3u, access.Value);
    }

    private void GoTo(long phc)
    {
        var ahead = phc - _card.PhcNow;
        if (ahead is > 0 and < 60_000_000_000)
        {
            _now += ahead;
            _card.Advance();
        }
    }

    private uint Read(Access access)
    {
        if (access.IsConfig)
        {
            return _pci.ReadConfig(access.Address, access.Length);
        }

        var word = _pci.Read(access.Address & ~3u) >> (int)(8 * (access.Address & 3));
        return access.Length switch { 1 => word & 0xFF, 2 => word & 0xFFFF, _ => word };
    }

    private void Compare(Access access, int index)
    {
        if (access.IsConfig)
        {
            Judge(access, Read(access), index);
            return;
        }

        if (IsStamp(access.Address))
        {
            CompareStamp(access, index);
            return;
        }

        if (access.Address is LineStatus or InterruptId or RxFifo)
        {
            FeedLine(access, index);
        }

        if ((access.Address & 0xFFFF0000) == IicBase && access.Address == IicBase + 0x20 && _card.Iic.Due != long.MaxValue && access.Value != 0)
        {
            // The log knows that the bus has finished: so much time went by.
            _now = Math.Max(_now, _card.Iic.Due);
        }

        Judge(access, Read(access), index);
    }

    private void CompareStamp(Access access, int index)
    {
        // The driver reads the seconds, then the nanoseconds.
        var isSeconds = access.Address == 0x1010048;
        if (isSeconds)
        {
            var ns = _log.Skip(index).First(a => a is { IsWrite: false, IsConfig: false, Address: 0x1010044 }).Value;
            GoTo((access.Value * 1_000_000_000L) + ns + 10_000);
        }

        var found = Read(access);
        var isNear = isSeconds ? found == access.Value : Math.Abs((long)found - access.Value) < 5_000_000;
        Near += isNear ? 1 : 0;
        if (!isNear)
        {
            Mismatches.Add($"#{index} stamp at {access.Address:x}: {found} instead of {access.Value}");
        }
    }

    /// <summary>What the line brought in the recording, it brings here: a byte is there when the driver saw one.</summary>
    private void FeedLine(Access access, int index)
    {
        var (port, hasData) = (_card.GnssPort, access.Address switch
        {
            LineStatus => (access.Value & 1) != 0,
            InterruptId => access.Value == 0xC4,
            _ => false,
        });
        if (hasData && !port.HasData)
        {
            var next = _log.FindIndex(index, a => a is { IsWrite: false, Address: RxFifo });
            port.Receive([(byte)_log[next].Value]);
        }
        else if (!hasData && access.Address is LineStatus or InterruptId)
        {
            Drain(port);
        }
    }

    // The model's receiver speaks on its own; the recording's line was silent just then.
    private static void Drain(Uart16550 port)
    {
        while (port.HasData)
        {
            _ = port.Read(0);
        }
    }

    private void Judge(Access access, uint found, int index)
    {
        if (found == access.Value)
        {
            Exact++;
            return;
        }

        Mismatches.Add($"#{index} {(access.IsConfig ? "config" : "bar0")} {access.Address:x}: {found:x} instead of {access.Value:x}");
    }

    private sealed record Access(bool IsWrite, bool IsConfig, uint Address, uint Value, int Length, long? OffsetSet = null)
    {
        private const string SetTime = "off=";

        public static Access? TryParse(string line)
        {
            var words = line.Split(' ');
            return words switch
            {
                ["R", var address, "=", var value, var size] => new Access(false, false, Hex(address), Hex(value), Hex2(size, "sz")),
                ["W", var address, var value, var size] => new Access(true, false, Hex(address), Hex(value), Hex2(size, "sz")),
                ["CR", var address, var length, "=", var value] => new Access(false, true, Hex(address), Hex(value), Hex2(length, "l")),
                ["CW", var address, var value, var length] => new Access(true, true, Hex(address), Hex(value), Hex2(length, "l")),
                ["PHC", "settime", var offset] => new Access(false, true, uint.MaxValue, 0, 0, long.Parse(offset[SetTime.Length..], CultureInfo.InvariantCulture)),
                _ => null,
            };
        }

        private static uint Hex(string text) => uint.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

        private static int Hex2(string text, string prefix) => int.Parse(text[prefix.Length..], CultureInfo.InvariantCulture);
    }
}
