using System.Globalization;
using System.Text;
using FluentAssertions;
using LabTrace.Devices;
using LabTrace.Devices.TimeCards;
using LabTrace.Tracing;
using NUnit.Framework;

namespace LabTrace.Steps;

/// <content>The card's clock, its timestamps and outputs, and what its serial ports say.</content>
public sealed partial class TimeCardBench
{
    private const long Second = 1_000_000_000;
    private const int Samples = 10;
    private const int SecondsOfDay = 86_400;
    private const int OddBaudRate = 115200;
    private readonly HashSet<int> channels = [];
    private PtpClock? clock;
    private ClockOffset? noted;
    private bool isSet;
    private long adjustBegan;
    private long adjustEnded;
    private long adjustedNs;
    private long setTookNs;

    /// <summary>Takes back what is no attribute: channels that were turned on, and the clock's time.</summary>
    public async Task CloseClockAsync()
    {
        if (clock is null)
        {
            return;
        }

        try
        {
            foreach (var channel in channels)
            {
                await clock.EnableStampsAsync(channel, isOn: false, CancellationToken.None);
            }

            if (isSet && noted is not null && place.Lab.Place.IsShared)
            {
                var now = await clock.MeasureOffsetAsync(Samples, CancellationToken.None);
                await clock.AdjustTimeAsync(noted.OffsetNs - now.OffsetNs, CancellationToken.None);

                // A small correction slews for a second, into which the next scenario would come.
                _ = await Card.Target.RunAsync(new Command("sleep", "1.1"), CancellationToken.None);
            }
        }
        catch (TargetIOException e) when (e.Errno is Errno.ENODEV or Errno.ENOENT)
        {
            // The card is gone, and its clock with it.
        }

        await clock.DisposeAsync();
        clock = null;
    }

    public async Task ShouldBeCapableAsync(int stamps, int outputs, int pins, int maxAdjustment)
    {
        var caps = await (await ClockAsync()).ReadCapabilitiesAsync(Cancellation);
        (caps.ExternalStamps, caps.PeriodicOutputs, caps.Pins, caps.MaxAdjustmentPpb, caps.HasPps, caps.Alarms).Should().Be((stamps, outputs, pins, maxAdjustment, true, 0));
    }

    public async Task ShouldAgreeWithSysfsAsync(string file, string value) =>
        (await Card.Target.ReadTextAsync($"/sys/class/ptp/{Card.PtpName}/{file}", Cancellation)).Should().Be(value, file);

    public async Task NoteOffsetAsync() => noted = await MeasureAsync();

    public async Task ShouldBeNearTaiAsync(Duration limit)
    {
        var offset = await MeasureAsync();
        var tai = await ReadUtcOffsetAsync();
        Math.Abs(offset.OffsetNs - (tai * Second)).Should().BeLessThanOrEqualTo(limit.Nanoseconds + offset.UncertaintyNs, $"the clock is {offset.OffsetNs} ns ahead of UTC, and TAI {tai} s");
    }

    public async Task AdjustAsync(Duration by, int sign)
    {
        noted ??= await MeasureAsync();
        isSet = true;
        var opened = await ClockAsync();
        adjustedNs = sign * by.Nanoseconds;
        adjustBegan = Card.Target.Time.GetTimestamp();
        await opened.AdjustTimeAsync(adjustedNs, Cancellation);
        adjustEnded = Card.Target.Time.GetTimestamp();
    }

    public async Task SetAsync(Duration by, int sign)
    {
        noted ??= await MeasureAsync();
        isSet = true;
        setTookNs = await (await ClockAsync()).ShiftTimeAsync(sign * by.Nanoseconds, Cancellation);
    }

    public async Task SetToAsync(long seconds)
    {
        noted ??= await MeasureAsync();
        isSet = true;
        adjustBegan = Card.Target.Time.GetTimestamp();
        await (await ClockAsync()).SetTimeAsync(new PhcTime(seconds * Second), Cancellation);
    }

    /// <summary>The clock shows a time, and what has passed since it was set.</summary>
    public async Task ShouldShowAsync(long seconds, Duration within)
    {
        var now = await (await ClockAsync()).GetTimeAsync(Cancellation);
        var passed = adjustBegan == 0 ? 0 : Since(adjustBegan);
        (now - new PhcTime(seconds * Second)).Should().BeInRange(0, within.Nanoseconds + passed);
    }

