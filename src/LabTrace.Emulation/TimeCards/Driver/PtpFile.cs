using System.Buffers.Binary;
using System.Text;
using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.TimeCards.Hardware;

namespace LabTrace.Emulation.TimeCards.Driver;

/// <summary>An open <c>/dev/ptpN</c>: the ioctls with their structures, checks and errors.</summary>
/// <remarks>include/uapi/linux/ptp_clock.h; drivers/ptp/ptp_chardev.c of Linux 7.3, 6.12 and 6.1.</remarks>
internal sealed class PtpFile(PtpClockDevice clock, bool canWrite) : ICharacterFile
{
    private const long Second = 1_000_000_000;
    private const int EventBytes = 32;
    private const int TimeBytes = 16;
    private const int MostSamples = 25;
    private const int PinNameBytes = 64;

    public Queue<(int Channel, long Ns)> Events { get; } = new();

    public bool HasData
    {
        get
        {
            clock.Enter();
            return Events.Count > 0;
        }
    }

    public long? NextDataNs => clock.Card.Bus.Card.NextInterrupt is var next && next != long.MaxValue ? CardBus.ToMachine(next) + 3_000 : null;

    private PtpOcpDevice Card => clock.Card;

    public void Control(uint request, Span<byte> argument)
    {
        clock.Enter();
        switch (request)
        {
            case 0x80503d01 or 0x80503d0a:
                Capabilities(argument);
                break;
            case 0x40103d02 or 0x40103d0b:
                ExternalStamps(argument, isSecond: request == 0x40103d0b);
                break;
            case 0x40383d03 or 0x40383d0c:
                PeriodicOutput(argument, isSecond: request == 0x40383d0c);
                break;
            case 0x43403d05 or 0x43403d0e:
                Offset(argument);
                break;
            case 0xc0603d06 or 0xc0603d0f:
                GetPin(argument, isSecond: request == 0xc0603d0f);
                break;
            case 0x40603d07 or 0x40603d10:
                SetPin(argument, isSecond: request == 0x40603d10);
                break;
            case 0xc0403d08 or 0xc0403d11:
                Precise(argument);
                break;
            case 0xc4c03d09 or 0xc4c03d12:
                Extended(argument);
                break;
            case 0x00003d13 when Card.Is612OrLater:
                break;
            case 0x40043d14 when Card.Is612OrLater:
                break;
            default:
                Refusal.Throw(Errno.ENOTTY);
                break;
        }
    }

    public void Control(uint request, int argument)
    {
        clock.Enter();
        switch (request)
        {
            case 0x40043d04 or 0x40043d0d:
                MustBeWritable();
                clock.RequestPps(argument != 0);
                break;
            case 0x00003d13 when Card.Is612OrLater:
                break;
            default:
                Refusal.Throw(Errno.ENOTTY);
                break;
        }
    }

    public int Read(Span<byte> buffer)
    {
        clock.Enter();
        if (buffer.Length % EventBytes != 0 || buffer.Length == 0)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        var count = 0;
        while (count < buffer.Length && Events.TryDequeue(out var stamp))
        {
            var record = buffer.Slice(count, EventBytes);
            record.Clear();
            PutTime(record, stamp.Ns);
            BinaryPrimitives.WriteInt32LittleEndian(record[TimeBytes..], stamp.Channel);
            count += EventBytes;
        }

        return count;
    }

    public DeviceTime GetTime()
    {
        clock.Enter();
        var phc = Card.Bus.Run("ptp_ocp_gettimex", Card.GetTime);
        return new DeviceTime(phc / Second, (int)(phc % Second));
    }

    public void SetTime(DeviceTime time)
    {
        clock.Enter();
        MustBeWritable();
        if (time.Nanoseconds is < 0 or >= (int)Second)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        Card.Bus.Run(Card.Defect == DriverDefect.SettimeThroughAdjtime ? "ptp_ocp_adjtime" : "ptp_ocp_settime", () => Card.SetTime((time.Seconds * Second) + time.Nanoseconds));
    }

