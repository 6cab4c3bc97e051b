using System.CommandLine;
using System.Globalization;
using LabTrace.Reports.History;

namespace LabTrace.Cli.Commands;

/// <summary><c>labtrace prune</c>: keeps a run store from growing for ever.</summary>
internal static class PruneCommand
{
    // A run whose stream was written to so lately may still go on.
    private static readonly TimeSpan Quiet = TimeSpan.FromHours(1);

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var store = CommandLineValues.Store();
        var keep = CommandLineValues.Number("--keep", "keep the newest N runs", least: 1, usual: int.MaxValue);
        keep.HelpName = "N";
        var days = CommandLineValues.Number("--days", "keep runs of the last N days", least: 0, usual: int.MaxValue);
        Option<bool> failed = new("--keep-failed") { Description = "also keep runs in which something failed or broke" };
        Option<bool> dry = new("--dry-run") { Description = "say what would be removed, and remove nothing" };
        Command command = new("prune", "Remove old runs from a run store, with their captures. Runs that may still go on are kept.");
        foreach (var option in (Option[])[store, keep, days, failed, dry])
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (count, age) = (parsed.GetValue(keep), parsed.GetValue(days));
            if (count == int.MaxValue && age == int.MaxValue)
            {
                throw new UsageException("say what to keep\n  try: --keep 100, or --days 90");
            }

            var place = Runs.Open(parsed.GetValue(store)!);
            var runs = await Runs.ListAsync(parsed.GetValue(store)!, cancellationToken);
            var now = TimeProvider.System.GetUtcNow();
            var old = runs.SkipLast(count == int.MaxValue ? 0 : count)
                .Where(r => age == int.MaxValue || r.StartedAt is null || now - r.StartedAt > TimeSpan.FromDays(age))
                .Where(r => !parsed.GetValue(failed) || r.Count(Scenarios.Verdict.Failed) + r.Count(Scenarios.Verdict.Broken) == 0)
                .Where(r => r.IsComplete || now.UtcDateTime - File.GetLastWriteTimeUtc(Path.Combine(place.PathOf(r), RunStore.StreamName)) > Quiet)
                .ToList();
            Remove(place, old, parsed.GetValue(dry));
            return (int)ExitCode.Passed;
        });
        return command;
    }

    private static void Remove(RunStore store, List<StoredRun> old, bool dry)
    {
        var bytes = 0L;
        foreach (var run in old)
        {
            var size = new DirectoryInfo(store.PathOf(run)).EnumerateFiles("*", SearchOption.AllDirectories).Sum(static f => f.Length);
            bytes += size;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(dry ? "would remove" : "removed")} {run.Name}  {size / 1048576.0:0.0} MiB"));
            if (!dry)
            {
                store.Remove(run);
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{old.Count} {(old.Count == 1 ? "run" : "runs")}, {bytes / 1048576.0:0.0} MiB {(dry ? "to be freed" : "freed")}"));
    }
}
