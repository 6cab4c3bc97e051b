namespace LabTrace.Devices.Vm;

/// <summary>What virtual machines need and is fetched or made once: kernels, first file systems, states of booted machines.</summary>
internal sealed class VmCache
{
    private const int MostStates = 6;
    private const string Turns = "turns";

    /// <param name="path">Its directory, made when it is not there.</param>
    /// <exception cref="LabConfigException">It cannot be made.</exception>
    public VmCache(string path)
    {
        Root = path;
        try
        {
            _ = Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LabConfigException($"the cache {path} cannot be made: {e.Message}", "set XDG_CACHE_HOME to a directory that can be written", e);
        }
    }

    /// <summary>The directory.</summary>
    public string Root { get; }

    /// <summary><c>$XDG_CACHE_HOME/labtrace/vm</c>, or <c>~/.cache/labtrace/vm</c>.</summary>
    public static VmCache OpenDefault()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        return new VmCache(Path.Combine(Path.IsPathRooted(cache) ? cache : Path.Combine(home, ".cache"), "labtrace", "vm"));
    }

    /// <summary>A path below the cache.</summary>
    public string At(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>A file that is there already, or is made whole and then put there, so that nobody sees half of it.</summary>
    /// <param name="name">Relative to the cache.</param>
    /// <param name="make">Makes it at another path, which it is given.</param>
    /// <param name="cancellationToken">Gives up waiting for another run that makes it.</param>
    public async Task<string> FileAsync(string name, Func<string, Task> make, CancellationToken cancellationToken)
    {
        var path = At(name);
        if (File.Exists(path))
        {
            return path;
        }

        using var turn = await WaitForTurnAsync(name, cancellationToken);
        if (!File.Exists(path))
        {
            _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var partial = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():N}";
            try
            {
                await make(partial);
                File.Move(partial, path, overwrite: true);
            }
            finally
            {
                File.Delete(partial);
            }
        }

        return path;
    }

    /// <summary>A directory that is there already, or is made whole and then put there.</summary>
    /// <param name="name">Relative to the cache.</param>
    /// <param name="make">Fills another directory, which it is given.</param>
    /// <param name="cancellationToken">Gives up waiting for another run that makes it.</param>
    public async Task<string> DirectoryAsync(string name, Func<string, Task> make, CancellationToken cancellationToken)
    {
        var path = At(name);
        if (Directory.Exists(path))
        {
            return path;
        }

        using var turn = await WaitForTurnAsync(name, cancellationToken);
        if (!Directory.Exists(path))
        {
            _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var partial = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():N}";
            _ = Directory.CreateDirectory(partial);
            try
            {
                await make(partial);
                Directory.Move(partial, path);
            }
            finally
            {
                if (Directory.Exists(partial))
                {
                    Directory.Delete(partial, recursive: true);
                }
            }
        }

        return path;
    }

    /// <summary>Says that a file is in use, so that it is not among those that are removed next; one that is gone already is for its reader to miss.</summary>
    public static void Touch(string path)
    {
        if (File.Exists(path))
        {
            File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime);
        }
    }

    /// <summary>Removes the files of a folder that have not been used for longest, so that the newest few are left.</summary>
    public void Prune(string folder)
    {
        if (!Directory.Exists(At(folder)))
        {
            return;
        }

        foreach (var old in new DirectoryInfo(At(folder)).GetFiles().OrderByDescending(f => f.LastWriteTimeUtc).Skip(MostStates))
        {
            try
            {
                old.Delete();
            }
            catch (IOException)
            {
                // Another run removed it.
            }
        }
    }

    // Runs side by side want the same: in one folder one makes something, and the others wait.
    private Task<IDisposable> WaitForTurnAsync(string name, CancellationToken cancellationToken) =>
        FileTurn.WaitAsync(At(Turns, name.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? name[..slash] : "top"), cancellationToken);
}