    /// <summary>struct timex on 64 bit: modes 0, offset 8, freq 16, time 72 and 80.</summary>
    public void Adjust(Span<byte> timex)
    {
        const uint offsetMode = 1;
        const uint frequencyMode = 2;
        const uint setOffset = 0x100;
        const uint nano = 0x2000;
        clock.Enter();
        MustBeWritable();
        var modes = BinaryPrimitives.ReadUInt32LittleEndian(timex);
        var offset = BinaryPrimitives.ReadInt64LittleEndian(timex[8..]);
        var frequency = BinaryPrimitives.ReadInt64LittleEndian(timex[16..]);
        if ((modes & setOffset) != 0)
        {
            var seconds = BinaryPrimitives.ReadInt64LittleEndian(timex[72..]);
            var fraction = BinaryPrimitives.ReadInt64LittleEndian(timex[80..]) * ((modes & nano) != 0 ? 1 : 1000);
            if (fraction is < 0 or >= Second)
            {
                Refusal.Throw(Errno.EINVAL);
            }

            Card.Bus.Run("ptp_ocp_adjtime", () => Card.AdjustTime((seconds * Second) + fraction));
        }
        else if ((modes & frequencyMode) != 0)
        {
            if (Math.Abs(PtpOcpDevice.ScaledToPpb(frequency)) > PtpClockDevice.MaxAdjustment)
            {
                if (Card.Defect == DriverDefect.FrequencyCheckedLate)
                {
                    Card.Bus.Run(PtpOcpModule.AdjustFineOf(Card.Dialect), static () => { });
                }

                Refusal.Throw(Errno.ERANGE);
            }

            Card.Bus.Run(PtpOcpModule.AdjustFineOf(Card.Dialect), () => Card.AdjustFine(frequency));
        }
        else if ((modes & offsetMode) != 0)
        {
            if (Card.Is612OrLater && offset != 0)
            {
                Refusal.Throw(Errno.ERANGE);
            }

            Card.Bus.Run("ptp_ocp_null_adjphase", () => Refusal.Throw(Errno.EOPNOTSUPP));
        }
        else if (modes == 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(timex[16..], Card.DialedFrequency);
        }
    }

    public void Close() => clock.Closed(this);

    private static int Int(ReadOnlySpan<byte> from, int at) => BinaryPrimitives.ReadInt32LittleEndian(from[at..]);

