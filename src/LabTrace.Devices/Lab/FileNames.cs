using System.Text;

namespace LabTrace.Devices;

/// <summary>File names made of what people wrote.</summary>
internal static class FileNames
{
    private const int Longest = 80;

    /// <summary>Keeps letters, digits, dots and hyphens, and puts one hyphen for whatever else stands between them.</summary>
    public static string Of(string text)
    {
        var name = new StringBuilder();
        foreach (var c in text)
        {
            if (char.IsLetterOrDigit(c) || (c is '.' or '_' && name.Length > 0))
            {
                _ = name.Append(c);
            }
            else if (name.Length > 0 && name[^1] != '-')
            {
                _ = name.Append('-');
            }
        }

        var kept = name.ToString(0, Math.Min(name.Length, Longest)).TrimEnd('-', '.');
        return kept.Length > 0 ? kept : "unnamed";
    }
}
