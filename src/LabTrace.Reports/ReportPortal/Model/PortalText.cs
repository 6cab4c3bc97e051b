namespace LabTrace.Reports.ReportPortal.Model;

/// <summary>Texts as the server takes them: no control characters (its database refuses NUL), no longer than its limits.</summary>
internal static class PortalText
{
    /// <summary>The longest name of a launch, in characters.</summary>
    public const int LaunchName = 256;

    /// <summary>The longest name of an item, code reference or test case id.</summary>
    public const int ItemName = 1024;

    /// <summary>The longest description.</summary>
    public const int Description = 65536;

    /// <summary>The longest key or value of an attribute.</summary>
    public const int Attribute = 512;

    /// <summary>The most attributes of one launch or item.</summary>
    public const int Attributes = 256;

    private const string NoName = "(no name)";

    /// <summary>One line of at most so many characters; never empty.</summary>
    public static string Name(string text, int longest) => Cut(VisibleText.Line(text).Trim(), longest) is { Length: > 0 } name ? name : NoName;

    /// <summary>One or more lines of at most so many characters; null if there is nothing in them.</summary>
    public static string? Lines(string? text, int longest = Description) =>
        text is null ? null : Cut(VisibleText.Lines(text).Trim('\n'), longest) is { Length: > 0 } lines && !string.IsNullOrWhiteSpace(lines) ? lines : null;

    /// <summary>The first line.</summary>
    public static string FirstLine(string text)
    {
        var line = text.AsSpan().TrimStart();
        var end = line.IndexOfAny('\r', '\n');
        return (end < 0 ? line : line[..end]).TrimEnd().ToString();
    }

    private static string Cut(string text, int longest)
    {
        if (text.Length <= longest)
        {
            return text;
        }

        // No half of a character that takes two.
        var end = longest - 1;
        return text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)] + "…";
    }
}
