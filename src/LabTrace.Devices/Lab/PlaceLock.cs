using System.Globalization;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace LabTrace.Devices;

/// <summary>Keeps a place to one run at a time: flock(2) on a file that says who holds it.</summary>
/// <remarks>The kernel lets go of the lock when its holder ends, however it ends; a file that is left behind locks nothing.</remarks>
public sealed class PlaceLock : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private readonly SafeFileHandle _file;
    private readonly string _path;

    private PlaceLock(SafeFileHandle file, string path) => (_file, _path) = (file, path);

    /// <summary>Takes the lock of a place.</summary>
    /// <param name="stateDirectory">For example <see cref="StateDirectory.Default"/>.</param>
    /// <param name="place">The place's name.</param>
    /// <param name="wait">How long to wait for another run to end; zero for not at all.</param>
    /// <param name="progress">Told once whom it waits for, for people; may be null.</param>
    /// <param name="time">The runner's clock.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="PlaceBusyException">Another run holds the place; names it.</exception>
    /// <exception cref="LabConfigException">The state directory cannot be used.</exception>
    public static async Task<PlaceLock> AcquireAsync(
        string stateDirectory, string place, TimeSpan wait, Action<string>? progress, TimeProvider time, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(Path.Combine(StateDirectory.OfPlace(stateDirectory, place), "lock"));
        var file = Open(path);
        try
        {
            var started = time.GetTimestamp();
            while (Libc.Lock(file, Libc.LockExclusive | Libc.LockNonBlocking) != 0)
            {
                var holder = Describe(path, time);
                if (time.GetElapsedTime(started) >= wait)
                {
                    throw Busy(place, holder, wait);
                }

                progress?.Invoke($"place '{place}' is in use by {holder}; waiting");
                progress = null;
                await Task.Delay(PollInterval, time, cancellationToken);
            }

            WriteHolder(path, time);
            return new PlaceLock(file, path);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Lets the next run have the place.</summary>
    public void Dispose()
    {
        if (!_file.IsClosed)
        {
            // Emptied, not removed: another run may wait with the file open, and a new file would be a second lock.
            _ = LocalFiles.Write(_path, [], WriteMode.Truncate, out _);
            _file.Dispose();
        }
    }

    private static SafeFileHandle Open(string path)
    {
        try
        {
            _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, e.Message, e);
        }

        var fd = LocalFiles.Open(path, Libc.ReadWrite | Libc.Create, out var errno);
        return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw Unusable(path, errno.Text());
    }

    private static void WriteHolder(string path, TimeProvider time)
    {
        var holder = new LockHolder(ProcessIdentity.Current, Environment.UserName, SecretRedactor.Process.Redact(Environment.CommandLine), time.GetUtcNow());

        // Past the BCL, which would take a lock of its own. Who holds it is for messages: the lock holds without it.
        _ = LocalFiles.Write(path, JsonSerializer.SerializeToUtf8Bytes(holder, StateJson.Default.LockHolder), WriteMode.Truncate, out _);
    }

    private static string Describe(string path, TimeProvider time)
    {
        _ = LocalFiles.Read(path, out var content);
        try
        {
            var holder = JsonSerializer.Deserialize(content, StateJson.Default.LockHolder);
            return holder is null ? "another process" : string.Create(
                CultureInfo.InvariantCulture,
                $"pid {holder.Process.Pid} of {holder.User} for {(time.GetUtcNow() - holder.Since).TotalSeconds:0} s (`{holder.Command}`)");
        }
        catch (JsonException)
        {
            // Between taking the lock and saying who: the next look tells.
            return "another process";
        }
    }

    private static PlaceBusyException Busy(string place, string holder, TimeSpan wait) => new(
        wait > TimeSpan.Zero
            ? string.Create(CultureInfo.InvariantCulture, $"place '{place}' is still in use after {wait.TotalSeconds:0.#} s, by {holder}")
            : $"place '{place}' is in use by {holder}",
        wait > TimeSpan.Zero ? "wait longer, or end that run" : "run with --wait, or end that run");

    private static LabConfigException Unusable(string path, string reason, Exception? cause = null) => new(
        $"the lock {path} cannot be used: {reason}", "set XDG_STATE_HOME to a directory that can be written", cause);
}
