namespace LabTrace.Reports.Tap;

/// <summary>Makes texts that no TAP reader can take for anything but a description.</summary>
/// <remarks>
/// Readers disagree on <c>\#</c>: meson misses a SKIP behind one, even in TAP 14, which defines it. So <c>#</c> becomes its full-width twin
/// in every dialect, and <c>\</c> where there are no escapes. kunit_parser takes a dash off the front of a name, and then misses it.
/// </remarks>
internal static class TapText
{
    private const char NumberSign = '\uFF03';
    private const char LeftBrace = '\uFF5B';
    private const char Hyphen = '\uFF0D';
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
        var line = VisibleText.Line(text).Trim().Replace('#', NumberSign);
        if (form != TapForm.Tap14)
        {
            line = line.Replace('\\', ReverseSolidus);
            return form == TapForm.Ktap1 && line.StartsWith('-') ? $"{Hyphen}{line[1..]}" : line;
        }

        // A brace at the end opens subtests in TAP 14.
        line = line.Replace(@"\", @"\\");
        return line.EndsWith('{') ? $"{line[..^1]}{LeftBrace}" : line;
    }
}
