using System.CommandLine;
using LabTrace.Cli.Commands.Traces;
using LabTrace.Devices;

namespace LabTrace.Cli.Commands.TimeCards;

/// <summary><c>labtrace timecard show</c>: one card with every attribute.</summary>
internal static class ShowCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var place = CommandLineValues.Place();
        var card = TimeCardCommand.Card();
        Option<bool> json = new("--json") { Description = "one JSON object" };
        Argument<string[]> names = new("ATTR") { Description = "only these attributes, such as sma1 or gen1/signal; all when none is given", Arity = ArgumentArity.ZeroOrMore };
        Command command = new("show", "Show a Time Card with all its attributes.");
        command.Arguments.Add(names);
        command.Options.Add(place);
        command.Options.Add(card);
        command.Options.Add(json);
        command.SetAction(async (parsed, cancellationToken) => (int)await ShowAsync(
            parsed.GetRequiredValue(place), parsed.GetValue(card), parsed.GetValue(names) ?? [], parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<ExitCode> ShowAsync(string placeName, string? cardName, string[] names, bool asJson, CancellationToken cancellationToken)
    {
        await using var open = await TimeCardCommand.OpenAsync(placeName, cardName, cancellationToken);
        var card = open.Card;
        foreach (var name in names)
        {
            _ = card.PathOf(name);
        }

        var readings = (await card.ReadAllAsync(cancellationToken)).Where(r => names.Length == 0 || names.Contains(r.Name)).ToList();
        if (asJson)
        {
            JsonReport.Write(writer =>
            {
                writer.WriteStartArray("devices");
                CardJson.Write(writer, card, readings);
                writer.WriteEndArray();
            });
            return ExitCode.Passed;
        }

        if (names.Length == 0)
        {
            Console.WriteLine($"{card.Name}: {card.Board} at {card.PciAddress} [{card.PciId}], driver {card.Driver} ({card.Dialect})");
            Console.WriteLine($"  clock {card.PtpPath}, PPS {card.PpsName}, ports {string.Join(", ", card.SerialPorts.Select(p => $"{p.Key} /dev/{p.Value}"))}{(card.OscillatorPath is { } oscillator ? $", oscillator {oscillator}" : "")}");
        }

        var width = readings.Select(r => r.Name.Length).DefaultIfEmpty(0).Max();
        foreach (var reading in readings)
        {
            Console.WriteLine($"  {reading.Name.PadRight(width)}  {reading.Text ?? $"({reading.Errno.Name()}: {reading.Errno.Text()})"}");
        }

        return ExitCode.Passed;
    }
}
