using System.Text;
using LabTrace.Gherkin.Ast;

namespace LabTrace.Gherkin.Parsing;

/// <summary>Reads <c>| a | b\|c |</c>. What stands behind the last bar is not a cell.</summary>
internal static class CellReader
{
    private const string Blanks = " \t\v\f\r\u0085\u00A0";

    public static TableCell[] ReadCells(in Line line)
    {
        var text = line.Trimmed;
        var cells = new List<TableCell>();
        var start = 1;
        while (start < text.Length)
        {
            var rest = text[start..];
            var end = rest.IndexOfAny('|', '\\');
            if (end < 0)
            {
                break;
            }

            ReadOnlySpan<char> raw;
            if (rest[end] == '|')
            {
                raw = rest[..end];
            }
            else if (!TryUnescape(rest, out var unescaped, out end))
            {
                break;
            }
            else
            {
                raw = unescaped;
            }

            var trimmed = raw.TrimStart(Blanks);
            var column = line.Column + start + raw.Length - trimmed.Length;
            cells.Add(new TableCell(new Location(line.Number, column), trimmed.TrimEnd(Blanks).ToString()));
            start += end + 1;
        }

        return [.. cells];
    }

    /// <summary>Reads a cell that has a backslash, up to its bar.</summary>
    private static bool TryUnescape(ReadOnlySpan<char> rest, out string cell, out int end)
    {
        var builder = new StringBuilder();
        for (end = 0; end < rest.Length; end++)
        {
            var character = rest[end];
            if (character == '|')
            {
                cell = builder.ToString();
                return true;
            }

            if (character != '\\' || end + 1 == rest.Length)
            {
                builder.Append(character);
                continue;
            }

            end++;
            _ = rest[end] switch
            {
                'n' => builder.Append('\n'),
                '|' or '\\' => builder.Append(rest[end]),
                _ => builder.Append('\\').Append(rest[end]),
            };
        }

        cell = "";
        return false;
    }
}
