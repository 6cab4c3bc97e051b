using System.Globalization;
using System.Text;
using LabTrace.Tracing;

namespace LabTrace.Devices;

/// <summary>Reads the <c>format</c> texts of events: those named, the ftrace system's, and whatever else has an id that was seen.</summary>
internal sealed class FormatReader(ITarget target, string tracefs, SubBufferLayout layout)
{
    /// <summary>Reads formats in one round trip, and in two more when an id remains that none of them has.</summary>
    /// <param name="names">Events that were enabled.</param>
    /// <param name="ids">Ids found in the pages.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<EventFormats> ReadAsync(
        IReadOnlyCollection<EventName> names, HashSet<int> ids, CancellationToken cancellationToken)
    {
        var ftrace = await target.ListAsync(tracefs + "/events/ftrace", cancellationToken);
        var wanted = names
            .Concat(ftrace.Where(e => e.Kind == FileKind.Directory).Select(e => new EventName("ftrace", e.Name)))
            .Distinct().ToList();
        var formats = await ReadFormatsAsync(wanted, cancellationToken);
        var missing = ids.Except(formats.Select(f => f.Id)).ToHashSet();
        if (missing.Count > 0)
        {
            // Somebody else's events in this buffer: enabled by a trigger, or before this driver had it.
            formats.AddRange(await ReadFormatsAsync(await FindAsync(missing, cancellationToken), cancellationToken));
        }

        return new EventFormats(formats);
    }

    private async Task<List<EventFormat>> ReadFormatsAsync(IReadOnlyList<EventName> names, CancellationToken cancellationToken)
    {
        var outcomes = await target.ReadManyAsync(names.Select(n => $"{tracefs}/events/{n.System}/{n.Name}/format").ToArray(), cancellationToken);
        var formats = new List<EventFormat>(names.Count);
        for (var i = 0; i < outcomes.Count; i++)
        {
            if (outcomes[i].Content is { } text)
            {
                formats.Add(EventFormat.Parse(names[i].System, text, layout.IsBigEndian, layout.LongSize));
            }
        }

        return formats;
    }

    private async Task<IReadOnlyList<EventName>> FindAsync(HashSet<int> ids, CancellationToken cancellationToken)
    {
        var available = EventCatalog.Parse(await target.ReadTextAsync(tracefs + "/available_events", cancellationToken));
        var outcomes = await target.ReadManyAsync(
            available.Select(n => $"{tracefs}/events/{n.System}/{n.Name}/id").ToArray(), cancellationToken);
        return available.Where((_, i) => ids.Contains(Id(outcomes[i]))).ToArray();

        static int Id(ReadOutcome outcome) =>
            outcome.Content is { } text
            && int.TryParse(Encoding.ASCII.GetString(text), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var id)
                ? id
                : -1;
    }
}
