namespace LabTrace.Reports.Tap;

/// <summary>Makes texts that no TAP reader can take for anything but a description.</summary>
/// <remarks>
/// Readers disagree on <c>\#</c> and <c>\\</c>, so neither is written: <c>#</c> and <c>\</c> become their full-width twins. What
/// remains cannot be a directive, an escape, or another line.
/// </remarks>
internal static class TapText
{
    public static string Describe(string name) => Plain(name) is { Length: > 0 } plain ? plain : "(no name)";

    public static string Reason(string reason) => Plain(reason) is { Length: > 0 } plain ? plain : "no reason given";

    private static string Plain(string text) => VisibleText.Line(text).Replace('#', '\uFF03').Replace('\\', '\uFF3C').Trim();
}
