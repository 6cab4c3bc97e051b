using System.Text;

namespace LabTrace.Reports.JUnit;

/// <summary>Writes XML of elements, attributes and text; nothing that a target wrote can make it anything else.</summary>
/// <remarks>By hand, because every start would pay for compiling the framework's writer.</remarks>
internal sealed class XmlText
{
    private readonly StringBuilder _text = new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    private readonly Stack<string> _open = new();
    private bool _isTagOpen;

    public XmlText Open(string name)
    {
        CloseTag();
        _text.Append('<').Append(name);
        _open.Push(name);
        _isTagOpen = true;
        return this;
    }

    /// <summary>An attribute of the element opened last; null leaves it out.</summary>
    public XmlText Attribute(string name, string? value)
    {
        if (value is not null)
        {
            _text.Append(' ').Append(name).Append("=\"");
            Escape(value, isAttribute: true);
            _text.Append('"');
        }

        return this;
    }

    public XmlText Text(string text)
    {
        CloseTag(breaks: false);
        Escape(text, isAttribute: false);
        return this;
    }

    public XmlText Close(bool breaks = true)
    {
        var name = _open.Pop();
        if (_isTagOpen)
        {
            _text.Append("/>");
            _isTagOpen = false;
        }
        else
        {
            _text.Append("</").Append(name).Append('>');
        }

        if (breaks)
        {
            _text.Append('\n');
        }

        return this;
    }

    /// <summary>An element with nothing but text.</summary>
    public XmlText Element(string name, string text) => Open(name).Text(text).Close();

    public override string ToString() => _text.ToString();

    private void CloseTag(bool breaks = true)
    {
        if (_isTagOpen)
        {
            _text.Append(breaks ? ">\n" : ">");
            _isTagOpen = false;
        }
    }

    /// <summary>Control characters, which XML cannot hold, become their pictures; halves of characters become U+FFFD.</summary>
    private void Escape(string text, bool isAttribute)
    {
        text = VisibleText.Lines(text);
        if (IsPlain(text))
        {
            _text.Append(text);
            return;
        }

        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            _ = character switch
            {
                '&' => _text.Append("&amp;"),
                '<' => _text.Append("&lt;"),
                '>' => _text.Append("&gt;"),
                '"' when isAttribute => _text.Append("&quot;"),
                '\n' when isAttribute => _text.Append("&#10;"),
                '\t' when isAttribute => _text.Append("&#9;"),
                '\uFFFE' or '\uFFFF' => _text.Append('\uFFFD'),
                _ when char.IsHighSurrogate(character) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) => _text.Append(character).Append(text[++i]),
                _ when char.IsSurrogate(character) => _text.Append('\uFFFD'),
                _ => _text.Append(character),
            };
        }
    }

    private static bool IsPlain(string text)
    {
        foreach (var character in text)
        {
            if (character is < ' ' or > '~' or '&' or '<' or '>' or '"')
            {
                return false;
            }
        }

        return true;
    }
}
