using System.Text;

namespace LabTrace.Tracing;

/// <summary>Names in fields of fixed size, filled with NUL.</summary>
internal static class GrtText
{
    public static string Read(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    /// <summary>Writes a name; what does not fit is cut before the character that does not.</summary>
    public static void Write(Span<byte> field, string name)
    {
        field.Clear();
        _ = Encoding.UTF8.TryGetBytes(name, field, out _) ? 0 : WriteCut(field, name);
    }

    private static int WriteCut(Span<byte> field, string name)
    {
        field.Clear();
        var at = 0;
        foreach (var rune in name.EnumerateRunes())
        {
            if (!rune.TryEncodeToUtf8(field[at..], out var bytes))
            {
                field[at..].Clear();
                break;
            }

            at += bytes;
        }

        return at;
    }
}
