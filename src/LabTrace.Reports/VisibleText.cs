using System.Text;

namespace LabTrace.Reports;

/// <summary>Makes text from a target harmless to show: control characters become their pictures.</summary>
internal static class VisibleText
{
    private const char PictureOfNull = '\u2400';
    private const char PictureOfDelete = '\u2421';
    private const char Replacement = '\uFFFD';

    /// <summary>One or more lines; line ends and tabs stay.</summary>
    public static string Lines(string text) => IsAscii(text) ? text : Make(text.ReplaceLineEndings("\n"), keepLines: true);

    /// <summary>One line; line ends and tabs become blanks.</summary>
    public static string Line(string text) => IsAscii(text) ? text : Make(text.ReplaceLineEndings("\n"), keepLines: false);

    /// <summary>Nearly all text is, and is shown as it stands.</summary>
    private static bool IsAscii(string text)
    {
        foreach (var character in text)
        {
            if (character is < ' ' or > '~')
            {
                return false;
            }
        }

        return true;
    }

    private static string Make(string text, bool keepLines)
    {
        var isPlain = true;
        foreach (var character in text)
        {
            isPlain &= !IsSpecial(character);
        }

        if (isPlain)
        {
            return text;
        }

        var visible = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            visible.Append(character switch
            {
                '\n' or '\t' => keepLines ? character : ' ',
                '\u2028' or '\u2029' or '\u0085' => ' ',
                < ' ' => (char)(PictureOfNull + character),
                '\u007F' => PictureOfDelete,
                _ => IsSpecial(character) ? Replacement : character,
            });
        }

        return visible.ToString();
    }

    /// <summary>Control characters, line separators, and what turns the direction of the text behind it.</summary>
    private static bool IsSpecial(char character) =>
        character is < ' ' or (>= '\u007F' and <= '\u009F') or (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
