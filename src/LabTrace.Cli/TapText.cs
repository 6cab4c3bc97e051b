using System.Globalization;
using System.Text;
using LabTrace.Devices.Tap;

namespace LabTrace.Cli;

/// <summary>Tells people what a TAP text says: what is not well first, then the counts.</summary>
internal static class TapText
{
    private const int MaxLog = 20;

    /// <summary>Writes the report.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="name">The text's file.</param>
    /// <param name="report">What it says.</param>
    /// <param name="all">Tell what passed as well.</param>
    public static void Write(TextWriter output, string name, TapReport report, bool all)
    {
        var text = new StringBuilder();
        foreach (var stream in report.Streams)
        {
            Write(text, stream.Tests, 0, all);
        }

        foreach (var error in report.AllErrors)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{name}:{error.Line}: {Harmless(error.Message)}");
        }

        foreach (var warning in report.AllWarnings)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{name}:{warning.Line}: (no matter) {Harmless(warning.Message)}");
        }

        var counts = report.Counts;
        var todo = counts.Todo == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {counts.Todo} failed as expected");
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{name}: {WordOf(report.Verdict)} ({counts.Passed} passed, {counts.Failed} failed, {counts.Skipped} skipped, {counts.Broken} broken{todo})");
        output.Write(text);
    }

    /// <summary>A verdict as reports spell it.</summary>
    public static string WordOf(TapVerdict verdict) => verdict switch
    {
        TapVerdict.Passed => "passed",
        TapVerdict.Failed => "failed",
        TapVerdict.Skipped => "skipped",
        _ => "broken",
    };

    private static void Write(StringBuilder text, IReadOnlyList<TapTest> tests, int depth, bool all)
    {
        foreach (var test in tests.Where(test => all || test.Verdict != TapVerdict.Passed || test.IsExpectedFailure))
        {
            var number = test.Number is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{test.Number} ");
            var word = test.IsExpectedFailure ? "todo" : WordOf(test.Verdict);
            var reason = test.Reason is null ? "" : $": {test.Reason}";
            text.Append(' ', depth * 2).AppendLine(CultureInfo.InvariantCulture, $"{word,-7} {number}{Harmless(test.Name + reason)}");
            if (test.Verdict is TapVerdict.Failed or TapVerdict.Broken && test.Subtests.Count == 0)
            {
                WriteLog(text, test, (depth * 2) + 8);
            }

            foreach (var stream in test.Subtests)
            {
                Write(text, stream.Tests, depth + 1, all);
            }
        }
    }

    private static void WriteLog(StringBuilder text, TapTest test, int indent)
    {
        var first = Math.Max(0, test.Log.Count - MaxLog);
        if (first > 0)
        {
            text.Append(' ', indent).AppendLine(CultureInfo.InvariantCulture, $"… {first} lines before");
        }

        foreach (var line in test.Log.Skip(first))
        {
            text.Append(' ', indent).AppendLine(Harmless(line));
        }

        if (test.LogLinesLeftOut > 0)
        {
            text.Append(' ', indent).AppendLine(CultureInfo.InvariantCulture, $"… {test.LogLinesLeftOut} lines more");
        }
    }

    /// <summary>What a target wrote must not drive the terminal.</summary>
    private static string Harmless(string text) =>
        string.Create(text.Length, text, (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) ? source[i] == '\t' ? ' ' : '\uFFFD' : source[i];
            }
        });
}
