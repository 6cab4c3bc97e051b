using System.Globalization;

namespace LabTrace.Tracing.Queries;

/// <summary>What every result says about what it did not see.</summary>
/// <param name="Lost">Events the kernel lost: it says so.</param>
/// <param name="IsLostExact">False when some loss was marked without a number: at least so many.</param>
/// <param name="Malformed">Records that could not be read.</param>
/// <param name="Skipped">Events that a filter left out.</param>
/// <param name="Unmatched">Starts and ends without a partner.</param>
public readonly record struct QueryCounters(long Lost, bool IsLostExact, long Malformed, long Skipped, long Unmatched)
{
    /// <summary>The counters of a reading.</summary>
    /// <param name="tally">What reading found.</param>
    /// <param name="unmatched">What the question found no partner for.</param>
    public static QueryCounters Of(ReadTally tally, long unmatched = 0)
    {
        ArgumentNullException.ThrowIfNull(tally);
        return new QueryCounters(tally.LostTotal, tally.Lost.All(l => l.IsExact), tally.Malformed, tally.Skipped, unmatched);
    }

    /// <summary><c>3 lost, 0 malformed, 12 skipped, 1 unmatched</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(IsLostExact ? "" : "at least ")}{Lost:N0} lost, {Malformed:N0} malformed, {Skipped:N0} skipped, {Unmatched:N0} unmatched");
}
