namespace LabTrace.Cli.Tests;

/// <summary>Finds the checkout the tests were built from, whatever directory they run in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal));

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "LabTrace.sln")))
            {
                return directory.FullName;
            }
        }

        throw new DirectoryNotFoundException($"no LabTrace.sln above {AppContext.BaseDirectory}");
    }
}
