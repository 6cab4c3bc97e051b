using System.Globalization;
using LabTrace.Gherkin;
using LabTrace.Gherkin.Ast;

namespace LabTrace.Scenarios;

/// <summary>The feature files of a run, parsed; the errors of all of them are collected.</summary>
public sealed class FeatureSet
{
    private FeatureSet(IReadOnlyList<FeatureFile> files, IReadOnlyList<FeatureError> errors, IdSource ids)
    {
        Files = files;
        Errors = errors;
        Ids = ids;
    }

    /// <summary>The files in the order given; those of a directory by path.</summary>
    public IReadOnlyList<FeatureFile> Files { get; }

    /// <summary>Every syntax error of every file, and every path that does not exist.</summary>
    public IReadOnlyList<FeatureError> Errors { get; }

    /// <summary>The selected scenarios of all files in order.</summary>
    public IEnumerable<Pickle> Pickles => Files.SelectMany(file => file.Pickles);

    /// <summary>Hands out the ids of the message stream; the runner goes on where the parser stopped.</summary>
    internal IdSource Ids { get; }

    /// <summary>Reads files, directories (<c>*.feature</c> and <c>*.feature.md</c> below them) and <c>file.feature:LINE[:LINE]…</c>.</summary>
    /// <param name="paths">What to read, relative to <paramref name="directory"/>.</param>
    /// <param name="directory">The directory that paths and uris are relative to, or null for the current one.</param>
    /// <param name="language">The dialect of features that name none.</param>
    public static FeatureSet Load(IEnumerable<string> paths, string? directory = null, string language = "en")
    {
        ArgumentNullException.ThrowIfNull(paths);
        var root = directory ?? Directory.GetCurrentDirectory();
        var errors = new List<FeatureError>();
        var wanted = new Dictionary<string, SortedSet<int>?>(StringComparer.Ordinal);
        var order = new List<string>();
        foreach (var path in paths)
        {
            var (file, lines) = SplitLines(path);
            var full = Path.GetFullPath(file, root);
            if (Directory.Exists(full))
            {
                foreach (var found in FilesBelow(full))
                {
                    Want(wanted, order, found, null);
                }
            }
            else if (File.Exists(full))
            {
                Want(wanted, order, full, lines);
            }
            else
            {
                errors.Add(new FeatureError(file, default, $"no file or directory '{file}'\n  try: give a feature file, a directory of them, or file.feature:LINE"));
            }
        }

        var ids = new IdSource();
        var files = new List<FeatureFile>(order.Count);
        foreach (var path in order)
        {
            string text;
            try
            {
                text = File.ReadAllText(path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                errors.Add(new FeatureError(UriOf(path, root), default, error.Message));
                continue;
            }

            files.Add(FeatureFile.Parse(UriOf(path, root), text, wanted[path], ids, errors, language));
        }

        return new FeatureSet(files, errors, ids);
    }

    /// <summary>Parses features that are in memory.</summary>
    /// <param name="features">The path each shall carry, and its text.</param>
    public static FeatureSet Parse(params IEnumerable<(string Uri, string Text)> features)
    {
        ArgumentNullException.ThrowIfNull(features);
        var ids = new IdSource();
        var errors = new List<FeatureError>();
        var files = features.Select(feature => FeatureFile.Parse(feature.Uri, feature.Text, null, ids, errors)).ToArray();
        return new FeatureSet(files, errors, ids);
    }

    /// <summary>The file a pickle comes from.</summary>
    /// <exception cref="ArgumentException">It is not of this set.</exception>
    public FeatureFile FileOf(Pickle pickle)
    {
        ArgumentNullException.ThrowIfNull(pickle);
        return Files.FirstOrDefault(file => file.Uri == pickle.Uri)
            ?? throw new ArgumentException($"scenario '{pickle.Name}' of {pickle.Uri} is not in this feature set", nameof(pickle));
    }

    /// <summary>An id of a scenario that is the same on every run and machine, as long as its file, name and place among scenarios of that name are.</summary>
    /// <returns>16 hexadecimal digits.</returns>
    /// <exception cref="ArgumentException">It is not of this set.</exception>
    public string IdOf(Pickle pickle)
    {
        ArgumentNullException.ThrowIfNull(pickle);
        return ScenarioIds.Of(pickle, FileOf(pickle).AllPickles);
    }

    private static void Want(Dictionary<string, SortedSet<int>?> wanted, List<string> order, string path, IReadOnlyList<int>? lines)
    {
        var seen = wanted.TryGetValue(path, out var before);
        if (!seen)
        {
            order.Add(path);
        }

        wanted[path] = lines is null or [] || (seen && before is null) ? null : [.. before ?? [], .. lines];
    }

    private static (string Path, IReadOnlyList<int> Lines) SplitLines(string path)
    {
        var lines = new List<int>();
        var rest = path;
        while (rest.LastIndexOf(':') is > 0 and var colon
            && int.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var line))
        {
            lines.Add(line);
            rest = rest[..colon];
        }

        return (rest, lines);
    }

    private static string[] FilesBelow(string directory)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false };
        string[] found =
        [
            .. Directory.EnumerateFiles(directory, "*", options)
                .Where(file => file.EndsWith(".feature", StringComparison.Ordinal) || file.EndsWith(FeatureFile.MarkdownEnding, StringComparison.Ordinal)),
        ];
        Array.Sort(found, StringComparer.Ordinal);
        return found;
    }

    private static string UriOf(string path, string root)
    {
        var relative = Path.GetRelativePath(root, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative.Replace('\\', '/');
    }
}

/// <summary>A mistake in a feature file, or a path that leads nowhere.</summary>
/// <param name="Uri">The file.</param>
/// <param name="Location">Where; line 0 for the file as a whole.</param>
/// <param name="Message">What was found and what was expected.</param>
public sealed record FeatureError(string Uri, Location Location, string Message)
{
    /// <summary><c>file:line: message</c>.</summary>
    public override string ToString() => Location.Line > 0 ? $"{Uri}:{Location.Line}: {Message}" : $"{Uri}: {Message}";
}