    private static void Put(Span<byte> to, int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(to[at..], value);

    private static long Time(ReadOnlySpan<byte> from) => (BinaryPrimitives.ReadInt64LittleEndian(from) * Second) + BinaryPrimitives.ReadUInt32LittleEndian(from[8..]);

    private static void PutTime(Span<byte> to, long ns)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to, ns / Second);
        BinaryPrimitives.WriteInt32LittleEndian(to[8..], (int)(ns % Second));
        BinaryPrimitives.WriteInt32LittleEndian(to[12..], 0);
    }

    private void MustBeWritable()
    {
        if (!canWrite && Card.Defect != DriverDefect.ExttsReadOnlyAllowed)
        {
            if (Card.Defect == DriverDefect.RightsCheckedLate)
            {
                Card.Bus.Run("ptp_ocp_enable", static () => { });
            }

            Refusal.Throw(Errno.EACCES);
        }
    }

    /// <summary>Linux 7.3 knows what the driver can do with a channel, and refuses the rest; one that is not there is minded first.</summary>
    private void MustBeSupported(bool isChannel, int others)
    {
        if (isChannel && others != 0 && Card.Dialect == PtpOcpDialect.Mainline73 && Card.Defect != DriverDefect.FlagsUnchecked)
        {
            Refusal.Throw(Errno.EOPNOTSUPP);
        }
    }

    private void Capabilities(Span<byte> caps)
    {
        caps.Clear();
        Put(caps, 0, PtpClockDevice.MaxAdjustment);
        Put(caps, 8, PtpClockDevice.StampChannels);
        Put(caps, 12, PtpClockDevice.PeriodicChannels);
        Put(caps, 16, 1);
        Put(caps, 20, Card.Defect == DriverDefect.CapsPinsWrong ? 0 : PtpClockDevice.PinCount);
        Put(caps, 24, Card.Dialect == PtpOcpDialect.OutOfTree ? 1 : 0);
        Put(caps, 28, 1);
    }

    private void ExternalStamps(Span<byte> request, bool isSecond)
    {
        const int enable = 1;
        const int rising = 2;
        const int edges = 6;
        const int strict = 8;
        const int known = 0x1F;
        MustBeWritable();
        var flags = Int(request, 4);
        if (isSecond)
        {
            if ((flags & ~known) != 0 || Int(request, 8) != 0 || Int(request, 12) != 0 || ((flags & enable) != 0 && (flags & edges) == 0))
            {
                Refusal.Throw(Errno.EINVAL);
            }
        }
        else
        {
            flags &= enable | edges;
        }

        var channel = Int(request, 0);
        MustBeSupported(channel is >= 0 and < PtpClockDevice.StampChannels, flags & ~(enable | rising | strict));
        clock.RequestStamps(channel, (flags & enable) != 0);
    }

    private void PeriodicOutput(Span<byte> request, bool isSecond)
    {
        const int duty = 2;
        const int phaseFlag = 4;
        MustBeWritable();
        var (start, period, channel, flags) = (Time(request), Time(request[16..]), Int(request, 32), Int(request, 36));
        var on = Time(request[40..]);
        if (isSecond)
        {
            if ((flags & ~7) != 0 || ((flags & duty) == 0 && (Int(request, 40) | Int(request, 44) | Int(request, 48) | Int(request, 52)) != 0))
            {
                Refusal.Throw(Errno.EINVAL);
            }

            if (((flags & duty) != 0 && on > period) || ((flags & phaseFlag) != 0 && start >= period))
            {
                Refusal.Throw(Errno.ERANGE);
            }
        }
        else
        {
            flags = 0;
        }

        MustBeSupported(channel is >= 0 and < PtpClockDevice.PeriodicChannels, flags & ~(duty | phaseFlag));
        clock.RequestPeriodic(channel, period, start, (flags & duty) != 0 ? on : null, (flags & phaseFlag) != 0 ? start : null);
    }

    private void GetPin(Span<byte> pin, bool isSecond)
    {
        var index = Pin(pin, isSecond);
        pin.Clear();
        _ = Encoding.ASCII.GetBytes($"sma{index + 1}", pin[..PinNameBytes]);
        Put(pin, 64, index);
        Put(pin, 68, clock.Pins[index].Function);
        Put(pin, 72, clock.Pins[index].Channel);
    }

    private void SetPin(Span<byte> pin, bool isSecond)
    {
        MustBeWritable();
        var index = Pin(pin, isSecond);
        clock.SetPin(index, Int(pin, 68), Int(pin, 72));
    }

    private static int Pin(ReadOnlySpan<byte> pin, bool isSecond)
    {
        var index = Int(pin, 64);
        var isReserved = isSecond && pin[76..96].IndexOfAnyExcept((byte)0) >= 0;
        return index is >= 0 and < PtpClockDevice.PinCount && !isReserved ? index : throw new Refusal(Errno.EINVAL);
    }

    /// <summary>The system's time and the clock's in turn; nothing is taken off.</summary>
    private void Offset(Span<byte> request)
    {
        var samples = Int(request, 0);
        if (samples is < 0 or > MostSamples)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        var at = TimeBytes;
        for (var i = 0; i < samples; i++, at += 2 * TimeBytes)
        {
            PutTime(request[at..], Card.Bus.Realtime);
            PutTime(request[(at + TimeBytes)..], Card.Bus.Run("ptp_ocp_gettimex", Card.GetTime));
        }

        PutTime(request[at..], Card.Bus.Realtime);
    }

    private void Extended(Span<byte> request)
    {
        const int realtime = 0;
        const int monotonic = 1;
        const int raw = 4;
        var (samples, id) = (Int(request, 0), Int(request, 4));
        if (samples is < 0 or > MostSamples || Int(request, 8) != 0 || Int(request, 12) != 0
            || !(id == realtime || (Card.Is612OrLater && id is monotonic or raw)))
        {
            Refusal.Throw(Errno.EINVAL);
        }

        var shift = id == realtime ? 0 : Card.Bus.Realtime - Card.Bus.Monotonic;
        var at = TimeBytes;
        for (var i = 0; i < samples; i++, at += 3 * TimeBytes)
        {
            var (isRead, phc, before, behind) = Card.Bus.Run("ptp_ocp_gettimex", () => (Card.TryGetTime(out var now, out var from, out var to), now, from, to));
            if (!isRead)
            {
                Refusal.Throw(Errno.ETIMEDOUT);
            }

            (before, behind) = Card.Defect == DriverDefect.SysOffsetReversed ? (behind, before) : (before, behind);
            PutTime(request[at..], before - shift);
            PutTime(request[(at + TimeBytes)..], phc);
            PutTime(request[(at + (2 * TimeBytes))..], behind - shift);
        }
    }

    /// <summary>Only the out-of-tree driver has the cross timestamp of PTM, and an ART board has no registers for it.</summary>
    private void Precise(Span<byte> request)
    {
        if (Card.Dialect != PtpOcpDialect.OutOfTree || Card.Board == BoardKind.Art)
        {
            Refusal.Throw(Errno.EOPNOTSUPP);
        }

        var realtime = Card.Bus.Realtime;
        PutTime(request, Card.Bus.Card.PhcNow);
        PutTime(request[TimeBytes..], realtime);
        PutTime(request[(2 * TimeBytes)..], Card.Bus.Monotonic);
    }
}
