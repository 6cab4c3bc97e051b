namespace LabTrace.Tracing;

/// <summary>Gives the events of a merged timeline that was written as text, in either form.</summary>
public static class GrtMergedText
{
    /// <summary>Reads to the end.</summary>
    /// <param name="reader">A capture of the format "grtrace text".</param>
    /// <param name="sink">Takes the events.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static void Run(TraceReader reader, IGrtTimelineSink sink, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(sink);
        const int eventsBetween = 1 << 14;
        var attributor = new GrtAttributor();
        var into = new GrtTimelineEvent();
        while (reader.Read(out var item))
        {
            if (reader.Count % eventsBetween == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            into.IsGpu = item.Name.System == "gpu";
            into.Time = item.Time.Nanoseconds;
            into.Event = item.Name.Name;
            into.Fields = item.Payload;
            (into.Pid, into.Tid, into.Comm, into.SinceNs) = (item.Tgid >= 0 ? item.Tgid : item.Pid, item.Pid, item.Comm == CommTable.Unknown ? "" : item.Comm, null);
            if (into.IsGpu)
            {
                Take(item, into);
                attributor.Gpu(into);
            }
            else
            {
                attributor.Cpu(into);
            }

            sink.Write(into);
        }

        sink.Complete();
    }

    private static void Take(in TraceEvent item, GrtTimelineEvent into)
    {
        into.Kind = GrtEventNames.TryParse(into.Event, out var kind) ? kind : GrtEventKind.Other;

        // The writer has said who submitted it.
        into.Job = GrtTextStream.JobOf(item) with { Pid = into.Tid > 0 ? (uint)into.Tid : 0 };
    }
}
