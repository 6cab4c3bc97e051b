using System.CommandLine;
using LabTrace.Devices;
using LabTrace.Devices.TimeCards;

namespace LabTrace.Cli.Commands.TimeCards;

/// <summary><c>labtrace timecard set</c>: writes an attribute, and takes it back unless it is to stay.</summary>
internal static class SetCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var place = CommandLineValues.Place();
        var card = TimeCardCommand.Card();
        Option<bool> keep = new("--keep") { Description = "leave the value there when the command ends; without, it is taken back then" };
        Option<TimeSpan?> duration = new("--for") { Description = "how long the value stays without --keep [default: until Ctrl-C]", HelpName = "TIME", CustomParser = CommandLineValues.TimeLimit };
        Argument<string> attribute = new("ATTR") { Description = "the attribute, such as sma3 or gen1/signal" };
        Argument<string> value = new("VALUE") { Description = "what to write, such as \"OUT: PHC\"; for an attribute that is bytes @FILE, whose content is written" };
        Command command = new("set", """
            Write an attribute of a Time Card, read it back and show both; the driver's refusal is told with its errno.
            The change is journalled: it is undone when the command ends (Ctrl-C), and by `labtrace restore` after a kill. --keep leaves it.
            """);
        command.Arguments.Add(attribute);
        command.Arguments.Add(value);
        command.Options.Add(place);
        command.Options.Add(card);
        command.Options.Add(keep);
        command.Options.Add(duration);
        command.SetAction(async (parsed, cancellationToken) => (int)await SetAsync(
            parsed.GetRequiredValue(place), parsed.GetValue(card), parsed.GetRequiredValue(attribute), parsed.GetRequiredValue(value),
            parsed.GetValue(keep), parsed.GetValue(duration), cancellationToken));
        return command;
    }

    private static async Task<ExitCode> SetAsync(
        string placeName, string? cardName, string attribute, string value, bool keep, TimeSpan? duration, CancellationToken cancellationToken)
    {
        await using var open = await TimeCardCommand.OpenAsync(placeName, cardName, cancellationToken);
        var card = open.Card;
        var bytes = ReadFile(attribute, value);
        if (keep)
        {
            await TellAsync(open, attribute, value, bytes is null
                ? () => open.Target.WriteTextAsync(card.PathOf(attribute), value, cancellationToken).AsTask()
                : () => card.SetBinaryAsync(TargetChanges.InMemory(open.Target), attribute, bytes, cancellationToken), cancellationToken);
            return ExitCode.Passed;
        }

        await using var changes = await TimeCardCommand.ChangesAsync(open.Place, open.Target, "labtrace timecard set", cancellationToken);
        await TellAsync(open, attribute, value, bytes is null
            ? () => card.SetAsync(changes, attribute, value, cancellationToken)
            : () => card.SetBinaryAsync(changes, attribute, bytes, cancellationToken), cancellationToken);
        try
        {
            if (duration is null)
            {
                await Console.Error.WriteLineAsync("labtrace: it stays until Ctrl-C; --keep leaves it for good");
            }

            await Task.Delay(duration ?? Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how a value without an end ends.
        }

        var report = await changes.UndoAsync(CancellationToken.None);
        Console.WriteLine($"{card.Name} {attribute}: {report}");
        return report.IsComplete ? ExitCode.Passed : ExitCode.Broken;
    }

    /// <summary>Writes, and says what an attribute read before, what was written and what it reads then.</summary>
    private static async Task TellAsync(OpenCard open, string attribute, string value, Func<Task> write, CancellationToken cancellationToken)
    {
        if (TimeCard.BinaryBytes(attribute) is { } bytes)
        {
            await write();
            Console.WriteLine($"{open.Card.Name} {attribute}: wrote {value[1..]}, and read it back from its {bytes} bytes");
            return;
        }

        var before = await open.Card.ReadAsync(attribute, cancellationToken);
        await write();
        Console.WriteLine($"{open.Card.Name} {attribute}: was '{before}', wrote '{value}', reads '{await open.Card.ReadAsync(attribute, cancellationToken)}'");
    }

    /// <summary>The content of the file that is named for an attribute of bytes; null for one of text.</summary>
    private static byte[]? ReadFile(string attribute, string value)
    {
        if (TimeCard.BinaryBytes(attribute) is not { } bytes)
        {
            return null;
        }

        if (!value.StartsWith('@'))
        {
            throw new UsageException($"{attribute} is a memory of {bytes} bytes, and '{value}' is text\n  try: @FILE with the bytes to write");
        }

        try
        {
            return File.ReadAllBytes(value[1..]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{value[1..]} cannot be read: {e.Message}");
        }
    }
}
