using System.Globalization;
using System.Text;

namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>A GNSS receiver: true time while it has an antenna, one edge a second, NMEA after it, leap seconds ahead of time.</summary>
internal sealed class GnssReceiver(int seed, int noiseNs)
{
    /// <summary>How long after the antenna is back the receiver has a fix.</summary>
    public const long ReacquireNs = 4_000_000_000;

    private long _fixSince = long.MinValue;

    public bool HasAntenna { get; private set; } = true;

    /// <summary>TAI minus UTC now.</summary>
    public int UtcOffset { get; private set; } = 37;

    /// <summary>When UTC leaps, in true time, or <see cref="long.MaxValue"/>.</summary>
    public long LeapAt { get; private set; } = long.MaxValue;

    /// <summary>+1 or -1.</summary>
    public int LeapSign { get; private set; }

    public bool HasFix(long now) => HasAntenna && now >= _fixSince;

    public void Connect(long now)
    {
        if (!HasAntenna)
        {
            (HasAntenna, _fixSince) = (true, now + ReacquireNs);
        }
    }

    public void Disconnect() => HasAntenna = false;

    public void Announce(long at, int sign) => (LeapAt, LeapSign) = (at, sign);

    /// <summary>Goes over the leap when its time has come.</summary>
    public void Second(long now)
    {
        if (now >= LeapAt)
        {
            UtcOffset += LeapSign;
            LeapAt = long.MaxValue;
        }
    }

    /// <summary>How late the edge of a second is, nanoseconds: the same whenever it is asked.</summary>
    public int Noise(long second)
    {
        var mixed = unchecked(((ulong)(second / 1_000_000_000) * 0x9E37_79B9_7F4A_7C15) ^ ((ulong)seed * 0xBF58_476D_1CE4_E5B9));
        mixed = unchecked((mixed ^ (mixed >> 29)) * 0x94D0_49BB_1331_11EB);
        return (int)((mixed >> 33) % (ulong)(noiseNs + 1));
    }

    /// <summary>A sentence with its checksum.</summary>
    public static byte[] Sentence(string body, bool isWrong = false)
    {
        var sum = 0;
        foreach (var letter in body)
        {
            sum ^= letter;
        }

        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"${body}*{sum ^ (isWrong ? 1 : 0):X2}\r\n"));
    }

    /// <summary>What the receiver says after a second, in UTC.</summary>
    public byte[] Report(long now)
    {
        var utc = DateTimeOffset.FromUnixTimeSeconds((now / 1_000_000_000) - UtcOffset);
        var hasFix = HasFix(now);
        var status = hasFix ? 'A' : 'V';
        return
        [
            .. Sentence(string.Create(CultureInfo.InvariantCulture,
                $"GNRMC,{utc:HHmmss}.00,{status},{(hasFix ? "4807.03812,N,01131.00000,E,0.004" : ",,,,")},,{utc:ddMMyy},,,{(hasFix ? 'A' : 'N')},V")),
            .. Sentence(string.Create(CultureInfo.InvariantCulture,
                $"GNGGA,{utc:HHmmss}.00,{(hasFix ? "4807.03812,N,01131.00000,E,1,12" : ",,,,0,00")},0.52,545.4,M,46.9,M,,")),
            .. Sentence(string.Create(CultureInfo.InvariantCulture, $"GNZDA,{utc:HHmmss}.00,{utc:dd,MM,yyyy},00,00")),
        ];
    }
}
