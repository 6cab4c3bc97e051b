namespace LabTrace.Tracing;

/// <summary>Finds ring buffers whose times cannot be of the clock that the capture says they are of.</summary>
/// <remarks>trace-cmd up to 3.3 labels every instance with the top buffer's clock, whatever the instance was recorded with.</remarks>
internal static class ClockLabels
{
    /// <summary>Buffers of one recording lie in the same time; this many lengths of it apart they do not.</summary>
    private const int LengthsApart = 10;
    private const ulong LeastApart = 1_000_000_000;

    public static IEnumerable<string> Doubts(IReadOnlyList<TraceBuffer> buffers, IReadOnlyList<PageLane> lanes)
    {
        (int Index, ulong First, ulong Last)? reference = null;
        for (var i = 0; i < buffers.Count; i++)
        {
            var met = lanes.Where(l => l.BufferIndex == i && l.FirstTime is not null).ToArray();
            if (met.Length == 0)
            {
                continue;
            }

            var (first, last) = (met.Min(l => l.FirstTime!.Value), met.Max(l => l.Time));
            if (reference is not { } other)
            {
                reference = (i, first, last);
                continue;
            }

            var (place, otherPlace) = (Place(buffers[i]), Place(buffers[other.Index]));
            if (buffers[i].ClockName != buffers[other.Index].ClockName)
            {
                yield return $"{place} was recorded on the clock {buffers[i].ClockName}, {otherPlace} on {buffers[other.Index].ClockName}: " +
                             "their times cannot be compared, and the order of events between them means nothing";
            }
            else if (Gap((first, last), (other.First, other.Last)) is var gap
                     && gap > LeastApart && gap / LengthsApart > Math.Max(Length(first, last), Length(other.First, other.Last)))
            {
                yield return $"{place}: the clock label does not fit: its times {first} to {last} lie far from those of {otherPlace}, " +
                             $"{other.First} to {other.Last}, though both say {buffers[i].ClockName}; the order of events between them means nothing";
            }
        }
    }

    private static string Place(TraceBuffer buffer) => buffer.Name.Length == 0 ? "the top buffer" : $"buffer '{buffer.Name}'";

    private static ulong Length(ulong first, ulong last) => last > first ? last - first : 0;

    private static ulong Gap((ulong First, ulong Last) a, (ulong First, ulong Last) b) =>
        a.First > b.Last ? a.First - b.Last : b.First > a.Last ? b.First - a.Last : 0;
}
