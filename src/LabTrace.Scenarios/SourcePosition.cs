namespace LabTrace.Scenarios;

/// <summary>A line of step code.</summary>
/// <param name="File">The file, from the repository's root, or null when the attribute does not tell.</param>
/// <param name="Line">One-based, or 0 when not known.</param>
public readonly record struct SourcePosition(string? File, int Line)
{
    /// <summary><c>file:line</c>, or nothing when not known.</summary>
    public override string ToString() => File is null ? string.Empty : Line > 0 ? $"{File}:{Line}" : File;

    /// <summary>Makes the compiler's path repository-relative: PathMap has it start at <c>./</c>.</summary>
    internal static SourcePosition FromCaller(string? path, int line) =>
        string.IsNullOrEmpty(path) ? default : new SourcePosition(path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path, line);
}
