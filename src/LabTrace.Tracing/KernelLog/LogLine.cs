using System.Buffers;
using System.Text.RegularExpressions;

namespace LabTrace.Tracing.KernelLog;

/// <summary>One line of a kernel log, taken apart into who printed it and what.</summary>
/// <param name="Caller">
/// The task or cpu that printed it (<c>T123</c>, <c>C1</c>) where the kernel says so, <see cref="Console"/> for a line with only a
/// timestamp, empty for one with neither. Lines of one report have one caller; others are woven in between.
/// </param>
/// <param name="Text">What was printed.</param>
internal readonly partial record struct LogLine(string Caller, string Text)
{
    public const string Console = "console";

    private const char Escape = '\x1B';
    private const int LongestHost = 80;

    private static readonly SearchValues<char> Stamp = SearchValues.Create(".0123456789");

    /// <summary>A frame the unwinder found on the stack without being sure that it was called.</summary>
    public bool IsGuess => (GuessedFrame().IsMatch(Text) || Text.Contains("(unreliable)", StringComparison.Ordinal))
        && !Text.Contains("<EOI>", StringComparison.Ordinal);

    public static LogLine Parse(string line)
    {
        var text = line.EndsWith('\r') ? line[..^1] : line;
        if (text.Contains(Escape, StringComparison.Ordinal))
        {
            text = Colour().Replace(text, "");
        }

        if (text.Length == 0)
        {
            return new LogLine("", text);
        }

        if (text[0] == '[' && TryParseStamped(text, out var stamped))
        {
            return stamped;
        }

        var record = KmsgRecord().Match(text);
        if (record.Success)
        {
            return new LogLine(record.Groups["caller"].Success ? record.Groups["caller"].Value : Console, text[record.Length..]);
        }

        var prefix = Prefix().Match(text);
        return prefix.Length == 0 ? new LogLine("", text) : new LogLine(CallerOf(prefix), text[prefix.Length..]);
    }

    private static string CallerOf(Match prefix) =>
        prefix.Groups["caller"] is { Success: true } caller ? caller.Value
        : prefix.Groups["pid"] is { Success: true } pid ? "T" + pid.Value
        : Console;

    // What nearly all lines begin with, without a pattern: [   12.345678], [  T123].
    private static bool TryParseStamped(string text, out LogLine line)
    {
        line = default;
        var close = text.IndexOf(']', StringComparison.Ordinal);
        if (close < 4 || text.AsSpan(1, close - 1).TrimStart(' ').ContainsAnyExcept(Stamp))
        {
            return false;
        }

        var (caller, at) = (Console, close + 1);
        if (at < text.Length && text[at] == '[' && text.IndexOf(']', at) is var end and > 0
            && text.AsSpan(at + 1, end - at - 1).TrimStart(' ') is ['C' or 'T', .. var number] && number.Length > 0 && !number.ContainsAnyExceptInRange('0', '9'))
        {
            (caller, at) = (text.AsSpan(at + 1, end - at - 1).TrimStart(' ').ToString(), end + 1);
        }

        // A caller set apart by a blank, or journald's host: not so plain.
        if (caller == Console && text.AsSpan(at).TrimStart(' ') is ['[', ..])
        {
            return false;
        }

        if (text.AsSpan(at, Math.Min(text.Length - at, LongestHost)).Contains(" kernel: ", StringComparison.Ordinal))
        {
            return false;
        }

        line = new LogLine(caller, text[(at < text.Length && text[at] == ' ' ? at + 1 : at)..]);
        return true;
    }

    [GeneratedRegex(@"^(?:\[<[0-9a-f]+>\])? *\?\s+[a-zA-Z0-9_.]+\+0x[0-9a-f]+/", RegexOptions.CultureInvariant)]
    private static partial Regex GuessedFrame();

    // What stands before the text: dropped-message notes, a login prompt without a newline, the stamp of a terminal program, syslog or
    // journald with its host, dmesg -x's facility, the level, the time since boot in all the ways dmesg shows it, CONFIG_PRINTK_CALLER's
    // task or cpu, and what vendors' kernels print instead ([T12@C1], [cpu: comm: pid]).
    [GeneratedRegex(
        @"^(?:\*\* [0-9]+ printk messages dropped \*\* )?(?:.{0,200}? login: )?" +
        @"(?:\[[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:.,]{8,18}\] ?)?" +
        @"(?:(?:[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}[0-9.,]{0,10}(?:Z|[+-][0-9:]{4,5})?|[A-Z][a-z]{2} [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]{8,18} [A-Z]{1,5}|[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?):? )?" +
        @"(?:(?:\S{1,64} )?kernel: )?(?:[a-z0-9]{1,8} *:[a-z]+ *: ?)?(?:<[0-9]{1,3}>)?" +
        @"(?:\[(?: *[0-9]+\.[0-9]+(?:,[0-9]+)?(?: *< *[0-9.]+ *>)?| *\+[0-9]+\.[0-9]+|[A-Z][a-z]{2} ?[ 0-9][0-9] [0-9]{2}:[0-9]{2}|[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [0-9]{4})\]" +
        @" ?(?:\S{1,64} kernel: )?(?: {0,2}\[ *(?:(?<caller>[CT][0-9]+)(?:@C?[0-9]+)?|[0-9]+: *[^\]:]{1,16}: *(?<pid>[0-9]+))\] ?)?)?",
        RegexOptions.CultureInvariant)]
    private static partial Regex Prefix();

    [GeneratedRegex(@"^(?:[0-9][^,; ]{0,60},)?[0-9]+,[0-9]+,[0-9]+,[^;,]{0,2}(?:,caller=(?<caller>[CT][0-9]+))?(?:,[^;]{0,80})?;", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex KmsgRecord();

    // A terminal's colours, which dmesg and many consoles add.
    [GeneratedRegex(@"\x1B(?:\[[0-9;?]*[ -/]*[@-~]|[@-Z\\-_])", RegexOptions.CultureInvariant)]
    private static partial Regex Colour();
}
