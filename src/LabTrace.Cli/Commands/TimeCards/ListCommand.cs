using System.CommandLine;
using LabTrace.Cli.Commands.Traces;
using LabTrace.Cli.LabConfig;
using LabTrace.Devices;
using LabTrace.Devices.TimeCards;

namespace LabTrace.Cli.Commands.TimeCards;

/// <summary><c>labtrace timecard list</c>: all cards with what identifies them.</summary>
internal static class ListCommand
{
    private static readonly (string Label, string Attribute)[] Told =
    [
        ("Serial Number", "serialnum"), ("Clock Source", "clock_source"), ("GNSS Sync", "gnss_sync"), ("UTC-TAI Offset", "utc_tai_offset"), ("Holdover", "holdover"),
        ("SMA1", "sma1"), ("SMA2", "sma2"), ("SMA3", "sma3"), ("SMA4", "sma4"),
    ];

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var place = CommandLineValues.Place();
        Option<bool> json = new("--json") { Description = "one JSON object with every attribute of every card" };
        Command command = new("list", "List the Time Cards of a place with their attributes. Exit code: 4 when there is none.");
        command.Options.Add(place);
        command.Options.Add(json);
        command.SetAction(async (parsed, cancellationToken) => (int)await ListAsync(parsed.GetRequiredValue(place), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<ExitCode> ListAsync(string placeName, bool asJson, CancellationToken cancellationToken)
    {
        await using var target = await Composition.OpenTargetAsync(Places.Find(placeName), cancellationToken);
        var cards = await TimeCard.DiscoverAsync(target, cancellationToken);
        var readings = new List<IReadOnlyList<AttributeReading>>();
        foreach (var card in cards)
        {
            readings.Add(await card.ReadAllAsync(cancellationToken));
        }

        var functions = await TimeCard.FindFunctionsAsync(target, cancellationToken);
        if (asJson)
        {
            JsonReport.Write(writer =>
            {
                writer.WriteString("place", placeName);
                writer.WriteStartArray("devices");
                for (var i = 0; i < cards.Count; i++)
                {
                    CardJson.Write(writer, cards[i], readings[i]);
                }

                writer.WriteEndArray();
            });
        }
        else
        {
            Tell(cards, readings, functions);
        }

        return cards.Count > 0 ? ExitCode.Passed : ExitCode.NothingSelected;
    }

    private static void Tell(
        IReadOnlyList<TimeCard> cards, List<IReadOnlyList<AttributeReading>> readings, IReadOnlyList<(string Address, string Id, string? Driver)> functions)
    {
        Console.WriteLine("=== PTP OCP Devices Found ===\n\nPCI Devices:");
        foreach (var (address, id, driver) in functions)
        {
            var at = cards.ToList().FindIndex(c => c.PciAddress == address);
            Console.WriteLine($"  - {address} at /sys/bus/pci/devices/{address}");
            Console.WriteLine($"    Vendor: 0x{id[..4]} Device: 0x{id[5..]}");
            if (at < 0)
            {
                Console.WriteLine($"    Driver: {driver ?? "none"}");
                continue;
            }

            var card = cards[at];
            Console.WriteLine($"    Board: {card.Board}, driver {card.Driver} ({card.Dialect}), {card.Name}, {card.PtpPath}");
            foreach (var (label, attribute) in Told)
            {
                if (readings[at].FirstOrDefault(r => r.Name == attribute) is { } reading)
                {
                    Console.WriteLine($"    {label}: {reading.Text ?? reading.Errno.Name()}");
                }
            }
        }

        if (functions.Count == 0)
        {
            Console.WriteLine("  none");
        }
    }
}
