namespace LabTrace.Cli;

/// <summary>Where features are when nobody says.</summary>
internal static class FeaturePaths
{
    private const string Folder = "features";

    /// <summary>The paths given, or the folder <c>features</c>.</summary>
    /// <exception cref="UsageException">None is given, and there is no such folder here.</exception>
    public static IReadOnlyList<string> OrDefault(IReadOnlyList<string> paths) => (paths.Count, Directory.Exists(Folder)) switch
    {
        (> 0, _) => paths,
        (_, true) => [Folder],
        _ => throw new UsageException($"there is no folder '{Folder}' here\n  try: give a path, or run it where your features are"),
    };
}
