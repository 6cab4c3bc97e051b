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

    private static readonly SearchValues<char> Stamp = SearchValues.Create(".0123456789");

    /// <summary>A frame the unwinder found on the stack without being sure that it was called.</summary>
    public bool IsGuess => (GuessedFrame().IsMatch(Text) || Text.Contains("(unreliable)", StringComparison.Ordinal))
        && !Text.Contains("<EOI>", StringComparison.Ordinal);

    public static LogLine Parse(string line)
    {
        var text = line.EndsWith('\r') ? line[..^1] : line;
        if (!text.AsSpan().ContainsAny(']', ';'))
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
        if (!prefix.Success)
        {
            return new LogLine("", text);
        }

        var caller = prefix.Groups["caller"];
        return new LogLine(caller.Success ? caller.Value : Console, text[prefix.Length..]);
    }

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

        line = new LogLine(caller, text[(at < text.Length && text[at] == ' ' ? at + 1 : at)..]);
        return true;
    }

    [GeneratedRegex(@"^(?:\[<[0-9a-f]+>\])? *\?\s+[a-zA-Z0-9_.]+\+0x[0-9a-f]+/", RegexOptions.CultureInvariant)]
    private static partial Regex GuessedFrame();

    // What stands before the text: dropped-message notes, a login prompt without a newline, syslog's or journald's stamp, dmesg -x's
    // facility, the level, the time since boot or dmesg -T's date, and CONFIG_PRINTK_CALLER's task or cpu.
    [GeneratedRegex(
        @"^(?:\*\* [0-9]+ printk messages dropped \*\* )?(?:.{0,200}? login: )?" +
        @"(?:(?:[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.,+Z-]+) \S{1,64} kernel: )?(?:[a-z0-9]{1,8} *:[a-z]+ *: *)?(?:<[0-9]{1,3}>)?" +
        @"\[(?: *[0-9]+\.[0-9]+|[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [0-9]{4})\](?:\[ *(?<caller>[CT][0-9]+)\])? ?",
        RegexOptions.CultureInvariant)]
    private static partial Regex Prefix();

    [GeneratedRegex(@"^[0-9]+,[0-9]+,[0-9]+,[^;,]{0,2}(?:,caller=(?<caller>[CT][0-9]+))?(?:,[^;]{0,80})?;", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex KmsgRecord();
}
