using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using FluentAssertions;
using LabTrace.Devices;
using LabTrace.Devices.TimeCards;
using LabTrace.Tracing;
using NUnit.Framework;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>What the Time Card steps of one scenario share: the card, and what was seen of it.</summary>
public sealed partial class TimeCardBench(ScenarioPlace place, ScenarioContext scenario, IReqnrollOutputHelper output)
{
    private const string BoardTag = "needs:timecard:";
    private static readonly TimeSpan PatternLimit = TimeSpan.FromSeconds(1);
    private TimeCard? card;
    private int? logged;
    private IReadOnlyList<AttributeReading>? before;
    private IReadOnlyList<AttributeChanged>? seen;

    private CancellationToken Cancellation => place.Cancellation;

    private TimeCard Card => card ?? throw new InvalidOperationException("no Time Card was chosen; begin with the step `Given a Time Card`");

    /// <summary>Takes the first card that has everything the scenario's tags ask of it.</summary>
    public async Task ChooseAsync()
    {
        var cards = await TimeCard.DiscoverAsync((await place.OpenAsync()).Target, Cancellation);
        var wanted = scenario.ScenarioInfo.CombinedTags.Where(t => t.StartsWith(BoardTag, StringComparison.Ordinal)).Select(t => t[BoardTag.Length..]).ToList();
        card = cards.FirstOrDefault(c => wanted.TrueForAll(w => Fits(c, w)))
            ?? throw new NotOnTargetException(
                $"no Time Card with {string.Join(", ", wanted)} among {cards.Count} of place '{place.Lab.Place.Name}'",
                "tag the scenario with what it needs, such as @needs:timecard:facebook");
        logged ??= card.Target is IKernelLogTarget ? (await ReadLogAsync()).Count : 0;
        output.WriteLine($"{card.Name}: {card.Board}, {card.PciAddress} [{card.PciId}], {card.Dialect}, {card.PtpName}, {card.PpsName}");
    }

    public void ShouldHaveDriver(string name) => Card.Driver.Should().Be(name);

    public void ShouldHaveId(string id) => Card.PciId.Should().Be(id);

    public void ShouldHaveKnownId()
    {
        Card.Board.Should().NotBe(TimeCardBoard.Unknown, "its PCI id is {0}", Card.PciId);
        Card.PciAddress.Should().MatchRegex("^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]$");
    }

    public void ShouldHaveClockAndPorts(params IReadOnlyList<string> ports)
    {
        Card.PtpName.Should().MatchRegex("^ptp\\d+$");
        Card.PpsName.Should().MatchRegex("^pps\\d+$");
        Card.SerialPorts.Keys.Should().BeEquivalentTo(ports);
        Card.SerialPorts.Values.Should().OnlyContain(p => p.StartsWith("ttyS", StringComparison.Ordinal)).And.OnlyHaveUniqueItems();
    }

    public async Task ShouldReadAsync(string attribute, string text) => (await Card.ReadAsync(attribute, Cancellation)).Should().Be(text, attribute);

    public async Task ShouldNotReadAsync(string attribute, string text) => (await Card.ReadAsync(attribute, Cancellation)).Should().NotBe(text, attribute);

    /// <summary>The whole read, to its last byte, fits a pattern.</summary>
    public async Task ShouldReadLikeAsync(string attribute, string pattern)
    {
        var text = Encoding.UTF8.GetString(await Card.ReadBytesAsync(attribute, Cancellation));
        if (!Whole(pattern).IsMatch(text))
        {
            Assert.Fail($"{attribute} of {Card.Name}: expected text like \"{pattern}\", found \"{text.Replace("\n", "\\n", StringComparison.Ordinal)}\"");
        }
    }

    public void ShouldHave(string attribute) => Card.AttributeNames.Should().Contain(attribute);

    public void ShouldNotHave(string attribute) => Card.AttributeNames.Should().NotContain(attribute);

    public async Task WriteAsync(string text, string attribute) => await Card.SetAsync((await place.OpenAsync()).Changes, attribute, text, Cancellation);

    /// <summary>Writes without a newline, as a program does.</summary>
    public async Task WriteExactlyAsync(string text, string attribute)
    {
        var path = Card.PathOf(attribute);
        var changes = (await place.OpenAsync()).Changes;
        await changes.SetAttributeAsync(path, (await Card.ReadAsync(attribute, Cancellation)).TrimEnd('\n'), await Card.FindRestoreValueAsync(attribute, Cancellation), Cancellation);
        await changes.Target.WriteAsync(path, Encoding.UTF8.GetBytes(text.Replace("\\n", "\n", StringComparison.Ordinal)), WriteMode.Truncate, Cancellation);
    }