    /// <summary>A clock that was read and set to a little more has lost the time between the two: how much of it is not known.</summary>
    public async Task ShouldHaveMovedAsync(Duration by, int sign, Duration within)
    {
        var (moved, uncertainty) = await MovedAsync();
        MustBeWithin(moved + (setTookNs / 2), uncertainty + (setTookNs / 2), (sign * by.Nanoseconds) - within.Nanoseconds, (sign * by.Nanoseconds) + within.Nanoseconds);
    }

    /// <summary>Somebody stepped the clock back, each time by the same.</summary>
    public async Task ShouldHaveMovedBackByMultipleAsync(Duration step, Duration within)
    {
        isSet = true;
        var (moved, uncertainty) = await MovedAsync();
        var steps = Math.Min(-1, (moved - (step.Nanoseconds / 2)) / step.Nanoseconds);
        MustBeWithin(moved, uncertainty, (steps * step.Nanoseconds) - within.Nanoseconds, (steps * step.Nanoseconds) + within.Nanoseconds);
    }

    /// <summary>A slew has got as far as the part of its second that has passed; how much that is, the two calls around it tell.</summary>
    public async Task ShouldSlewAsync(Duration slack)
    {
        var least = Since(adjustEnded);
        var (moved, uncertainty) = await MovedAsync();
        var most = Since(adjustBegan);
        var (done, atMost) = (adjustedNs * (double)Math.Min(least, Second) / Second, adjustedNs * (double)Math.Min(most, Second) / Second);
        if (least > Second * 3 / 4)
        {
            throw new NotOnTargetException($"the slew of a second was over when it could be measured: {least} ns behind the adjustment", "use a faster link, or a machine with less to do");
        }

        var likely = (long)((done + atMost) / 2);
        MustBeWithin(moved, uncertainty + (long)(Math.Abs(atMost - done) / 2), likely - slack.Nanoseconds, likely + slack.Nanoseconds);
    }

    public async Task AdjustFrequencyAsync(double ppb) => await (await ClockAsync()).AdjustFrequencyAsync(ppb, Cancellation);

    public async Task AdjustPhaseAsync(long ns) => await (await ClockAsync()).AdjustPhaseAsync(ns, Cancellation);

    /// <summary>Lets the clock run faster for a while and measures by how much.</summary>
    public async Task ShouldGainAsync(Duration gain, Duration duration, Duration within)
    {
        var start = await MeasureAsync();
        await PassAsync(duration);
        ((await MeasureAsync()).OffsetNs - start.OffsetNs).Should().BeInRange(gain.Nanoseconds - within.Nanoseconds, gain.Nanoseconds + within.Nanoseconds);
    }

    public async Task ShouldMeasureByAsync(string method, Duration uncertainty)
    {
        var offset = await MeasureAsync();
        offset.Method.ToString().Should().BeEquivalentTo(method);
        offset.UncertaintyNs.Should().BeInRange(0, uncertainty.Nanoseconds);
    }

    public async Task TryMethodAsync(string method) =>
        _ = await (await ClockAsync()).MeasureOffsetAsync(Enum.Parse<OffsetMethod>(method, ignoreCase: true), 1, Cancellation);

    public async Task MethodsShouldAgreeAsync(Duration within)
    {
        var opened = await ClockAsync();
        var extended = await opened.MeasureOffsetAsync(OffsetMethod.Extended, Samples, Cancellation);
        var basic = await opened.MeasureOffsetAsync(OffsetMethod.Basic, Samples, Cancellation);
        Math.Abs(extended.OffsetNs - basic.OffsetNs).Should().BeLessThanOrEqualTo(within.Nanoseconds);
    }

    /// <summary>What <c>ts_window_adjust</c> takes off the time behind a read.</summary>
    public async Task WindowShouldShrinkAsync(long by)
    {
        var opened = await ClockAsync();
        async Task<long> SmallestAsync() => (await opened.SampleAsync(Samples, Cancellation)).Min(s => s.Behind - s.Before);
        await WriteAsync("0", "ts_window_adjust");
        var whole = await SmallestAsync();
        await WriteAsync(by.ToString(CultureInfo.InvariantCulture), "ts_window_adjust");
        (whole - await SmallestAsync()).Should().BeInRange(by - 400, by + 400);
        whole.Should().BePositive("the time before a read is before the time behind it");
    }

    public async Task TurnOnStampsAsync(int channel, bool canWrite = true)
    {
        if (canWrite)
        {
            await (await ClockAsync()).EnableStampsAsync(channel, isOn: true, Cancellation);
            _ = channels.Add(channel);
            return;
        }

        await using var readOnly = await Card.OpenClockAsync(canWrite: false, Cancellation);
        await readOnly.EnableStampsAsync(channel, isOn: true, Cancellation);
    }

