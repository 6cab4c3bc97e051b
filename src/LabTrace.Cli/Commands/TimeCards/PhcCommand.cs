using System.CommandLine;
using System.Globalization;
using LabTrace.Cli.Commands.Traces;
using LabTrace.Devices;
using LabTrace.Devices.TimeCards;

namespace LabTrace.Cli.Commands.TimeCards;

/// <summary><c>labtrace timecard phc</c>: the card's clock, as phc_ctl and testptp show it.</summary>
internal static class PhcCommand
{
    private const int Samples = 25;
    private static readonly string[] Verbs = ["show", "get", "caps", "offset", "set", "adj", "freq", "stamps", "pins"];

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var place = CommandLineValues.Place();
        var card = TimeCardCommand.Card();
        Option<string?> device = new("--device") { Description = "a PTP clock such as /dev/ptp0 instead of a card's", HelpName = "PATH" };
        Argument<string> verb = new("WHAT") { Description = "show, get, caps, offset, pins, set SECONDS, adj SECONDS, freq PPB, stamps CHANNEL", DefaultValueFactory = _ => "show" };
        _ = verb.AcceptOnlyFromAmong(Verbs);
        Argument<double?> value = new("VALUE") { Description = "for set, adj, freq and stamps", Arity = ArgumentArity.ZeroOrOne };
        Option<int> count = CommandLineValues.Number("--count", "stamps: how many", least: 1, usual: 5);
        Option<bool> json = new("--json") { Description = "show, offset: one JSON object" };
        Command command = new("phc", """
            Read, set and adjust the clock of a Time Card, measure it against the system's, print external timestamps.
            What set, adj and freq change stays: it is the clock's new time.
            """);
        command.Arguments.Add(verb);
        command.Arguments.Add(value);
        foreach (var option in new Option[] { place, card, device, count, json })
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            var what = parsed.GetRequiredValue(verb);
            var number = parsed.GetValue(value);
            if (what is "set" or "adj" or "freq" or "stamps" && number is null)
            {
                throw new UsageException($"timecard phc {what} needs a value");
            }

            await using var open = await OpenAsync(parsed.GetRequiredValue(place), parsed.GetValue(card), parsed.GetValue(device), what, cancellationToken);
            return (int)await DoAsync(open.Clock, what, number ?? 0, parsed.GetValue(count), parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    private static async Task<OpenClock> OpenAsync(string place, string? card, string? device, string what, CancellationToken cancellationToken)
    {
        var canWrite = what is "set" or "adj" or "freq" or "stamps";
        if (device is not null)
        {
            var target = await Composition.OpenTargetAsync(LabConfig.Places.Find(place), cancellationToken);
            return new OpenClock(target, await PtpClock.OpenAsync(target, device, canWrite, cancellationToken));
        }

        var open = await TimeCardCommand.OpenAsync(place, card, cancellationToken);
        return new OpenClock(open.Target, await open.Card.OpenClockAsync(canWrite, cancellationToken));
    }

    private static async Task<ExitCode> DoAsync(PtpClock clock, string what, double value, int count, bool asJson, CancellationToken cancellationToken)
    {
        switch (what)
        {
            case "get":
                var now = await clock.GetTimeAsync(cancellationToken);
                Say($"clock time is {now} or {DateTimeOffset.FromUnixTimeSeconds(now.Seconds):ddd MMM d HH:mm:ss yyyy}");
                break;
            case "caps":
                Tell(await clock.ReadCapabilitiesAsync(cancellationToken));
                break;
            case "pins":
                for (var i = 0; i < (await clock.ReadCapabilitiesAsync(cancellationToken)).Pins; i++)
                {
                    var pin = await clock.ReadPinAsync(i, cancellationToken);
                    Say($"name {pin.Name} index {pin.Index} func {(int)pin.Function} chan {pin.Channel}");
                }

                break;
            case "set":
                await clock.SetTimeAsync(new PhcTime((long)(value * 1e9)), cancellationToken);
                Say($"set clock time to {new PhcTime((long)(value * 1e9))}");
                break;
            case "adj":
                await clock.AdjustTimeAsync((long)(value * 1e9), cancellationToken);
                Say($"adjusted clock by {value:F9} seconds");
                break;
            case "freq":
                await clock.AdjustFrequencyAsync(value, cancellationToken);
                Say($"adjusted clock frequency offset to {value:F3}ppb");
                break;
            case "stamps":
                return await StampsAsync(clock, (int)value, count, cancellationToken);
            default:
                await ShowAsync(clock, what == "show", asJson, cancellationToken);
                break;
        }

        return ExitCode.Passed;
    }

    private static async Task ShowAsync(PtpClock clock, bool isWhole, bool asJson, CancellationToken cancellationToken)
    {
        var offset = await clock.MeasureOffsetAsync(Samples, cancellationToken);
        var now = await clock.GetTimeAsync(cancellationToken);
        if (asJson)
        {
            JsonReport.Write(json =>
            {
                json.WriteString("device", clock.Path);
                json.WriteString("time", now.ToString());
                json.WriteNumber("offset_ns", offset.OffsetNs);
                json.WriteNumber("uncertainty_ns", offset.UncertaintyNs);
                json.WriteString("method", offset.Method.ToString().ToLowerInvariant());
            });
            return;
        }

        if (isWhole)
        {
            Say($"{clock.Path}: {now} == {DateTimeOffset.FromUnixTimeSeconds(now.Seconds):yyyy-MM-ddTHH:mm:ss} TAI");
            Tell(await clock.ReadCapabilitiesAsync(cancellationToken));
        }

        Say($"offset to the system's clock: {offset.OffsetNs} ns ± {offset.UncertaintyNs} ns ({offset.Method.ToString().ToLowerInvariant()}, best of {offset.Samples})");
    }

    private static async Task<ExitCode> StampsAsync(PtpClock clock, int channel, int count, CancellationToken cancellationToken)
    {
        await clock.EnableStampsAsync(channel, isOn: true, cancellationToken);
        try
        {
            for (var i = 0; i < count; i++)
            {
                if (await clock.ReadStampAsync(TimeSpan.FromSeconds(10), cancellationToken) is not { } stamp)
                {
                    await Console.Error.WriteLineAsync($"labtrace: no timestamp of channel {channel} for 10 s\n  try: see that the input is routed to it: labtrace timecard show sma1 sma2 sma3 sma4");
                    return ExitCode.Failed;
                }

                Say($"event index {stamp.Channel} at {stamp.Time}");
            }

            return ExitCode.Passed;
        }
        finally
        {
            await clock.EnableStampsAsync(channel, isOn: false, CancellationToken.None);
        }
    }

    private static void Tell(PtpCapabilities caps)
    {
        Say($"capabilities:\n  {caps.MaxAdjustmentPpb} maximum frequency adjustment (ppb)\n  {caps.Alarms} programmable alarms");
        Say($"  {caps.ExternalStamps} external time stamp channels\n  {caps.PeriodicOutputs} programmable periodic signals");
        Say($"  {(caps.HasPps ? 1 : 0)} pulse per second\n  {caps.Pins} programmable pins\n  {(caps.HasCrossStamps ? 1 : 0)} cross timestamping");
        Say($"  {(caps.CanAdjustPhase ? 1 : 0)} adjust_phase\n  {caps.MaxPhaseAdjustmentNs} maximum phase adjustment (ns)");
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private sealed record OpenClock(ITarget Target, PtpClock Clock) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Clock.DisposeAsync();
            await Target.DisposeAsync();
        }
    }
}
