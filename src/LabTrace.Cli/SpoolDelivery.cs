using LabTrace.Devices;
using LabTrace.Reports;
using LabTrace.Reports.ReportPortal;

namespace LabTrace.Cli;

/// <summary><c>labtrace report --drain</c>: delivers what runs had to leave behind.</summary>
internal static class SpoolDelivery
{
    private const string Everything = "artifacts";

    /// <summary>Delivers.</summary>
    /// <param name="directory">A run, a spool, or a directory of many; null for where runs go when nobody says otherwise.</param>
    /// <param name="requests">At most <c>reportportal:CONFIG</c>, for a configuration other than the one the runs had.</param>
    /// <param name="cancellationToken">Leaves the rest where it is.</param>
    /// <returns>Passed when nothing is left, broken when something is.</returns>
    /// <exception cref="UsageException">There is no such directory, another report was asked for, or the configuration is wrong.</exception>
    public static async Task<ExitCode> RunAsync(string? directory, IReadOnlyList<string> requests, CancellationToken cancellationToken)
    {
        if (directory is not null && !Directory.Exists(directory))
        {
            throw new UsageException($"there is no directory '{directory}'\n  try: the directory of a run, or one with many runs below it");
        }

        var context = ReportContext.ForProcess(runDirectory: null, consoleToError: false) with
        {
            Interrupt = cancellationToken,
            Redact = SecretRedactor.Process.Redact,
            KeepSecret = SecretRedactor.Process.Add,
        };
        if (!Directory.Exists(directory ?? Everything))
        {
            await context.Console.WriteLineAsync($"ReportPortal: nothing is left to deliver: there is no '{Everything}' here");
            return ExitCode.Passed;
        }

        try
        {
            var left = await new ReportPortalDrain(ConfigurationOf(requests), context, TimeProvider.System).RunAsync(directory ?? Everything, cancellationToken);
            return cancellationToken.IsCancellationRequested ? ExitCode.Interrupted : left == 0 ? ExitCode.Passed : ExitCode.Broken;
        }
        catch (ReportException e)
        {
            throw new UsageException(e.Message);
        }
    }

    private static string? ConfigurationOf(IReadOnlyList<string> requests)
    {
        string? configuration = null;
        foreach (var request in requests.Select(ReportCatalog.Parse))
        {
            configuration = request.Kind.Name == "reportportal"
                ? request.Path
                : throw new UsageException($"--drain delivers to ReportPortal, not '{request.Kind.Name}'\n  try: labtrace report RUN --report {request.Kind.Usage}");
        }

        return configuration;
    }
}