    public async Task TurnOnFallingStampsAsync(int channel)
    {
        await (await ClockAsync()).EnableStampsAsync(channel, PtpEdges.Falling, Cancellation);
        _ = channels.Add(channel);
    }

    public async Task TurnOffStampsAsync(int channel)
    {
        await (await ClockAsync()).EnableStampsAsync(channel, isOn: false, Cancellation);
        _ = channels.Remove(channel);
        while (await (await ClockAsync()).ReadStampAsync(TimeSpan.FromMilliseconds(1), Cancellation) is not null)
        {
            // What was stamped before is taken away.
        }
    }

    public async Task<IReadOnlyList<ExternalStamp>> ReadStampsAsync(int channel, int count)
    {
        var stamps = new List<ExternalStamp>();
        while (stamps.Count < count)
        {
            var stamp = await (await ClockAsync()).ReadStampAsync(TimeSpan.FromSeconds(10), Cancellation);
            if (stamp is null)
            {
                Assert.Fail($"expected {count} timestamps of channel {channel}, found {stamps.Count} and then none for 10 s");
            }

            stamp!.Value.Channel.Should().Be(channel);
            stamps.Add(stamp.Value);
        }

        return stamps;
    }

    public async Task StampsShouldBeApartAsync(int channel, int count, Duration apart, Duration within)
    {
        var stamps = await ReadStampsAsync(channel, count);
        for (var i = 1; i < stamps.Count; i++)
        {
            (stamps[i].Time - stamps[i - 1].Time).Should().BeInRange(apart.Nanoseconds - within.Nanoseconds, apart.Nanoseconds + within.Nanoseconds);
        }
    }

    /// <summary>Pulses come at one interval, and at another once in each minute.</summary>
    public async Task StampsShouldMissOneEachMinuteAsync(int channel, Duration apart, Duration gap, int minutes)
    {
        const int seconds = 60;
        const long slackNs = 1_000;
        var stamps = (await ReadStampsAsync(channel, (minutes * (seconds - 1)) + 1)).Select(s => s.Time.Nanoseconds).ToList();
        var gaps = stamps.Skip(1).Where((at, i) => at - stamps[i] > apart.Nanoseconds + slackNs).ToList();
        gaps.Should().HaveCount(minutes);
        for (var i = 1; i < stamps.Count; i++)
        {
            (stamps[i] - stamps[i - 1]).Should().BeCloseTo(gaps.Contains(stamps[i]) ? gap.Nanoseconds : apart.Nanoseconds, slackNs);
        }

        for (var i = 1; i < gaps.Count; i++)
        {
            (gaps[i] - gaps[i - 1]).Should().BeCloseTo(seconds * Second, slackNs);
        }
    }

    /// <summary>How far stamps are from whole multiples of a period.</summary>
    public async Task StampsShouldBeAtAsync(int channel, int count, Duration period, Duration phase, Duration within)
    {
        foreach (var stamp in await ReadStampsAsync(channel, count))
        {
            var at = (stamp.Time.Nanoseconds - phase.Nanoseconds + (period.Nanoseconds / 2)) % period.Nanoseconds - (period.Nanoseconds / 2);
            Math.Abs(at).Should().BeLessThanOrEqualTo(within.Nanoseconds, $"{stamp.Time} is a multiple of {period} and {phase}");
        }
    }

    /// <summary>Stamps tell the clock's own time, not another clock's.</summary>
    public async Task StampsShouldBeOfTheClockAsync(int channel, Duration within)
    {
        var stamp = (await ReadStampsAsync(channel, 1))[0];
        var now = await (await ClockAsync()).GetTimeAsync(Cancellation);
        (now - stamp.Time).Should().BeInRange(0, within.Nanoseconds);
    }

    public async Task NoStampShouldComeAsync(Duration limit)
    {
        var stamp = await (await ClockAsync()).ReadStampAsync(limit.ToTimeSpan(), Cancellation);
        stamp.Should().BeNull();
    }

    public async Task RequestOutputAsync(int channel, Duration period, Duration? on)
    {
        var opened = await ClockAsync();
        await opened.SetPeriodicOutputAsync(new PeriodicOutput(channel, period.Nanoseconds) { OnNs = on?.Nanoseconds, PhaseNs = on is null ? null : 0 }, Cancellation);
    }

