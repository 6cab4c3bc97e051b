using System.Globalization;

namespace LabTrace.Devices.TimeCards;

/// <summary>Time Cards and what is around them.</summary>
internal static class TimeCardProbes
{
    private const string NoCard = "fit an OCP Time Card and load its driver: modprobe ptp_ocp";
    private const string NoBench = "only an emulated place can do that; at a bench ask a person";
    private const int OutConnector = 3;
    private const int InConnector = 2;
    private const int InChannel = 1;
    private const int Samples = 20;
    private const long PromptNs = 20_000;
    private static readonly TimeSpan LoopLimit = TimeSpan.FromSeconds(3);

    public static IReadOnlyList<CapabilityProbe> All { get; } =
    [
        new("timecard", "use an OCP Time Card", _ => NoCard, (bench, token) => FindAsync(bench, "Time Card", _ => true, token)),
        Board("timecard:facebook", "a Facebook/Meta or Celestica board", c => c.Board is TimeCardBoard.Facebook or TimeCardBoard.Celestica),
        Board("timecard:art", "an Orolia/Safran ART board", c => c.Board == TimeCardBoard.Art),
        Board("timecard:adva", "an ADVA board", c => c.Board == TimeCardBoard.Adva),
        Board("timecard:adva-x1", "an ADVA X1 board", c => c.Board == TimeCardBoard.AdvaX1),
        Board("timecard:generators", "a Time Card with signal generators", c => c.Has("gen1/signal")),
        Board("timecard:counters", "a Time Card with frequency counters", c => c.Has("freq1/seconds")),
        Board("timecard:gnss", "a Time Card that tells its GNSS state", c => c.Has("gnss_sync")),
        Board("timecard:basic-firmware", "a Time Card whose firmware has no generators", c => c.Board is TimeCardBoard.Facebook or TimeCardBoard.Celestica && !c.Has("gen1/signal")),
        Board("ptp-ocp:mainline-6.1", "ptp_ocp as of Linux 6.1", c => c.Dialect == PtpOcpDialect.Mainline61),
        Board("ptp-ocp:mainline-6.12", "ptp_ocp as of Linux 6.12 or later", c => c.Dialect is PtpOcpDialect.Mainline612 or PtpOcpDialect.Mainline73),
        Board("ptp-ocp:mainline-7.3", "ptp_ocp as of Linux 7.3", c => c.Dialect == PtpOcpDialect.Mainline73),
        Board("ptp-ocp:out-of-tree", "the Time Appliance Project's own ptp_ocp", c => c.Dialect == PtpOcpDialect.OutOfTree),
        Board("ptp-ocp:mainline", "a mainline ptp_ocp", c => c.Dialect != PtpOcpDialect.OutOfTree),
        Board("timecard:oscillator", "an ART board whose driver shows its oscillator", c => c.OscillatorName is not null),
        new("timecard:flash", "read the flash of a Time Card", _ => "load the drivers of the card's SPI controller and of its flash: modprobe spi-xilinx spi-nor", FlashAsync),
        new("timecard:timecodes", "make IRIG-B and DCF77 with a Time Card", _ => "load an image into the FPGA that has the cores: the open one has not", TimecodesAsync),
        new("timecard:prompt", "read the clock of a Time Card within 20 us", _ => "use a machine with less to do, and not an emulated processor", PromptAsync),
        new("timecard:loopback", "see on SMA2 what SMA3 puts out", _ => "connect SMA3 and SMA2 of a Time Card with a cable", LoopbackAsync),
        new("timecard:bench", "disconnect antennas and cables, announce leap seconds, pull cards out", _ => NoBench, BenchAsync),
        new("driver-calls", "see which functions of ptp_ocp are called", _ => "run as root on a kernel with function_graph, kprobes or BPF", CallsAsync),
        new("timecard:unload", "load and unload ptp_ocp", _ => "build ptp_ocp as a module (CONFIG_PTP_1588_CLOCK_OCP=m), and run as root", UnloadAsync),
    ];

    private static CapabilityProbe Board(string name, string summary, Func<TimeCard, bool> isIt) =>
        new(name, summary, _ => NoCard, (bench, token) => FindAsync(bench, summary, isIt, token));

    private static async Task<string> FindAsync(ProbeBench bench, string what, Func<TimeCard, bool> isIt, CancellationToken cancellationToken)
    {
        var cards = await TimeCard.DiscoverAsync(bench.Target, cancellationToken);
        var found = cards.Where(isIt).ToList();
        return found.Count > 0
            ? string.Join(", ", found.Select(c => $"{c.Name} ({c.Board}, {c.PciAddress}, {c.Dialect})"))
            : throw new ProbeFailedException(cards.Count == 0
                ? "/sys/class/timecard has no card"
                : $"{what} is none of {string.Join(", ", cards.Select(c => $"{c.Name} ({c.Board}, {c.Dialect})"))}");
    }

