using System.Globalization;
using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.TimeCards.Hardware;

namespace LabTrace.Emulation.TimeCards.Driver;

/// <content>Signal generators and frequency counters.</content>
internal sealed partial class PtpOcpDevice
{
    private const long Millisecond = 1_000_000;

    public string ShowSignal(int generator)
    {
        var state = _generators[generator];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{state.Period} {state.Duty} {state.Phase} {(state.IsHigh ? 1 : 0)} {Date(state.Start)} TAI\n");
    }

    public string ShowSignalPart(int generator, string part)
    {
        var state = _generators[generator];
        return string.Create(CultureInfo.InvariantCulture, $"{part switch
        {
            "duty" => state.Duty.ToString(CultureInfo.InvariantCulture),
            "period" => state.Period.ToString(CultureInfo.InvariantCulture),
            "phase" => state.Phase.ToString(CultureInfo.InvariantCulture),
            "polarity" => state.IsHigh ? "1" : "0",
            "running" => state.IsRunning ? "1" : "0",
            _ => string.Create(CultureInfo.InvariantCulture, $"{state.Start / Second}.{(Defect == DriverDefect.StartPadded ? $"{state.Start % Second:D9}" : state.Start % Second)}"),
        }}\n");
    }

    /// <summary>What writing <c>genN/signal</c> does: <c>period [duty [phase [polarity]]]</c>.</summary>
    /// <exception cref="Refusal">EINVAL, ERANGE.</exception>
    public void StoreSignal(int generator, string text)
    {
        var words = KernelNumbers.Words(text);
        if (words.Length is < 1 or > 4)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        var now = _generators[generator];
        var wanted = new GeneratorState { Duty = now.Duty, Phase = now.Phase, IsHigh = now.IsHigh };
        wanted.IsHigh = words.Length > 3 ? KernelNumbers.Boolean(words[3]) : wanted.IsHigh;
        wanted.Phase = words.Length > 2 ? KernelNumbers.Unsigned(words[2], ulong.MaxValue) : wanted.Phase;
        wanted.Duty = words.Length > 1 ? (int)KernelNumbers.Signed(words[1], int.MinValue, int.MaxValue) : wanted.Duty;
        wanted.Period = KernelNumbers.Unsigned(words[0], long.MaxValue);
        Bus.Run("ptp_ocp_signal_set", () => SetSignal(generator, wanted));
        Bus.Run("ptp_ocp_signal_enable", () => EnableSignal(generator, wanted.Period != 0));
    }

    /// <summary>What a request for a periodic output of channel 1 to 4 does.</summary>
    /// <exception cref="Refusal">EINVAL; ENXIO where the board has no such generator.</exception>
    public void RequestPeriodic(int generator, long period, long start, long? on, long? phase)
    {
        if (period != 0)
        {
            var wanted = new GeneratorState { Period = (ulong)period, IsHigh = _generators[generator].IsHigh, Duty = 0 };
            if (on is { } pulse)
            {
                (wanted.Pulse, wanted.Duty) = ((ulong)pulse, (int)(pulse * 100 / period));
            }

            if (phase is { } shift)
            {
                wanted.Phase = (ulong)shift;
            }
            else
            {
                wanted.Start = start;
            }

            // Where the compiler made it a part of its caller, nobody can see it.
            var set = () => Bus.Run("ptp_ocp_signal_set", () => SetSignal(generator, wanted));
            if (Dialect == PtpOcpDialect.OutOfTree)
            {
                Bus.Run("ptp_ocp_signal_from_perout", set);
            }
            else
            {
                set();
            }
        }

        if (generator >= GeneratorCount)
        {
            Refusal.Throw(Errno.ENXIO);
        }

        Bus.Run("ptp_ocp_signal_enable", () => EnableSignal(generator, period != 0));
    }

    public int ShowSeconds(int counter)
    {
        var ctrl = Bus.Read(Registers.Frequency + ((uint)counter * Registers.Page));
        return (ctrl & 1) != 0 ? (int)((ctrl >> 8) & 0xFF) : 0;
    }

    public void StoreSeconds(int counter, string text)
    {
        var seconds = (uint)KernelNumbers.Unsigned(text, uint.MaxValue);
        if (seconds > 255 && Defect != DriverDefect.SecondsUnchecked)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        Bus.Write(Registers.Frequency + ((uint)counter * Registers.Page), seconds == 0 ? 0 : ((seconds & 0xFF) << 8) | 1);
    }