    public async Task RequestPulseAsync(int channel, Duration on)
    {
        var opened = await ClockAsync();
        await opened.SetPeriodicOutputAsync(new PeriodicOutput(channel, 2 * on.Nanoseconds) { OnNs = on.Nanoseconds, PhaseNs = 0, IsOnce = true }, Cancellation);
    }

    public async Task RequestPastOutputAsync(int channel)
    {
        var opened = await ClockAsync();
        var past = await opened.GetTimeAsync(Cancellation) + -Second;
        await opened.SetPeriodicOutputAsync(new PeriodicOutput(channel, Second) { Start = past, OnNs = Second / 2 }, Cancellation);
    }

    public async Task SetPinAsync(int pin, PtpPinFunction function, int channel) => await (await ClockAsync()).SetPinAsync(pin - 1, function, channel, Cancellation);

    public async Task PinShouldBeAsync(int pin, PtpPinFunction function, int channel)
    {
        var found = await (await ClockAsync()).ReadPinAsync(pin - 1, Cancellation);
        (found.Name, found.Function, found.Channel).Should().Be(($"sma{pin}", function, channel));
        await ShouldAgreeWithSysfsAsync($"pins/sma{pin}", string.Create(CultureInfo.InvariantCulture, $"{(int)function} {channel}"));
    }

    public async Task RequestAsync(string number) => await (await ClockAsync()).ControlAsync(Request(number), new byte[1216], Cancellation);

