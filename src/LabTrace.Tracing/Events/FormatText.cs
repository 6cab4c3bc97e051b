using System.Globalization;

namespace LabTrace.Tracing;

/// <summary>The <c>key:value;</c> attributes of a line in a format file.</summary>
internal static class FormatText
{
    /// <summary>Reads the number behind <paramref name="key"/>; false when it is absent or no small whole number.</summary>
    public static bool TryAttribute(ReadOnlySpan<char> line, ReadOnlySpan<char> key, out int value)
    {
        value = 0;
        var at = line.IndexOf(key);
        if (at < 0)
        {
            return false;
        }

        var rest = line[(at + key.Length)..];
        var end = rest.IndexOf(';');
        return int.TryParse(end < 0 ? rest : rest[..end], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out value)
               && value is >= 0 and <= SubBufferLayout.MaxSize;
    }
}
