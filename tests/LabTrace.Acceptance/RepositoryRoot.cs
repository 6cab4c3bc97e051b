namespace LabTrace.Acceptance;

/// <summary>The checkout the tests were built from.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(directory.FullName, "LabTrace.sln")))
            {
                return directory.FullName;
            }
        }

        throw new DirectoryNotFoundException($"no LabTrace.sln above {AppContext.BaseDirectory}");
    }
}
