using System.Text.RegularExpressions;
using LabTrace.Reports.History;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Cli;

/// <summary>What an earlier run left in a directory that is used again: taken away, so that nobody takes it for the new run's.</summary>
/// <remarks>
/// Only what LabTrace itself named is removed: files with its generated names, and the captures that the earlier stream links. What is
/// left to deliver to a server stays, for it is delivered by <c>labtrace report --drain</c>.
/// </remarks>
internal static partial class EarlierRun
{
    private const string Captures = "captures";
    private static readonly string[] GeneratedIn = ["evidence", "kernel", "measurements"];

    /// <summary>Removes it; nothing where there was no run.</summary>
    /// <param name="directory">The run's directory.</param>
    /// <param name="cancellationToken">Gives the reading up.</param>
    /// <exception cref="IOException">Something cannot be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">Something may not be removed.</exception>
    public static async Task RemoveAsync(string directory, CancellationToken cancellationToken)
    {
        var stream = Path.Combine(directory, RunStream.FileName);
        if (!File.Exists(stream))
        {
            return;
        }

        foreach (var captures in await FindCapturesAsync(stream, cancellationToken))
        {
            RemoveDirectory(Path.Combine(directory, Captures, captures));
        }

        foreach (var folder in GeneratedIn.Select(name => Path.Combine(directory, name)).Where(Directory.Exists))
        {
            foreach (var file in Directory.EnumerateFiles(folder).Where(static f => GeneratedName().IsMatch(Path.GetFileName(f))))
            {
                File.Delete(file);
            }
        }

        File.Delete(Path.Combine(directory, RunStore.SummaryName));
        File.Delete(stream);
    }

    private static async Task<IReadOnlySet<string>> FindCapturesAsync(string stream, CancellationToken cancellationToken)
    {
        HashSet<string> found = new(StringComparer.Ordinal);
        try
        {
            await using var input = File.OpenRead(stream);
            await foreach (var envelope in MessageReader.ReadAsync(input, cancellationToken))
            {
                if (envelope.ExternalAttachment?.Url.Split('/') is [Captures, { Length: > 0 } name, _] && name is not ("." or ".."))
                {
                    _ = found.Add(name);
                }
            }
        }
        catch (MessageFormatException)
        {
            // What stands before the broken line is known; the rest stays.
        }

        return found;
    }

    private static void RemoveDirectory(string directory)
    {
        if (Directory.Exists(directory) && new DirectoryInfo(directory).LinkTarget is null)
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [GeneratedRegex(@"^[0-9a-f]{32}\.[a-z.-]{1,40}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex GeneratedName();
}
