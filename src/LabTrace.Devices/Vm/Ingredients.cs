using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LabTrace.Devices.Vm;

/// <summary>The files that something in the cache was made of, and what it was asked to be: while neither changes, it need not be made again.</summary>
/// <param name="cache">Where the lists are.</param>
/// <param name="request">All else that the result depends on: another text is another thing.</param>
internal sealed class Ingredients(VmCache cache, string request)
{
    private const string Folder = "ingredients";

    private readonly string _list = cache.At(Folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request))));

    /// <summary>The file that was made of the same, or null when a file it was made of has changed, or it is gone.</summary>
    public string? FindResult()
    {
        try
        {
            var lines = File.ReadAllLines(_list);
            var result = lines.Length > 1 && lines.Skip(1).All(line => line == Line(line[(line.LastIndexOf('\t') + 1)..])) ? cache.At(lines[0]) : null;
            if (result is null || !File.Exists(result))
            {
                return null;
            }

            // Those used last are kept.
            VmCache.Touch(result);
            VmCache.Touch(_list);
            return result;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Notes what a result was made of.</summary>
    /// <param name="result">Its name in the cache.</param>
    /// <param name="files">Absolute paths.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public async Task NoteAsync(string result, IEnumerable<string> files, CancellationToken cancellationToken)
    {
        if (File.Exists(_list))
        {
            File.Delete(_list);
        }

        string[] lines = [result, .. files.Distinct(StringComparer.Ordinal).Select(Line)];
        _ = await cache.FileAsync(Path.Combine(Folder, Path.GetFileName(_list)), path => File.WriteAllLinesAsync(path, lines, cancellationToken), cancellationToken);
        cache.Prune(Folder);
    }

    private static string Line(string file)
    {
        var info = new FileInfo(file);
        return info.Exists ? string.Create(CultureInfo.InvariantCulture, $"{info.LastWriteTimeUtc.Ticks}\t{info.Length}\t{file}") : $"gone\t\t{file}";
    }
}
