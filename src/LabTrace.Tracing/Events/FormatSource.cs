using System.Globalization;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>The text of an event's format that nobody has asked for yet. A kernel has thousands; a trace needs a few.</summary>
/// <param name="System">The event system.</param>
/// <param name="Text">The format file.</param>
internal readonly record struct FormatSource(string System, ReadOnlyMemory<byte> Text)
{
    /// <summary>Reads what every format file starts with, <c>name: NAME</c> and <c>ID: NUMBER</c>.</summary>
    public bool TryHead(out EventName name, out int id)
    {
        var text = Text.Span;
        id = -1;
        name = default;
        if (!TryLine(ref text, "name:"u8, out var nameText) || !TryLine(ref text, "ID:"u8, out var idText))
        {
            return false;
        }

        name = new EventName(System, Encoding.UTF8.GetString(nameText));
        return nameText.Length > 0 && int.TryParse(idText, NumberStyles.None, CultureInfo.InvariantCulture, out id);
    }

    private static bool TryLine(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        var end = text.IndexOf((byte)'\n');
        var line = end < 0 ? text : text[..end];
        text = end < 0 ? [] : text[(end + 1)..];
        value = line.StartsWith(key) ? line[key.Length..].Trim(" \t\r"u8) : default;
        return line.StartsWith(key);
    }
}
