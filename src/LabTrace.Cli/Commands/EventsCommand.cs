using System.CommandLine;
using LabTrace.Cli.LabConfig;
using LabTrace.Devices;
using LabTrace.Tracing;

namespace LabTrace.Cli.Commands;

/// <summary><c>labtrace events</c>: what a place's kernel can record.</summary>
internal static class EventsCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var place = CommandLineValues.Place();
        Argument<string?> pattern = new("EVENT") { Description = "an event, or a pattern such as \"sched:*\"; all when none is given", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> fields = new("--fields", "-f") { Description = "show each event's fields" };
        Command command = new("events", "List the trace events of a place.");
        command.Arguments.Add(pattern);
        command.Options.Add(place);
        command.Options.Add(fields);
        command.SetAction(async (parsed, cancellationToken) => (int)await ListAsync(
            parsed.GetRequiredValue(place), parsed.GetValue(pattern) ?? "*:*", parsed.GetValue(fields), cancellationToken));
        return command;
    }

    private static async Task<ExitCode> ListAsync(string name, string pattern, bool withFields, CancellationToken cancellationToken)
    {
        await using var target = await Composition.OpenTargetAsync(Places.Find(name), cancellationToken);
        await using var changes = TargetChanges.InMemory(target);
        var tracefs = await Tracefs.OpenAsync(changes, cancellationToken);
        foreach (var found in await tracefs.ResolveAsync(EventName.Parse(pattern), cancellationToken))
        {
            Console.WriteLine(found);
            if (withFields)
            {
                foreach (var field in (await tracefs.ReadFormatAsync(found, cancellationToken)).Fields)
                {
                    Console.WriteLine($"    {field.Type} {field.Name}");
                }
            }
        }

        return ExitCode.Passed;
    }
}