    public string ShowFrequency(int counter)
    {
        var status = Bus.Read(Registers.Frequency + ((uint)counter * Registers.Page) + Registers.Status);
        return (status & Registers.FrequencyError) != 0 ? "error\n"
            : (status & Registers.FrequencyOverrun) != 0 ? "overrun\n"
            : (status & Registers.FrequencyValid) != 0 || Defect == DriverDefect.FrequencyPrintsInvalid
                ? string.Create(CultureInfo.InvariantCulture, $"{status & Registers.FrequencyMask}\n")
            : "";
    }

    /// <summary>What debugfs tells of a generator.</summary>
    public string DescribeGenerator(int generator)
    {
        var (state, page) = (_generators[generator], Registers.Signal + ((uint)generator * Registers.Page));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(state.IsRunning ? " ON" : "OFF")}, period:{state.Period} duty:{state.Duty}% phase:{state.Phase} pol:{(state.IsHigh ? 1 : 0)}"
            + $" [{Bus.Read(page):x} {Bus.Read(page + Registers.Status):x}] start:{state.Start}");
    }

    /// <summary>What debugfs tells of a counter.</summary>
    public string DescribeCounter(int counter)
    {
        var page = Registers.Frequency + ((uint)counter * Registers.Page);
        var (ctrl, status) = (Bus.Read(page), Bus.Read(page + Registers.Status));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{((ctrl & 1) != 0 ? " ON" : "OFF")}, sec:{(ctrl >> 8) & 0xFF}{((status & Registers.FrequencyError) != 0 ? ", error" : "")}"
            + $"{((status & Registers.FrequencyOverrun) != 0 ? ", overrun" : "")}"
            + $"{((status & Registers.FrequencyValid) != 0 ? $", freq {status & Registers.FrequencyMask} Hz" : "")}  reg:{status:x}");
    }

    private void SetSignal(int generator, GeneratorState wanted)
    {
        if (wanted.Period == 0)
        {
            return;
        }

        wanted.Pulse = wanted.Pulse != 0 ? wanted.Pulse : (ulong)((Int128)wanted.Period * wanted.Duty / 100);
        var earliest = GetTime() + Millisecond;
        if (wanted.Start == 0)
        {
            var periods = (long)(((ulong)earliest + wanted.Period - 1) / wanted.Period);

            // The out-of-tree driver takes the count of periods for the time.
            wanted.Start = Dialect == PtpOcpDialect.OutOfTree ? periods + (long)wanted.Phase
                : unchecked((periods * (long)wanted.Period) + (long)wanted.Phase);
        }

        if (wanted.Duty is < 1 or > 99 && Defect != DriverDefect.SignalDutyUnchecked)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        if (wanted.Pulse < 1 || wanted.Pulse > wanted.Period)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        if (wanted.Start < earliest && Defect != DriverDefect.SignalStartPast)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        wanted.IsRunning = _generators[generator].IsRunning;
        _generators[generator] = wanted;
    }

    private void EnableSignal(int generator, bool isOn)
    {
        var page = Registers.Signal + ((uint)generator * Registers.Page);
        if (!isOn && Defect == DriverDefect.SignalKeepsRunning)
        {
            return;
        }

        Bus.Write(page + Registers.InterruptMask, 0);
        Bus.Write(page, 0);
        _generators[generator].IsRunning = false;
        if (!isOn)
        {
            _generators[generator] = Defect == DriverDefect.SignalZeroClears ? new GeneratorState() : _generators[generator];
            return;
        }

        var state = _generators[generator];
        Bus.Write(page + Registers.StartNs, (uint)(state.Start % Second));
        Bus.Write(page + Registers.StartSec, (uint)(state.Start / Second));
        Bus.Write(page + Registers.PeriodNs, (uint)(state.Period % (ulong)Second));
        Bus.Write(page + Registers.PeriodSec, (uint)(state.Period / (ulong)Second));
        Bus.Write(page + Registers.PulseNs, (uint)(state.Pulse % (ulong)Second));
        Bus.Write(page + Registers.PulseSec, (uint)(state.Pulse / (ulong)Second));
        Bus.Write(page + Registers.Polarity, state.IsHigh ? 1u : 0);
        Bus.Write(page + Registers.RepeatCount, 0);
        Bus.Write(page + Registers.Interrupt, 1);
        Bus.Write(page + Registers.InterruptMask, 1);
        Bus.Write(page, 3);
        state.IsRunning = true;
    }
}
