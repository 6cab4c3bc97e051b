namespace LabTrace.Reports.Tap;

/// <summary>Makes texts that no TAP reader can take for anything but a description.</summary>
/// <remarks>
/// Readers disagree on <c>\#</c> and <c>\\</c>, so neither is written: <c>#</c> and <c>\</c> become their full-width twins. What
/// remains cannot be a directive, an escape, or another line.
/// </remarks>
internal static class TapText
{
    public static string Describe(string name) => Plain(name) is { Length: > 0 } plain ? plain : "(no name)";

    /// <summary>A reason's second line, which says what to try, follows behind a semicolon.</summary>
    public static string Reason(string reason)
    {
        var lines = reason.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Plain(string.Join("; ", lines)) is { Length: > 0 } plain ? plain : "no reason given";
    }

    private static string Plain(string text) => VisibleText.Line(text).Replace('#', '\uFF03').Replace('\\', '\uFF3C').Trim();
}