    private static uint Request(string number) => uint.Parse(number[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    public async Task ReadTimeAsync() => _ = await (await ClockAsync()).GetTimeAsync(Cancellation);

    public async Task PpsShouldCountAsync(int seconds)
    {
        var opened = await ClockAsync();
        await opened.EnablePpsAsync(isOn: true, Cancellation);
        try
        {
            var path = $"/sys/class/pps/{Card.PpsName}/assert";
            var first = Count(await Card.Target.ReadTextAsync(path, Cancellation));
            await PassAsync(new Duration(seconds * Second));
            (Count(await Card.Target.ReadTextAsync(path, Cancellation)) - first).Should().BeInRange(seconds - 1, seconds + 1);
        }
        finally
        {
            await opened.EnablePpsAsync(isOn: false, Cancellation);
        }

        static int Count(string text) => int.Parse(text[(text.IndexOf('#', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);
    }

    /// <summary>The error of the clock against the receiver's PPS, as its time stamps show it, for a while.</summary>
    public async Task PhaseErrorShouldStayAsync(Duration limit, Duration duration)
    {
        const int gnssChannel = 0;
        await TurnOnStampsAsync(gnssChannel);
        var stamps = await ReadStampsAsync(gnssChannel, (int)(duration.Nanoseconds / Second));
        await TurnOffStampsAsync(gnssChannel);
        var worst = stamps.Max(s => Math.Abs(((s.Time.Nanoseconds + (Second / 2)) % Second) - (Second / 2)));
        worst.Should().BeLessThanOrEqualTo(limit.Nanoseconds, "that is the worst of {0} seconds", stamps.Count);
        for (var i = 1; i < stamps.Count; i++)
        {
            (stamps[i].Time - stamps[i - 1].Time).Should().BeInRange(Second - 100_000_000, Second + 100_000_000, "no second is missing");
        }
    }

    /// <summary>How far the clock has got from GNSS is seen at its first edge, before anything can steer it back.</summary>
    public async Task FirstStampShouldBeNearAsync(Duration limit)
    {
        const int gnssChannel = 0;
        var stamp = (await ReadStampsAsync(gnssChannel, 1))[0];
        await TurnOffStampsAsync(gnssChannel);
        Math.Abs(((stamp.Time.Nanoseconds + (Second / 2)) % Second) - (Second / 2)).Should().BeLessThanOrEqualTo(limit.Nanoseconds, stamp.Time.ToString());
    }

    /// <summary>What a serial port says: sentences with right checksums whose time is the clock's, in UTC.</summary>
    public async Task PortShouldTellTimeAsync(string port, string sentence, int times, Duration within)
    {
        await SetBaudRateAsync(port);
        await using var stream = await Card.Target.OpenReadAsync("/dev/" + Card.SerialPorts[port], Cancellation);
        await DrainAsync(stream);
        var told = new List<int>();
        await foreach (var line in LinesAsync(stream))
        {
            line.Should().MatchRegex("^\\$[A-Z]{5},.*\\*[0-9A-F]{2}$");
            line[1..line.IndexOf('*', StringComparison.Ordinal)].Aggregate(0, (sum, c) => sum ^ c).Should().Be(Convert.ToInt32(line[^2..], 16), line);
            if (!line[1..].StartsWith(sentence, StringComparison.Ordinal))
            {
                continue;
            }

            var phc = await (await ClockAsync()).GetTimeAsync(Cancellation);
            var utc = DateTimeOffset.FromUnixTimeSeconds(phc.Seconds - await ReadUtcOffsetAsync()).AddTicks(phc.Fraction / TimeSpan.NanosecondsPerTick);
            var clockTime = line.Split(',')[1];
            var said = TimeSpan.ParseExact(clockTime[..6], "hhmmss", CultureInfo.InvariantCulture);
            var late = Math.IEEERemainder((utc.TimeOfDay - said).TotalSeconds, SecondsOfDay);
            Math.Abs(late).Should().BeLessThan(within.Nanoseconds / (double)Second, line);
            told.Add((int)said.TotalSeconds);
            if (told.Count == times)
            {
                break;
            }
        }

        told.Should().HaveCount(times).And.BeInAscendingOrder().And.OnlyHaveUniqueItems();
    }

    // A port's rate is not the driver's to set. Where there is no stty the port is as it must be.
    private async Task SetBaudRateAsync(string port)
    {
        try
        {
            var rate = OddBaudRate.ToString(CultureInfo.InvariantCulture);
            _ = await (await place.OpenAsync()).Changes.RunAsync(new Command("stty", "-F", "/dev/" + Card.SerialPorts[port], rate, "raw", "-echo"), Cancellation);
        }
        catch (TargetIOException e) when (e.Errno == Errno.ENOENT)
        {
            await Task.CompletedTask;
        }
    }

    private async Task DrainAsync(Stream stream)
    {
        var buffer = new byte[4096];
        while (await ReadSomeAsync(stream, buffer, TimeSpan.FromMilliseconds(20)) > 0)
        {
            // What was said before nobody listened.
        }
    }

    private async IAsyncEnumerable<string> LinesAsync(Stream stream)
    {
        var buffer = new byte[1024];
        var text = new StringBuilder();
        while (true)
        {
            var got = await ReadSomeAsync(stream, buffer, TimeSpan.FromSeconds(5));
            if (got == 0)
            {
                Assert.Fail("the port said nothing for 5 s");
            }

            _ = text.Append(Encoding.ASCII.GetString(buffer, 0, got));
            while (text.ToString().IndexOf("\r\n", StringComparison.Ordinal) is >= 0 and var end)
            {
                var line = text.ToString(0, end);
                _ = text.Remove(0, end + 2);
                if (line.StartsWith('$'))
                {
                    yield return line;
                }
            }
        }
    }

    private async Task<int> ReadSomeAsync(Stream stream, byte[] buffer, TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit, Card.Target.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, Cancellation);
        try
        {
            return await stream.ReadAsync(buffer, either.Token);
        }
        catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
        {
            return 0;
        }
    }

    private async Task<PtpClock> ClockAsync() => clock ??= await Card.OpenClockAsync(canWrite: true, Cancellation);

    private async Task<ClockOffset> MeasureAsync() => await (await ClockAsync()).MeasureOffsetAsync(Samples, Cancellation);

    private async Task<(long Ns, long UncertaintyNs)> MovedAsync()
    {
        var now = await MeasureAsync();
        return (now.OffsetNs - noted!.OffsetNs, now.UncertaintyNs + noted.UncertaintyNs);
    }

    private long Since(long timestamp) => Card.Target.Time.GetElapsedTime(timestamp).Ticks * TimeSpan.NanosecondsPerTick;

    // What was measured through a slow link may be inside of the limits or not: then nothing is said of the card.
    private static void MustBeWithin(long ns, long uncertainty, long low, long high)
    {
        var isInside = ns - uncertainty >= low && ns + uncertainty <= high;
        var isOutside = ns + uncertainty < low || ns - uncertainty > high;
        if (!isInside && !isOutside)
        {
            throw new NotOnTargetException(
                $"cannot be told: {ns} ns were measured with an uncertainty of {uncertainty} ns, and {low} to {high} ns are allowed", "use a faster link, or a machine with less to do");
        }

        ns.Should().BeInRange(low, high, "the uncertainty of the measurement is {0} ns", uncertainty);
    }

    private async Task<int> ReadUtcOffsetAsync() => Card.Has("utc_tai_offset") ? await Card.ReadUtcTaiOffsetAsync(Cancellation) : 37;
}
