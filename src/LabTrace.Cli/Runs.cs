using LabTrace.Reports;
using LabTrace.Reports.History;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Cli;

/// <summary>Runs that were, as people name them: a directory, or a name in the run store.</summary>
internal static class Runs
{
    /// <summary>Where runs are kept unless told otherwise.</summary>
    public const string DefaultStore = "artifacts/runs";

    /// <summary>Reads one.</summary>
    /// <exception cref="UsageException">There is no such run, or its stream cannot be read.</exception>
    public static async Task<StoredRun> LoadAsync(string run, string store, CancellationToken cancellationToken)
    {
        var directory = File.Exists(run) && Path.GetFileName(run) == RunStore.StreamName ? Path.GetDirectoryName(Path.GetFullPath(run))! : run;
        directory = Directory.Exists(directory) ? directory : Path.Combine(store, run);
        if (!File.Exists(Path.Combine(directory, RunStore.StreamName)))
        {
            throw new UsageException($"there is no run '{run}'\n  try: a run's directory, or its name in the store '{store}' (`labtrace history` lists them)");
        }

        try
        {
            return await RunStore.LoadAsync(directory, cancellationToken);
        }
        catch (Exception e) when (e is MessageFormatException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"run '{run}' cannot be read: {e.Message}");
        }
    }

    /// <summary>Reads all of a store, and tells on standard error what of it cannot be read.</summary>
    /// <exception cref="UsageException">There is no such store.</exception>
    public static async Task<IReadOnlyList<StoredRun>> ListAsync(string store, CancellationToken cancellationToken) =>
        await Open(store).ListAsync(static problem => Console.Error.WriteLine($"labtrace: passed over: {problem}"), cancellationToken);

    /// <summary>Opens a store.</summary>
    /// <exception cref="UsageException">There is no such store.</exception>
    public static RunStore Open(string store)
    {
        try
        {
            return new RunStore(store);
        }
        catch (ReportException e)
        {
            throw new UsageException(e.Message);
        }
    }
}
