using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LabTrace.Devices.TimeCards;
using Spectre.Console;

namespace LabTrace.Cli.Commands.TimeCards;

/// <summary><c>labtrace timecard monitor</c>: tells what changes.</summary>
internal static class MonitorCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var place = CommandLineValues.Place();
        var card = TimeCardCommand.Card();
        Argument<string[]> names = new("ATTR") { Description = "attributes to watch; all when none is given", Arity = ArgumentArity.ZeroOrMore };
        Option<double> interval = new("--interval", "-i") { Description = "seconds between two looks", DefaultValueFactory = _ => 1.0, HelpName = "S" };
        interval.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0.001 and <= 86400))
            {
                result.AddError("--interval must be from 0.001 to 86400 seconds");
            }
        });
        Option<TimeSpan?> duration = new("--for") { Description = "how long to watch [default: until Ctrl-C]", HelpName = "TIME", CustomParser = CommandLineValues.TimeLimit };
        Option<bool> json = new("--json") { Description = "one JSON object a line for each change" };
        Option<bool> plain = new("--plain") { Description = "lines also on a terminal, where a live table is shown otherwise" };
        Command command = new("monitor", "Watch attributes of a Time Card and tell each change with its time.");
        command.Arguments.Add(names);
        foreach (var option in new Option[] { place, card, interval, duration, json, plain })
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var open = await TimeCardCommand.OpenAsync(parsed.GetRequiredValue(place), parsed.GetValue(card), cancellationToken);
            var watched = parsed.GetValue(names) is { Length: > 0 } some ? some : [.. open.Card.AttributeNames];
            var monitor = new TimeCardMonitor(open.Card, watched);
            using var deadline = new CancellationTokenSource();
            if (parsed.GetValue(duration) is { } limit)
            {
                deadline.CancelAfter(limit);
            }

            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            var pause = TimeSpan.FromSeconds(parsed.GetValue(interval));
            var isLive = !parsed.GetValue(json) && !parsed.GetValue(plain) && !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;
            await (isLive ? ShowAsync(monitor, pause, either.Token) : TellAsync(monitor, pause, parsed.GetValue(json), either.Token));
            return (int)ExitCode.Passed;
        });
        return command;
    }

    private static async Task TellAsync(TimeCardMonitor monitor, TimeSpan pause, bool asJson, CancellationToken cancellationToken)
    {
        await foreach (var changes in LooksAsync(monitor, pause, cancellationToken))
        {
            foreach (var change in changes)
            {
                Console.WriteLine(asJson ? Json(change) : Text(change));
            }
        }
    }

    private static async Task ShowAsync(TimeCardMonitor monitor, TimeSpan pause, CancellationToken cancellationToken)
    {
        var values = monitor.Attributes.ToDictionary(a => a, _ => ("", "", 0), StringComparer.Ordinal);
        var table = new Spectre.Console.Table().AddColumns("attribute", "value", "changed", "times");
        foreach (var attribute in monitor.Attributes)
        {
            _ = table.AddRow(Markup.Escape(attribute), "", "", "");
        }

        await AnsiConsole.Live(table).StartAsync(async live =>
        {
            await foreach (var changes in LooksAsync(monitor, pause, cancellationToken))
            {
                foreach (var change in changes)
                {
                    var times = values[change.Attribute].Item3 + (change.Before is null ? 0 : 1);
                    values[change.Attribute] = (change.Now, "", times);
                    var row = monitor.Attributes.ToList().IndexOf(change.Attribute);
                    _ = table.UpdateCell(row, 1, Markup.Escape(change.Now));
                    _ = table.UpdateCell(row, 2, change.Before is null ? "" : change.At.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture));
                    _ = table.UpdateCell(row, 3, times == 0 ? "" : times.ToString(CultureInfo.InvariantCulture));
                }

                live.Refresh();
            }
        });
    }

    /// <summary>Looks at even distances of the runner's clock until the token is cancelled.</summary>
    private static async IAsyncEnumerable<IReadOnlyList<AttributeChanged>> LooksAsync(
        TimeCardMonitor monitor, TimeSpan pause, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(pause, TimeProvider.System);
        while (!cancellationToken.IsCancellationRequested)
        {
            var changes = await monitor.LookAsync(CancellationToken.None);
            if (changes.Count > 0)
            {
                yield return changes;
            }

            try
            {
                _ = await timer.WaitForNextTickAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                yield break;
            }
        }
    }

    private static string Text(AttributeChanged change) => change.Before is null
        ? string.Create(CultureInfo.InvariantCulture, $"[{change.At:HH:mm:ss.fff}] {change.Attribute}: {change.Now}")
        : string.Create(CultureInfo.InvariantCulture, $"[{change.At:HH:mm:ss.fff}] {change.Attribute}: {change.Before} -> {change.Now}");

    private static string Json(AttributeChanged change) => JsonSerializer.Serialize(
        new { timestamp = change.At, attribute = change.Attribute, old_value = change.Before, new_value = change.Now });
}
