using System.Text;

namespace LabTrace.Tracing.KernelLog;

/// <summary>Finds a kernel's reports in its log, as a console, dmesg, journald or syslog shows it.</summary>
/// <remarks>
/// Time is linear in the log's length. Any bytes are a log: what is not text, cut short or woven together is read as far as it
/// goes. See KernelLog.md.
/// </remarks>
public static class KernelLogReader
{
    /// <summary>The most lines of an excerpt.</summary>
    public const int LongestExcerpt = 120;

    private const int LongestLine = 1024;

    /// <summary>Reads a log.</summary>
    /// <param name="log">Its bytes.</param>
    /// <returns>The reports in the order of their first lines; what follows from a report, such as the panic it leads to, is part of it.</returns>
    public static IReadOnlyList<KernelReport> Read(ReadOnlySpan<byte> log) => Read(log, bareTraces: false);

    /// <summary>Reads a log, and takes a call trace that nothing announces for a report too: somebody called <c>dump_stack</c>.</summary>
    /// <param name="log">Its bytes.</param>
    /// <param name="bareTraces">Whether to; only in a log without any other report, whose traces they may be.</param>
    /// <returns>As <see cref="Read(ReadOnlySpan{byte})"/>; bare traces have the type <c>CALL_TRACE</c>.</returns>
    public static IReadOnlyList<KernelReport> Read(ReadOnlySpan<byte> log, bool bareTraces)
    {
        var reports = Find(log);
        return bareTraces && reports.TrueForAll(static r => r.Type == ReportRules.BareTrace) ? reports : [.. reports.Where(static r => r.Type != ReportRules.BareTrace)];
    }

    private static List<KernelReport> Find(ReadOnlySpan<byte> log)
    {
        List<KernelReport> reports = [];
        Dictionary<string, int> covered = new(StringComparer.Ordinal);
        WorkLimit limit = new(log.Length);
        using WordFilter filter = new(log);
        var (counted, line) = (0, 1);
        for (var hit = filter.Next(0); hit >= 0;)
        {
            var start = log[..hit].LastIndexOf((byte)'\n') + 1;
            var end = EndOfLine(log, hit);
            line += log[counted..start].Count((byte)'\n');
            counted = start;
            var first = LineAt(log, start, end);
            if (Classification.Of(first.Text) is { } kind && !(covered.TryGetValue(first.Caller, out var until) && start < until && kind.MayFollow))
            {
                var window = ReportWindow.Collect(log, start, end, line, first, limit);
                if (Naming.Of(kind, window) is var (title, type))
                {
                    reports.Add(new KernelReport(title, type, line, window.EndLine, start, window.Excerpt));
                    if (type != ReportRules.BareTrace)
                    {
                        covered[first.Caller] = window.EndOffset;
                    }
                }
            }

            hit = end < log.Length ? filter.Next(end) : -1;
        }

        return reports;
    }

    internal static int EndOfLine(ReadOnlySpan<byte> log, int from)
    {
        var length = log[from..].IndexOf((byte)'\n');
        return length < 0 ? log.Length : from + length;
    }

    internal static LogLine LineAt(ReadOnlySpan<byte> log, int start, int end) =>
        LogLine.Parse(Encoding.UTF8.GetString(log[start..Math.Min(end, start + LongestLine)]));
}
