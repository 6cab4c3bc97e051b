namespace LabTrace.Devices;

/// <summary>Finds the file behind a program's or library's name on a target, where its loader would look.</summary>
internal sealed class BinaryFinder(ITarget target)
{
    private static readonly string[] ProgramDirectories = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>The absolute path of a file that is there.</summary>
    /// <exception cref="NotOnTargetException">No such file is where it could be.</exception>
    public async Task<string> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (name.StartsWith('/'))
        {
            return await IsFileAsync(name, cancellationToken)
                ? name
                : throw new NotOnTargetException($"no file {name} on target '{target.Name}'", "name a program or library that is installed there");
        }

        var directories = name.Contains(".so", StringComparison.Ordinal)
            ? await LibraryDirectoriesAsync(cancellationToken)
            : ProgramDirectories;
        foreach (var directory in directories)
        {
            if (await IsFileAsync($"{directory}/{name}", cancellationToken))
            {
                return $"{directory}/{name}";
            }
        }

        throw new NotOnTargetException(
            $"no program or library '{name}' on target '{target.Name}'; looked in {string.Join(", ", directories)}", "give its whole path");
    }

    private async Task<string[]> LibraryDirectoriesAsync(CancellationToken cancellationToken)
    {
        var machine = (await target.ReadKernelIdentityAsync(cancellationToken)).Machine;
        return [$"/lib/{machine}-linux-gnu", $"/usr/lib/{machine}-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib"];
    }

    private async ValueTask<bool> IsFileAsync(string path, CancellationToken cancellationToken) =>
        (await target.StatAsync(path, cancellationToken))?.Kind == FileKind.File;
}
