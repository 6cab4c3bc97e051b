using System.Globalization;
using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.TimeCards.Driver;

/// <summary>The files of <c>/sys/class/ptp/ptpN</c> and <c>/sys/class/pps/ppsN</c>.</summary>
internal static class PtpClass
{
    private const long Second = 1_000_000_000;
    private const int ReadOnly = 0x124;
    private const int ReadWrite = 0x1A4;
    private const int WriteOnly = 0x80;

    public static AttributeDirectory Make(PtpClockDevice clock, string address)
    {
        var directory = new AttributeDirectory(0x1ED);
        void Show(string name, Func<string> text) => _ = directory.Add(name, new AttributeFile(ReadOnly)
        {
            Show = () =>
            {
                clock.Enter();
                return text();
            },
            WriteRefusal = Errno.EACCES,
        });
        void Number(string name, long value) => Show(name, () => PtpOcpDevice.Number(value));
        void Take(string name, int mode, Action<string> store, Func<string>? text = null) => _ = directory.Add(name, new AttributeFile(mode)
        {
            Store = written =>
            {
                clock.Enter();
                store(written);
            },
            Show = text,
            ReadRefusal = Errno.EIO,
        });
        Show("clock_name", () => clock.Card.Defect == DriverDefect.ClockNameWrong ? "ptp\n" : "ptp_ocp\n");
        Number("max_adjustment", PtpClockDevice.MaxAdjustment);
        if (clock.Card.Is612OrLater)
        {
            Number("max_phase_adjustment", 0);
        }

        Number("n_alarms", 0);
        Number("n_external_timestamps", PtpClockDevice.StampChannels);
        Number("n_periodic_outputs", PtpClockDevice.PeriodicChannels);
        Number("n_programmable_pins", clock.Card.Defect == DriverDefect.CapsPinsWrong ? 0 : PtpClockDevice.PinCount);
        Number("pps_available", 1);
        Show("dev", () => string.Create(CultureInfo.InvariantCulture, $"248:{clock.Index}\n"));
        Show("fifo", () => clock.Fifo.TryDequeue(out var stamp)
            ? string.Create(CultureInfo.InvariantCulture, $"{stamp.Channel} {stamp.Ns / Second} {stamp.Ns % Second}\n") : "");
        Take("extts_enable", WriteOnly, text => ExternalStamps(clock, text));
        Take("period", WriteOnly, text => Period(clock, text));
        Take("pps_enable", WriteOnly, text => clock.RequestPps(Scan(text, 1)[0] != 0));
        Take("n_vclocks", ReadWrite, _ => Refusal.Throw(Errno.EOPNOTSUPP), () => "0\n");
        Take("max_vclocks", ReadWrite, _ => Refusal.Throw(Errno.EOPNOTSUPP), () => "20\n");
        var pins = new AttributeDirectory(0x1ED);
        for (var i = 0; i < PtpClockDevice.PinCount; i++)
        {
            var pin = i;
            _ = pins.Add($"sma{i + 1}", new AttributeFile(ReadWrite)
            {
                Show = () =>
                {
                    clock.Enter();
                    return string.Create(CultureInfo.InvariantCulture, $"{clock.Pins[pin].Function} {clock.Pins[pin].Channel}\n");
                },
                Store = text =>
                {
                    clock.Enter();
                    var numbers = Scan(text, 2);
                    clock.SetPin(pin, (int)numbers[0], (int)numbers[1]);
                },
            });
        }

        return directory.Add("pins", pins)
            .Add("device", new LinkNode($"../../../{address}"))
            .Add("subsystem", new LinkNode("../../../../../class/ptp"))
            .Add("uevent", new AttributeFile(ReadWrite)
            {
                Show = () => string.Create(CultureInfo.InvariantCulture, $"MAJOR=248\nMINOR={clock.Index}\nDEVNAME=ptp{clock.Index}\n"),
                Store = _ => { },
            });
    }

    public static AttributeDirectory MakePps(PtpClockDevice clock)
    {
        AttributeFile Show(Func<string> text) => new(ReadOnly)
        {
            Show = () =>
            {
                clock.Enter();
                return text();
            },
            WriteRefusal = Errno.EACCES,
        };
        return new AttributeDirectory(0x1ED)
            .Add("assert", Show(() => clock.Card.LastPps is { Count: > 0 } last
                ? string.Create(CultureInfo.InvariantCulture, $"{last.Realtime / Second}.{last.Realtime % Second:D9}#{last.Count}\n")
                : "0.000000000#0\n"))
            .Add("clear", Show(() => ""))
            .Add("echo", Show(() => "0\n"))
            .Add("mode", Show(() => "1151\n"))
            .Add("name", Show(() => string.Create(CultureInfo.InvariantCulture, $"ptp{clock.Index}\n")))
            .Add("path", Show(() => "\n"));
    }

    private static void ExternalStamps(PtpClockDevice clock, string text)
    {
        var numbers = Scan(text, 2);
        clock.RequestStamps((int)Math.Min(numbers[0], int.MaxValue), numbers[1] != 0);
    }

    private static void Period(PtpClockDevice clock, string text)
    {
        var numbers = Scan(text, 5);
        clock.RequestPeriodic(
            (int)Math.Min(numbers[0], int.MaxValue), (numbers[3] * Second) + numbers[4], (numbers[1] * Second) + numbers[2], onNs: null, phaseNs: null);
    }

    private static List<long> Scan(string text, int wanted)
    {
        var numbers = KernelNumbers.Scan(text);
        return numbers.Count >= wanted && numbers[0] >= 0 ? numbers : throw new Refusal(Errno.EINVAL);
    }
}
