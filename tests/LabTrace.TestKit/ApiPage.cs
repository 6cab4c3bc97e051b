namespace LabTrace.TestKit;

/// <summary>
/// Reads a listing of a public API: <c>## Namespace</c>, below it <c>class Name&lt;T&gt; : Base</c> or <c>enum Name</c>, and below that,
/// indented, one member a line.
/// </summary>
public static class ApiPage
{
    public static IReadOnlyList<ApiType> Read(IEnumerable<string> lines)
    {
        var types = new List<ApiType>();
        var space = string.Empty;
        foreach (var line in lines.Where(line => line.Length > 0))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                space = line.Split(' ')[1];
            }
            else if (line[0] == ' ')
            {
                types[^1].Members.Add(line.Trim());
            }
            else
            {
                var (head, _, baseType) = Split(line, " : ");
                types.Add(new ApiType(space, head.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1], head[..head.LastIndexOf(' ')], baseType));
            }
        }

        return types;
    }

    private static (string Before, string Separator, string? After) Split(string text, string separator) =>
        text.IndexOf(separator, StringComparison.Ordinal) is >= 0 and var at ? (text[..at], separator, text[(at + separator.Length)..]) : (text, separator, null);
}

/// <summary>A type of the listing.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name with type parameters.</param>
/// <param name="Kind"><c>class</c>, <c>static class</c>, <c>interface</c>, <c>struct</c> or <c>enum</c>.</param>
/// <param name="Base">Its base class, or null.</param>
public sealed record ApiType(string Namespace, string Name, string Kind, string? Base)
{
    /// <summary>The members, one a line; an enum's are its names in one line.</summary>
    public List<string> Members { get; } = [];
}
