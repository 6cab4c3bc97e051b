using System.Text;

namespace LabTrace.Reports.Tap;

/// <summary>The YAML block below a <c>not ok</c> line.</summary>
internal sealed class TapYaml(StringBuilder output, string indent)
{
    private const string LooksEmpty = "\u2800";

    public void Open() => Line("---");

    public void Close() => Line("...");

    /// <summary>A value on one line.</summary>
    public void Add(string key, string value) => Line($"{key}: {Quote(VisibleText.Line(value))}");

    /// <summary>A number, as it is.</summary>
    public void AddNumber(string key, string number) => Line($"{key}: {number}");

    /// <summary>A value of one or more lines, which stay lines.</summary>
    /// <remarks>
    /// prove knows of block scalars only <c>|</c>, wants blanks on every line of the block, and takes the first line's indentation
    /// for the block's. A text whose first line is indented deeper than another is written on one line. meson ends a block at a line of
    /// blanks, so an empty line gets a character that looks like one and is none.
    /// </remarks>
    public void AddLines(string key, string value)
    {
        var lines = VisibleText.Lines(value).Replace('\t', ' ').Trim('\n').TrimEnd().Split('\n');
        if (lines.Length == 1 || lines[0] is [' ', ..])
        {
            Add(key, string.Join(" / ", lines.Select(line => line.Trim())));
            return;
        }

        Line($"{key}: |");
        foreach (var line in lines)
        {
            Line("  " + Harmless(line.TrimEnd()));
        }
    }

    /// <summary>A line that a reader could take for the end or start of the block is changed to look the same.</summary>
    private static string Harmless(string line) => line.Trim() switch
    {
        "..." => line.Replace("...", "\u2026"),
        "---" => line.Replace("---", "\u2014"),
        "" => LooksEmpty,
        _ => line,
    };

    private static string Quote(string value) => $"\"{value.Replace("\\", @"\\").Replace("\"", "\\\"")}\"";

    private void Line(string text) => output.Append(indent).Append(text).Append('\n');
}
