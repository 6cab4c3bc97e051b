using System.Buffers;
using System.Text;

namespace LabTrace.Reports;

/// <summary>Makes text from a target harmless to show: control characters become their pictures.</summary>
internal static class VisibleText
{
    private const char PictureOfNull = '\u2400';
    private const char PictureOfDelete = '\u2421';
    private const char Replacement = '\uFFFD';

    private static readonly SearchValues<char> Special = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7F, 0x21)).Select(code => (char)code), '\u2028', '\u2029', .. Directions()]);

    /// <summary>One or more lines; line ends and tabs stay.</summary>
    public static string Lines(string text) => Make(text.ReplaceLineEndings("\n"), keepLines: true);

    /// <summary>One line; line ends and tabs become blanks.</summary>
    public static string Line(string text) => Make(text.ReplaceLineEndings("\n"), keepLines: false);

    private static string Make(string text, bool keepLines)
    {
        if (text.AsSpan().IndexOfAny(Special) < 0)
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
                _ => Special.Contains(character) ? Replacement : character,
            });
        }

        return visible.ToString();
    }

    /// <summary>Characters that turn the direction of what follows, so that it reads as something else.</summary>
    private static IEnumerable<char> Directions() =>
        Enumerable.Range(0x202A, 5).Concat(Enumerable.Range(0x2066, 4)).Select(code => (char)code);
}
