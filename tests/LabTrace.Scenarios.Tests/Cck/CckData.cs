namespace LabTrace.Scenarios.Tests.Cck;

/// <summary>Where the case that runs keeps its files.</summary>
internal static class CckData
{
    private static readonly AsyncLocal<string> Current = new();

    public static string Directory
    {
        get => Current.Value!;
        set => Current.Value = value;
    }

    public static byte[] Bytes(string file) => File.ReadAllBytes(Path.Combine(Directory, file));
}
