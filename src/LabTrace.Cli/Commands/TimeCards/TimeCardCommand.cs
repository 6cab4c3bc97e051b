using System.CommandLine;
using LabTrace.Cli.LabConfig;
using LabTrace.Devices;
using LabTrace.Devices.TimeCards;

namespace LabTrace.Cli.Commands.TimeCards;

/// <summary><c>labtrace timecard</c>: looks at OCP Time Cards of a place, watches, sets and traces them.</summary>
internal static class TimeCardCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Command command = new("timecard", "Find the OCP Time Cards of a place, look at them, watch, set and trace them.");
        command.Subcommands.Add(ListCommand.Create());
        command.Subcommands.Add(ShowCommand.Create());
        command.Subcommands.Add(ExportCommand.Create());
        command.Subcommands.Add(SetCommand.Create());
        command.Subcommands.Add(MonitorCommand.Create());
        command.Subcommands.Add(PhcCommand.Create());
        command.Subcommands.Add(CallsCommand.Create());
        return command;
    }

    /// <summary>The card to work with.</summary>
    public static Option<string?> Card() => new("--card", "-c") { Description = "the card, such as ocp0; the first when none is named", HelpName = "NAME" };

    /// <summary>Opens a place's target and one of its cards.</summary>
    /// <exception cref="NotOnTargetException">There is no such card.</exception>
    public static async Task<OpenCard> OpenAsync(string placeName, string? cardName, CancellationToken cancellationToken)
    {
        var place = Places.Find(placeName);
        var target = await Composition.OpenTargetAsync(place, cancellationToken);
        try
        {
            var card = cardName is not null
                ? await TimeCard.OpenAsync(target, cardName, cancellationToken)
                : await TimeCard.DiscoverAsync(target, cancellationToken) is [var first, ..] ? first
                : await TimeCard.OpenAsync(target, "ocp0", cancellationToken);
            return new OpenCard(place, target, card);
        }
        catch
        {
            await target.DisposeAsync();
            throw;
        }
    }

    /// <summary>What a command changes is journalled at a place that outlives it.</summary>
    public static async Task<TargetChanges> ChangesAsync(PlaceDescription place, ITarget target, string command, CancellationToken cancellationToken)
    {
        if (!place.IsShared)
        {
            return TargetChanges.InMemory(target);
        }

        var kernel = await target.ReadKernelIdentityAsync(cancellationToken);
        var journal = JournalDirectory.OfPlace(StateDirectory.Default, place.StateName, TimeProvider.System).Create(place.Name, command, kernel.BootId);
        return new TargetChanges(target, journal, TimeProvider.System);
    }
}

/// <summary>A card with the target it is in, which is closed with it.</summary>
/// <param name="Place">Where.</param>
/// <param name="Target">The machine.</param>
/// <param name="Card">The card.</param>
internal sealed record OpenCard(PlaceDescription Place, ITarget Target, TimeCard Card) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Target.DisposeAsync();
}