    public async Task ShouldBecomeAsync(string attribute, string pattern, Duration limit)
    {
        var target = Card.Target;
        var started = target.Time.GetUtcNow();
        var whole = Whole(pattern);
        string text;
        do
        {
            text = await Card.ReadAsync(attribute, Cancellation);
            if (whole.IsMatch(text))
            {
                return;
            }

            await PassAsync(new Duration(100_000_000));
        }
        while (target.Time.GetUtcNow() - started <= limit.ToTimeSpan());

        Assert.Fail($"{attribute} of {Card.Name}: expected \"{pattern}\" within {limit}, last seen \"{text}\"");
    }

    public async Task ShouldStayAsync(string attribute, string pattern, Duration duration)
    {
        var started = Card.Target.Time.GetUtcNow();
        do
        {
            await ShouldReadLikeAsync(attribute, pattern + "\n");
            await PassAsync(new Duration(500_000_000));
        }
        while (Card.Target.Time.GetUtcNow() - started <= duration.ToTimeSpan());
    }

    public async Task ShouldReadTheSameAsync(string attribute, Duration before)
    {
        var was = await Card.ReadAsync(attribute, Cancellation);
        await PassAsync(before);
        (await Card.ReadAsync(attribute, Cancellation)).Should().Be(was, attribute);
    }

    /// <summary>Time passes at the target, on its own clock.</summary>
    public async Task PassAsync(Duration duration)
    {
        var seconds = duration.ToTimeSpan().TotalSeconds.ToString("0.######", CultureInfo.InvariantCulture);
        _ = (await Card.Target.RunAsync(new Command("sleep", seconds), Cancellation)).EnsureSuccess();
    }

    public async Task ShouldHoldBytesAsync(string attribute, int count) => (await Card.ReadBytesAsync(attribute, Cancellation)).Should().HaveCount(count);

    public async Task WriteBytesAsync(int count, string attribute) =>
        await Card.SetBinaryAsync((await place.OpenAsync()).Changes, attribute, Pattern(count), Cancellation);

    public async Task RewriteAsync(string attribute)
    {
        var wanted = Pattern(TimeCard.BinaryBytes(attribute)!.Value);
        await WriteBytesAsync(wanted.Length, attribute);
        (await Card.ReadBinaryAsync(attribute, Cancellation)).Should().Equal(wanted);
    }

    /// <summary>An attribute has the bytes that were written, and behind them erased ones.</summary>
    public async Task ShouldBeErasedBehindAsync(string attribute, int count) => (await Card.ReadBinaryAsync(attribute, Cancellation))
        .Should().Equal([.. Pattern(count), .. Enumerable.Repeat((byte)0xFF, TimeCard.BinaryBytes(attribute)!.Value - count)]);

    /// <summary>Reads an attribute by reads of a length, each of which the driver is asked for.</summary>
    public async Task ReadInPiecesAsync(string attribute, int length)
    {
        await using var stream = await Card.Target.OpenReadAsync(Card.PathOf(attribute), Cancellation);
        var piece = new byte[length];
        while (await stream.ReadAsync(piece, Cancellation) > 0)
        {
        }
    }

    public async Task NoteAsync() => before = await Card.ReadAllAsync(Cancellation);

    public async Task ShouldBeAsNotedAsync()
    {
        await ChooseAsync();
        var now = await Card.ReadAllAsync(Cancellation);
        now.Select(r => r.Name).Should().Equal(before!.Select(r => r.Name), "a driver that was reloaded shows the same files");
        now.Where(r => r.Name is "serialnum" or "available_sma_inputs" or "available_sma_outputs" or "available_clock_sources")
            .Should().Equal(before!.Where(r => r.Name is "serialnum" or "available_sma_inputs" or "available_sma_outputs" or "available_clock_sources"));
    }

    public async Task WatchAsync(IReadOnlyList<string> attributes, string text, string written)
    {
        var monitor = new TimeCardMonitor(Card, attributes);
        _ = await monitor.LookAsync(Cancellation);
        var changes = new List<AttributeChanged>(await monitor.LookAsync(Cancellation));
        await WriteAsync(text, written);
        changes.AddRange(await monitor.LookAsync(Cancellation));
        changes.AddRange(await monitor.LookAsync(Cancellation));
        seen = changes;
    }

    public void ShouldHaveSeenOnly(string attribute, string from, string to)
    {
        var change = seen!.Should().ContainSingle().Subject;
        (change.Attribute, change.Before, change.Now).Should().Be((attribute, from, to));
    }

    public async Task DisconnectAntennaAsync(bool isConnected) => await Surroundings().SetAntennaAsync(Card.Name, isConnected, Cancellation);

    public async Task LayCableAsync(int from, int to, bool isLaid) => await Surroundings().SetCableAsync(Card.Name, from, to, isLaid, Cancellation);

    public async Task AnnounceLeapAsync(Duration after, int sign) => await Surroundings().AnnounceLeapSecondAsync(Card.Name, after.ToTimeSpan(), sign, Cancellation);

    public async Task BreakAsync(TimeCardFault fault) => await Surroundings().BreakAsync(Card.Name, fault, Cancellation);

