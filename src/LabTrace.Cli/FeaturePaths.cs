using LabTrace.Scenarios;

namespace LabTrace.Cli;

/// <summary>Where features are when nobody says.</summary>
internal static class FeaturePaths
{
    private const string Folder = "features";

    /// <summary>The paths given, or the folder <c>features</c>.</summary>
    /// <exception cref="UsageException">None is given, and there is no such folder here.</exception>
    public static IReadOnlyList<string> OrDefault(IReadOnlyList<string> paths) => (paths.Count, Directory.Exists(Folder)) switch
    {
        ( > 0, _) => paths,
        (_, true) => [Folder],
        _ => throw new UsageException($"there is no folder '{Folder}' here\n  try: give a path, or run it where your features are"),
    };

    /// <summary>A mistake in a feature file, position first as compilers write it.</summary>
    public static string Describe(FeatureError error)
    {
        var (line, column) = (error.Location.Line, error.Location.Column);
        if (line == 0)
        {
            return $"labtrace: {error.Message}";
        }

        // The parser's own message starts with the position as well.
        var position = $"({line}:{column}): ";
        var message = error.Message.StartsWith(position, StringComparison.Ordinal) ? error.Message[position.Length..] : error.Message;
        return $"{error.Uri}:{line}:{column}: {message}";
    }
}
