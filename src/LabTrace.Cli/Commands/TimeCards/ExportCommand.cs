using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using LabTrace.Cli.LabConfig;
using LabTrace.Devices.TimeCards;

namespace LabTrace.Cli.Commands.TimeCards;

/// <summary><c>labtrace timecard export</c>: every card with every attribute, as a JSON file.</summary>
internal static class ExportCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var place = CommandLineValues.Place();
        Argument<string> file = new("FILE") { Description = "the JSON file to write; - is standard output" };
        Command command = new("export", "Write all Time Cards of a place with all their attributes into a JSON file.");
        command.Arguments.Add(file);
        command.Options.Add(place);
        command.SetAction(async (parsed, cancellationToken) =>
            (int)await ExportAsync(parsed.GetRequiredValue(place), parsed.GetRequiredValue(file), cancellationToken));
        return command;
    }

    private static async Task<ExitCode> ExportAsync(string placeName, string file, CancellationToken cancellationToken)
    {
        await using var target = await Composition.OpenTargetAsync(Places.Find(placeName), cancellationToken);
        var kernel = await target.ReadKernelIdentityAsync(cancellationToken);
        var cards = await TimeCard.DiscoverAsync(target, cancellationToken);
        using var content = new MemoryStream();
        await using (var json = new Utf8JsonWriter(content, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("timestamp", target.Time.GetUtcNow());
            json.WriteString("place", placeName);
            json.WriteString("kernel", kernel.Release);
            json.WriteStartArray("devices");
            foreach (var card in cards)
            {
                CardJson.Write(json, card, await card.ReadAllAsync(cancellationToken));
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        content.WriteByte((byte)'\n');
        if (file == "-")
        {
            await using var output = Console.OpenStandardOutput();
            await output.WriteAsync(content.ToArray(), cancellationToken);
            return ExitCode.Passed;
        }

        await File.WriteAllBytesAsync(file, content.ToArray(), cancellationToken);
        Console.WriteLine($"{cards.Count} {(cards.Count == 1 ? "card" : "cards")} written to {file}");
        return cards.Count > 0 ? ExitCode.Passed : ExitCode.NothingSelected;
    }
}
