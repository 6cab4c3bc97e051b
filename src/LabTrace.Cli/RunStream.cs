namespace LabTrace.Cli;

/// <summary>The message stream of a run that was, found from what a person names: its directory or the file itself.</summary>
/// <param name="Path">The file; <c>-</c> is standard input.</param>
/// <param name="Directory">The run's directory, which links in the stream are relative to; null for standard input.</param>
internal sealed record RunStream(string Path, string? Directory)
{
    /// <summary>The stream's name in a run's directory.</summary>
    public const string FileName = "messages.ndjson";

    private const string StandardInput = "-";

    /// <summary>Finds it.</summary>
    /// <exception cref="UsageException">There is no such directory or file, or the directory holds no stream.</exception>
    public static RunStream Find(string runOrFile)
    {
        if (runOrFile == StandardInput)
        {
            return new RunStream(StandardInput, null);
        }

        if (System.IO.Directory.Exists(runOrFile))
        {
            var file = System.IO.Path.Combine(runOrFile, FileName);
            return File.Exists(file)
                ? new RunStream(file, runOrFile)
                : throw new UsageException($"'{runOrFile}' is no run: it has no {FileName}\n  try: a directory that `labtrace run` made, or a message stream file");
        }

        return File.Exists(runOrFile)
            ? new RunStream(runOrFile, System.IO.Path.GetDirectoryName(runOrFile) is { Length: > 0 } directory ? directory : ".")
            : throw new UsageException($"there is no run '{runOrFile}'\n  try: a directory that `labtrace run` made, or a message stream file");
    }

    /// <summary>Opens it.</summary>
    /// <exception cref="UsageException">It cannot be opened.</exception>
    public Stream Open()
    {
        try
        {
            return Path == StandardInput ? Console.OpenStandardInput() : File.OpenRead(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{Path}' cannot be read: {e.Message}");
        }
    }
}
