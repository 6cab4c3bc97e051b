using System.Text;

namespace LabTrace.Reports.Terminal;

/// <summary>Text for a terminal or a log. Everything that comes from elsewhere is made harmless on its way in.</summary>
internal sealed class ReportText(bool useColours)
{
    private readonly StringBuilder _text = new();

    public ReportText Write(string text, Colour colour = Colour.None) => Put(VisibleText.Line(text), colour);

    public ReportText EndLine()
    {
        _text.Append('\n');
        return this;
    }

    public ReportText Line(string text, Colour colour = Colour.None) => Write(text, colour).EndLine();

    /// <summary>One or more lines, each behind the same blanks.</summary>
    public ReportText Block(string text, int indent, Colour colour = Colour.None)
    {
        foreach (var line in VisibleText.Lines(text).TrimEnd().Split('\n'))
        {
            if (line.Length > 0)
            {
                _text.Append(' ', indent);
                Put(line, colour);
            }

            EndLine();
        }

        return this;
    }

    public override string ToString() => _text.ToString();

    private ReportText Put(string text, Colour colour)
    {
        if (useColours && colour != Colour.None && text.Length > 0)
        {
            _text.Append("\u001b[").Append((int)colour).Append('m').Append(text).Append("\u001b[0m");
        }
        else
        {
            _text.Append(text);
        }

        return this;
    }
}

/// <summary>Colours by their ANSI number.</summary>
internal enum Colour
{
    None = 0,
    Faint = 2,
    Red = 31,
    Green = 32,
    Yellow = 33,
    Magenta = 35,
}
