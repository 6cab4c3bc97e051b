namespace LabTrace.Devices;

/// <summary>A turn that runs side by side on this machine take at something: a file, locked. The kernel ends the turn of a run that is killed.</summary>
public static class FileTurn
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until no other run has the turn.</summary>
    /// <param name="path">The file; its directory is made when it is not there.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The turn, which ends when it is disposed of.</returns>
    /// <exception cref="IOException">The file cannot be opened or locked for another reason: waiting would not help.</exception>
    public static async Task<IDisposable> WaitAsync(string path, CancellationToken cancellationToken)
    {
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e.HResult == (int)Errno.EAGAIN)
            {
                await Task.Delay(Poll, TimeProvider.System, cancellationToken);
            }
        }
    }
}
