using System.Globalization;
using LabTrace.Tracing;
using LabTrace.Tracing.Queries;

namespace LabTrace.Cli.Commands.Traces;

/// <summary>Draws a histogram of times with characters.</summary>
internal static class HistogramText
{
    private const int BarColumns = 40;

    /// <summary>Writes a line for each bucket.</summary>
    public static void Write(TextWriter output, LogHistogram histogram)
    {
        var most = histogram.Buckets.Max(b => b.Count);
        foreach (var bucket in histogram.Buckets)
        {
            // Whatever is there shows at least a mark.
            var bar = bucket.Count == 0 ? 0 : Math.Max((int)(bucket.Count * BarColumns / most), 1);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  [{Text(bucket.Lower),12}, {Text(bucket.Upper),12}) {bucket.Count,12:N0} |{new string('#', bar).PadRight(BarColumns)}|"));
        }
    }

    private static string Text(Int128 ns) => ns < 0 ? "below 0" : ns > long.MaxValue ? "above" : new Duration((long)ns).ToString();
}
