namespace LabTrace.Tracing.KernelLog;

/// <summary>The lines of one report, picked out of those that others printed meanwhile.</summary>
/// <param name="Lines">What its caller printed, the first line first, frames that are only guesses left out.</param>
/// <param name="Excerpt">The lines to show.</param>
/// <param name="EndLine">The last one's number, one-based.</param>
/// <param name="EndOffset">Where, in the log, lines that belong to it end.</param>
internal sealed record ReportWindow(IReadOnlyList<string> Lines, IReadOnlyList<string> Excerpt, int EndLine, int EndOffset)
{
    private const int MostLines = 400;
    private const int FurthestLine = 2000;

    // So many lines hold a report's own trace; the panic that oops=panic or panic_on_warn adds behind them repeats it.
    private const int OwnLines = 22;

    /// <summary>Collects them.</summary>
    public static ReportWindow Collect(ReadOnlySpan<byte> log, int start, int end, int line, LogLine first, WorkLimit limit)
    {
        List<string> lines = [first.Text];
        List<string> excerpt = [first.Text];
        var (endLine, endOffset, number) = (line, end, line);
        var (closed, named, allCpus) = (false, false, false);
        for (var at = end + 1; at < log.Length && lines.Count < MostLines && number - line < FurthestLine; at = end + 1)
        {
            end = KernelLogReader.EndOfLine(log, at);
            number++;
            if (!limit.Take(end - at))
            {
                break;
            }

            var next = KernelLogReader.LineAt(log, at, end);
            var own = next.Caller == first.Caller;
            if (BeginsAnother(next, own, first.Caller))
            {
                break;
            }

            if (!own && !(allCpus && next.Caller.StartsWith('C')))
            {
                continue;
            }

            endOffset = end;
            if (!closed && excerpt.Count < KernelLogReader.LongestExcerpt)
            {
                excerpt.Add(next.Text);
                endLine = number;
                closed = Closes(next.Text, excerpt.Count);
            }

            allCpus |= next.Text.Contains("Sending NMI from CPU", StringComparison.Ordinal);
            named |= lines.Count > OwnLines && next.Text.Contains("Kernel panic - not syncing", StringComparison.Ordinal);
            if (!named && !next.IsGuess && !next.Text.Contains("Disabling lock debugging", StringComparison.Ordinal))
            {
                lines.Add(next.Text);
            }
        }

        return new ReportWindow(lines, excerpt, endLine, endOffset);
    }

    // Where the kernel does not say who printed a line, another report's lines cannot be told from this one's.
    private static bool BeginsAnother(LogLine next, bool own, string caller) =>
        PrintsItsOwnStack(next.Text) ? caller.Length == 0 || caller == LogLine.Console
        : (own || caller.Length == 0 || caller == LogLine.Console) && WordFilter.Holds(next.Text)
            && Classification.Of(next.Text) is { MayFollow: false };

    // No report, and a stack of its own all the same.
    private static bool PrintsItsOwnStack(string text) =>
        text.Contains("FAULT_INJECTION: forcing a failure", StringComparison.Ordinal)
        || text.Contains("allocation failure: ", StringComparison.Ordinal)
        || text.Contains("FAULT_FLAG_ALLOW_RETRY missing", StringComparison.Ordinal);

    private static bool Closes(string text, int lines) =>
        text.StartsWith("---[ end ", StringComparison.Ordinal) || (lines > 6 && text.StartsWith("==================", StringComparison.Ordinal));
}