    private static Task<string> BenchAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return bench.Target is ITimeCardBench { HasBench: true }
            ? Task.FromResult("the place can change what is around its Time Cards")
            : throw new ProbeFailedException("the place cannot change what is around Time Cards");
    }

    private static async Task<string> FlashAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        if ((await TimeCard.DiscoverAsync(bench.Target, cancellationToken)).FirstOrDefault(c => c.Has("config")) is not { } card)
        {
            throw new ProbeFailedException("no Time Card has the attribute config, which only the Time Appliance Project's own ptp_ocp shows");
        }

        var content = await card.ReadBinaryAsync("config", cancellationToken);
        return $"{card.Name}: config has {content.Length} bytes";
    }

    /// <summary>The mode is a part of the core's own register: where there is no core, nothing keeps it.</summary>
    private static async Task<string> TimecodesAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        const string attribute = "irig_b_mode";
        if ((await TimeCard.DiscoverAsync(bench.Target, cancellationToken)).FirstOrDefault(c => c.Has(attribute)) is not { } card)
        {
            throw new ProbeFailedException("no Time Card has the attribute irig_b_mode");
        }

        var mode = await card.ReadAsync(attribute, cancellationToken) == "7" ? "6" : "7";
        await bench.SetAsync(card, attribute, mode, cancellationToken);
        var read = await card.ReadAsync(attribute, cancellationToken);
        return read == mode ? $"{card.Name}: the core of IRIG-B keeps its mode" : throw new ProbeFailedException($"{card.Name}: {attribute} was written as {mode} and reads {read}");
    }

    private static async Task<string> CallsAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        const string function = "ptp_ocp_gettimex";
        if (await TimeCard.DiscoverAsync(bench.Target, cancellationToken) is not [var card, ..])
        {
            throw new ProbeFailedException("/sys/class/timecard has no card");
        }

        await using var trace = await DriverTrace.StartAsync(bench.Changes, [function], means: null, TimeSpan.Zero, cancellationToken);
        await using (var clock = await card.OpenClockAsync(canWrite: false, cancellationToken))
        {
            _ = await clock.GetTimeAsync(cancellationToken);
        }

        await trace.StopAsync(cancellationToken);
        return await trace.TakeAsync(cancellationToken) is [var call, ..]
            ? $"by {trace.Means}: {call.Function} took {call.DurationNs} ns"
            : throw new ProbeFailedException($"the clock was read, and {trace.Means} saw no call of {function}");
    }

    // How long the shortest of some reads takes: the window in which the time was taken.
    private static async Task<string> PromptAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        if (await TimeCard.DiscoverAsync(bench.Target, cancellationToken) is not [var card, ..])
        {
            throw new ProbeFailedException("/sys/class/timecard has no card");
        }

        await using var clock = await card.OpenClockAsync(canWrite: false, cancellationToken);
        var shortest = (await clock.SampleAsync(Samples, cancellationToken)).Min(s => s.Behind - s.Before);
        return shortest <= PromptNs
            ? string.Create(CultureInfo.InvariantCulture, $"{card.Name}: the clock was read within {shortest} ns")
            : throw new ProbeFailedException(string.Create(CultureInfo.InvariantCulture, $"{card.Name}: the shortest of {Samples} reads of the clock took {shortest} ns"));
    }

    // Unloading is not tried: whoever uses the clock would lose it.
    private static async Task<string> UnloadAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        var refcnt = await bench.ReadAsync("/sys/module/ptp_ocp/refcnt", cancellationToken);
        _ = await bench.RunAsync(new Command("modprobe", "--version"), cancellationToken);
        return refcnt == "0" ? "ptp_ocp is a module that nothing uses (unloading itself was not tried)" : throw new ProbeFailedException($"ptp_ocp is used {refcnt} times");
    }

    /// <summary>Puts the clock's PPS out of one connector and looks for it at another.</summary>
    private static async Task<string> LoopbackAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        foreach (var card in await TimeCard.DiscoverAsync(bench.Target, cancellationToken))
        {
            if (card.Has("sma3") && card.Board is not (TimeCardBoard.Art or TimeCardBoard.Unknown) && await LoopsAsync(bench, card, cancellationToken))
            {
                return string.Create(CultureInfo.InvariantCulture, $"{card.Name}: the PPS put out of SMA{OutConnector} was time-stamped at SMA{InConnector}");
            }
        }

        throw new ProbeFailedException($"no PPS put out of SMA{OutConnector} was seen at SMA{InConnector}");
    }

    private static async Task<bool> LoopsAsync(ProbeBench bench, TimeCard card, CancellationToken cancellationToken)
    {
        // What this changes is taken back at once, and after a kill by the next run.
        await bench.SetAsync(card, "sma3", "OUT: PHC", cancellationToken);
        await bench.SetAsync(card, "sma2", "IN: TS1", cancellationToken);
        await using var clock = await card.OpenClockAsync(canWrite: true, cancellationToken);
        await clock.EnableStampsAsync(InChannel, isOn: true, cancellationToken);
        try
        {
            return await clock.ReadStampAsync(LoopLimit, cancellationToken) is { Channel: InChannel };
        }
        finally
        {
            await clock.EnableStampsAsync(InChannel, isOn: false, CancellationToken.None);
        }
    }
}
