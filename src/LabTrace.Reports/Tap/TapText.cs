using System.Text;

namespace LabTrace.Reports.Tap;

/// <summary>Makes texts that no TAP reader can take for anything but a description.</summary>
/// <remarks>
/// Readers disagree on <c>\#</c> and <c>\\</c>, so only TAP 14, which defines them, writes them; elsewhere <c>#</c> and <c>\</c> become
/// their full-width twins, and so does, even in TAP 14, a <c>#</c> that a reader without escapes would take for a directive.
/// </remarks>
internal static class TapText
{
    private const char NumberSign = '\uFF03';
    private const char ReverseSolidus = '\uFF3C';

    public static string Describe(string name, TapForm form) => Plain(name, form) is { Length: > 0 } plain ? plain : "(no name)";

    /// <summary>A reason's second line, which says what to try, follows behind a semicolon.</summary>
    public static string Reason(string reason)
    {
        var lines = reason.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Plain(string.Join("; ", lines), TapForm.Tap13) is { Length: > 0 } plain ? plain : "no reason given";
    }

    private static string Plain(string text, TapForm form)
    {
        var line = VisibleText.Line(text).Trim();
        if (line.AsSpan().IndexOfAny('#', '\\') < 0)
        {
            // A brace at the end opens subtests in TAP 14.
            return form == TapForm.Tap14 && line.EndsWith('{') ? $"{line[..^1]}\uFF5B" : line;
        }

        if (form != TapForm.Tap14)
        {
            return line.Replace('#', NumberSign).Replace('\\', ReverseSolidus);
        }

        var escaped = new StringBuilder(line.Length + 8);
        for (var i = 0; i < line.Length; i++)
        {
            _ = line[i] switch
            {
                '#' when StartsDirective(line.AsSpan(i + 1)) => escaped.Append(NumberSign),
                '#' or '\\' => escaped.Append('\\').Append(line[i]),
                '{' when i == line.Length - 1 => escaped.Append('\uFF5B'),
                var other => escaped.Append(other),
            };
        }

        return escaped.ToString();
    }

    private static bool StartsDirective(ReadOnlySpan<char> text)
    {
        text = text.TrimStart();
        return text.StartsWith("skip", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("todo", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("time=", StringComparison.OrdinalIgnoreCase);
    }
}
