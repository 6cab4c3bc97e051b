using System.Globalization;

namespace LabTrace.Tracing;

/// <summary>What a bpftrace program printed: its maps and histograms as they were printed last, and its lines.</summary>
/// <param name="Maps">The maps, in the order in which they first appeared.</param>
/// <param name="Lines">What <c>printf</c>, <c>time</c>, <c>join</c> and <c>cat</c> printed, without line ends.</param>
/// <param name="Probes">How many probes were attached; -1 when the output does not say.</param>
/// <param name="Tally">What reading found: events that bpftrace lost are <see cref="ReadTally.LostTotal"/>.</param>
public sealed record BpftraceOutput(IReadOnlyList<BpftraceMap> Maps, IReadOnlyList<string> Lines, int Probes, ReadTally Tally)
{
    /// <summary>Finds a map by its name with <c>@</c>; null when it was not printed.</summary>
    public BpftraceMap? Map(string name) => Maps.FirstOrDefault(m => string.Equals(m.Name, name, StringComparison.Ordinal));

    /// <summary>Reads the text or the JSON of bpftrace; lines and maps are kept in memory.</summary>
    /// <param name="capture">The output.</param>
    /// <exception cref="TraceFormatException">The capture is of another kind.</exception>
    public static BpftraceOutput Read(Capture capture)
    {
        ArgumentNullException.ThrowIfNull(capture);
        using var reader = TraceReader.Open(capture);
        if (reader.Info.FormatName is not (BpftraceTextFormat.FormatName or BpftraceJsonFormat.FormatName))
        {
            TraceFormatException.Throw(
                $"capture '{capture.Name}' is {reader.Info.FormatName}, expected the output of bpftrace", "give what `bpftrace` or `bpftrace -f json` printed");
        }

        return Read(reader);
    }

    /// <summary>Reads the output of bpftrace whose form is known, whatever it starts with.</summary>
    /// <param name="capture">The output.</param>
    /// <param name="isJson">Whether it was started with <c>-f json</c>.</param>
    public static BpftraceOutput Read(Capture capture, bool isJson)
    {
        using var reader = (isJson ? (ITraceFormat)new BpftraceJsonFormat() : new BpftraceTextFormat()).Open(capture, ReadMode.Strict);
        return Read(reader);
    }

    /// <summary>Reads what is left of the output of bpftrace.</summary>
    /// <param name="reader">A reader of it.</param>
    public static BpftraceOutput Read(TraceReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var maps = new Dictionary<string, Dictionary<string, BpftraceEntry>>(StringComparer.Ordinal);
        var order = new List<string>();
        var lines = new List<string>();
        var probes = -1;
        var last = "";
        while (reader.Read(out var item))
        {
            var kind = item.Name.Name;
            if (kind is BpftraceSchema.Map or BpftraceSchema.Histogram or BpftraceSchema.Statistics && BpftraceEntry.TryParse(item.Text) is { } entry)
            {
                if (!maps.TryGetValue(entry.Map, out var entries))
                {
                    order.Add(entry.Map);
                    maps[entry.Map] = entries = new Dictionary<string, BpftraceEntry>(StringComparer.Ordinal);
                }

                // A map that is printed again replaces what was printed before; other output between tells that printing began anew.
                if (entry.Map != last || entries.ContainsKey(entry.Key))
                {
                    entries.Clear();
                }

                entries[entry.Key] = entry;
                last = entry.Map;
                continue;
            }

            last = "";
            if (kind == BpftraceSchema.Attached)
            {
                probes = item.TryGetField("probes", out var count) && count.TryGetInteger(out var number) ? (int)number : probes;
            }
            else
            {
                lines.Add(item.Text);
            }
        }

        return new BpftraceOutput([.. order.Select(name => new BpftraceMap(name, [.. maps[name].Values]))], lines, probes, reader.Tally);
    }

    /// <summary>The maps' names and how much was printed.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Maps.Count} maps, {Lines.Count} lines; {Tally}");
}
