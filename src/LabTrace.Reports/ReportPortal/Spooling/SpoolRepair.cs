using LabTrace.Reports.ReportPortal.Model;

namespace LabTrace.Reports.ReportPortal.Spooling;

/// <summary>Ends the spool of a run that was killed: what still ran is interrupted.</summary>
internal static class SpoolRepair
{
    /// <summary>Appends what is missing; nothing to a spool that is whole.</summary>
    /// <returns>The spool's header and whether it had been cut; null when it holds nothing.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static async Task<(SpoolEntry Header, bool WasCut)?> EndAsync(SpoolDirectory spool, CancellationToken cancellationToken)
    {
        var open = new List<SpoolEntry>();
        var parents = new HashSet<Guid>();
        SpoolEntry? header = null;
        SpoolEntry? launch = null;
        var latest = 0L;
        await foreach (var entry in SpoolReader.ReadAsync(spool.EntriesPath, news: null, cancellationToken))
        {
            latest = Math.Max(latest, entry.Time);
            switch (entry.Action)
            {
                case SpoolAction.Open:
                    header = entry;
                    break;
                case SpoolAction.StartLaunch:
                    launch = entry;
                    break;
                case SpoolAction.StartItem:
                    open.Add(entry);
                    _ = entry.Parent is { } parent && parents.Add(parent);
                    break;
                case SpoolAction.FinishItem:
                    _ = open.RemoveAll(item => item.Id == entry.Id);
                    break;
                case SpoolAction.FinishLaunch:
                    launch = null;
                    break;
                case SpoolAction.End:
                    return (header!, WasCut: false);
            }
        }

        if (header is null)
        {
            return null;
        }

        using var writer = new SpoolWriter(spool.EntriesPath, SpoolReader.WholeLines(spool.EntriesPath));
        using var body = new EntryBody();
        for (var i = open.Count - 1; i >= 0; i--)
        {
            var item = open[i];
            if (item.Parent is null && parents.Contains(item.Id))
            {
                // A feature's status is that of its scenarios.
                Finish(item, status: null);
                continue;
            }

            var log = Guid.NewGuid();
            _ = body.Begin().Text("uuid", log.ToString()).Moment("time", latest).Text("level", "ERROR").Text("message", "the run was killed while this was running");
            writer.Add(item with { Action = SpoolAction.Log, Id = log, Parent = item.Id, RetryOf = null, Time = latest, Body = body.Take() });
            Finish(item, "INTERRUPTED");
        }

        if (launch is not null)
        {
            _ = body.Begin().Moment("endTime", latest).Text("status", "INTERRUPTED").Text("description", "the run was killed");
            writer.Add(new SpoolEntry { Action = SpoolAction.FinishLaunch, Id = header.Id, Time = latest, Body = body.Take() });
        }

        writer.Add(new SpoolEntry { Action = SpoolAction.End, Id = header.Id });
        writer.Flush();
        return (header, WasCut: true);

        void Finish(SpoolEntry item, string? status)
        {
            _ = body.Begin().Moment("endTime", latest).Text("status", status);
            writer.Add(item with { Action = SpoolAction.FinishItem, RetryOf = null, Time = latest, Body = body.Take() });
        }
    }
}