    public async Task PullOutAsync() => await Surroundings().PullOutAsync(Card.Name, Cancellation);

    public async Task ShouldBeGoneAsync()
    {
        var target = Card.Target;
        (await target.ExistsAsync(Card.Path, Cancellation)).Should().BeFalse(Card.Path);
        (await target.ExistsAsync("/dev/" + Card.PtpName, Cancellation)).Should().BeFalse(Card.PtpPath);
        (await target.ExistsAsync("/sys/class/ptp/" + Card.PtpName, Cancellation)).Should().BeFalse(Card.PtpName);
        (await target.ExistsAsync("/sys/class/pps/" + Card.PpsName, Cancellation)).Should().BeFalse(Card.PpsName);
        if (Card.OscillatorPath is { } oscillator)
        {
            (await target.ExistsAsync(oscillator, Cancellation)).Should().BeFalse(oscillator);
            (await target.ExistsAsync("/sys/class/misc/" + Card.OscillatorName, Cancellation)).Should().BeFalse(Card.OscillatorName);
        }

        // The ports' names go back to the kernel's own serial driver, which keeps them for whoever comes next.
        var ports = $"/sys/bus/pci/devices/{Card.PciAddress}/tty";
        (await target.ExistsAsync(ports, Cancellation)).Should().BeFalse(ports);
    }

    public async Task UnloadAsync() => await new TimeCardDriver((await place.OpenAsync()).Changes).UnloadAsync(Cancellation);

    public async Task LoadAsync() => await new TimeCardDriver((await place.OpenAsync()).Changes).LoadAsync(Cancellation);

    public async Task UnbindAsync() => await new TimeCardDriver((await place.OpenAsync()).Changes).UnbindAsync(Card.PciAddress, Cancellation);

    public async Task BindAsync() => await new TimeCardDriver((await place.OpenAsync()).Changes).BindAsync(Card.PciAddress, Cancellation);

    /// <summary>What the driver has said of the card since it was loaded last, or, when <paramref name="isNew"/>, since the scenario chose the card.</summary>
    public async Task ShouldHaveLoggedAsync(string pattern, int times, bool isNew = false)
    {
        var all = await ReadLogAsync();
        var lines = all[(isNew ? logged ?? 0 : Math.Max(0, all.FindLastIndex(l => l.Contains(": Version ", StringComparison.Ordinal))))..];
        var found = lines.Count(l => Whole("ptp_ocp [0-9a-f:.]+: " + pattern).IsMatch(l));
        if (found != times)
        {
            Assert.Fail($"the kernel's log has {found} {(isNew ? "more " : "")}lines like \"{pattern}\", expected {times}; of this card it has:\n  {string.Join("\n  ", lines)}");
        }
    }

    private async Task<List<string>> ReadLogAsync()
    {
        await using var log = await KmsgSource.OpenAsync(Card.Target, Cancellation);
        return [.. (await log.ReadAsync(Cancellation)).Records.Select(r => r.Text).Where(t => t.StartsWith($"ptp_ocp {Card.PciAddress}: ", StringComparison.Ordinal))];
    }

    public async Task ShouldTellInDebugfsAsync(string file, string pattern)
    {
        var text = await Card.Target.ReadTextAsync($"/sys/kernel/debug/timecard/{Card.Name}/{file}", Cancellation);
        if (!text.Split('\n').Any(Whole(pattern).IsMatch))
        {
            Assert.Fail($"{file} of {Card.Name}: expected a line like \"{pattern}\", found:\n{text}");
        }
    }

    private static byte[] Pattern(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)((i * 7) + 3))];

    private static Regex Whole(string pattern) => new($"^(?:{pattern})\\z", RegexOptions.CultureInvariant, PatternLimit);

    private static bool Fits(TimeCard card, string need) => need switch
    {
        "facebook" => card.Board is TimeCardBoard.Facebook or TimeCardBoard.Celestica,
        "art" => card.Board == TimeCardBoard.Art,
        "adva" => card.Board == TimeCardBoard.Adva,
        "adva-x1" => card.Board == TimeCardBoard.AdvaX1,
        "generators" => card.Has("gen1/signal"),
        "counters" => card.Has("freq1/seconds"),
        "gnss" => card.Has("gnss_sync"),
        "oscillator" => card.OscillatorName is not null,
        "flash" => card.Has("config"),
        "timecodes" => card.Has("irig_b_mode"),
        "basic-firmware" => card.Board is TimeCardBoard.Facebook or TimeCardBoard.Celestica && !card.Has("gen1/signal"),
        "loopback" => card.Board != TimeCardBoard.Art,
        _ => true,
    };

    private ITimeCardBench Surroundings() => Card.Target as ITimeCardBench
        ?? throw new NotOnTargetException($"place '{place.Lab.Place.Name}' cannot change what is around Time Cards", "tag the scenario with @needs:timecard:bench");
}
