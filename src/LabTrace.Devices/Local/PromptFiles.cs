using System.Collections.Concurrent;

namespace LabTrace.Devices;

/// <summary>Regular files and attributes that answered at once when they were last asked: those are asked on the caller's thread.</summary>
/// <remarks>
/// To hand a call to another thread and back costs more than the call. Whatever is new, was slow, or is no regular file is handed over, so that a caller can give
/// it up; so is everything again as soon as it was slow once.
/// </remarks>
internal sealed class PromptFiles
{
    /// <summary>The longest time, nanoseconds, that counts as at once.</summary>
    internal const long LongestNs = 1_000_000;

    private const int MostPaths = 4096;
    private readonly ConcurrentDictionary<string, bool> _paths = new(StringComparer.Ordinal);

    /// <summary>Whether the file answered at once last time.</summary>
    public bool Contains(string path) => _paths.ContainsKey(path);

    /// <summary>Notes how long a call took that was handed over, and looks what the file is.</summary>
    public void Learn(string path, TimeSpan took)
    {
        if (IsPrompt(took) && _paths.Count < MostPaths && LocalFiles.Stat(path, follow: true, out var status) == Errno.None && status.Kind == FileKind.File)
        {
            _paths[path] = true;
        }
    }

    /// <summary>Notes how long a call on the caller's thread took.</summary>
    public void Keep(string path, TimeSpan took)
    {
        if (!IsPrompt(took))
        {
            _ = _paths.TryRemove(path, out _);
        }
    }

    private static bool IsPrompt(TimeSpan took) => took.Ticks * TimeSpan.NanosecondsPerTick <= LongestNs;
}
