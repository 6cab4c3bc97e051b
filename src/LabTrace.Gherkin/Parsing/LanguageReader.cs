namespace LabTrace.Gherkin.Parsing;

/// <summary>Reads <c># language: de</c>.</summary>
internal static class LanguageReader
{
    public static bool TryRead(ReadOnlySpan<char> line, out ReadOnlySpan<char> name)
    {
        name = default;
        if (!TryTake(ref line, "#") || !TryTake(ref line, "language") || !TryTake(ref line, ":"))
        {
            return false;
        }

        name = line.Trim();
        foreach (var character in name)
        {
            if (!char.IsAsciiLetter(character) && character is not ('-' or '_'))
            {
                return false;
            }
        }

        return name.Length > 0;
    }

    private static bool TryTake(ref ReadOnlySpan<char> line, string expected)
    {
        line = line.TrimStart();
        if (!line.StartsWith(expected, StringComparison.Ordinal))
        {
            return false;
        }

        line = line[expected.Length..];
        return true;
    }
}
