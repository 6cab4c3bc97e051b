namespace LabTrace.Gherkin.Tests;

internal static class Fixtures
{
    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> Lines(string path) => File.ReadLines(Path.Combine(Root, path));

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "LabTrace.sln")))
        {
            directory = directory.Parent;
        }

        return Path.Combine(directory?.FullName ?? throw new DirectoryNotFoundException("no LabTrace.sln above the tests"), "fixtures");
    }
}
