using System.Text;
using LabTrace.Devices;
using LabTrace.Devices.Wire;
using Microsoft.Win32.SafeHandles;

namespace LabTrace.Agent;

/// <summary>Locks that a caller took: they are let go when its stream ends, however it ends.</summary>
internal sealed class ServedLocks : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<SafeFileHandle> _held = [];

    /// <summary>Takes flock(2) on a file; the answer is nothing for the lock, or what the one who has it wrote.</summary>
    /// <exception cref="TargetIOException">The file cannot be used.</exception>
    public void Lock(string path, string holder, WireWriter answer)
    {
        var fd = LocalFiles.Open(path, Libc.ReadWrite | Libc.Create, out var errno);
        if (fd < 0)
        {
            throw new TargetIOException("agent", "lock", path, errno, TargetIOException.HintFor(errno, path));
        }

        var file = new SafeFileHandle(fd, ownsHandle: true);
        if (Libc.Lock(file, Libc.LockExclusive | Libc.LockNonBlocking) != 0)
        {
            file.Dispose();
            _ = LocalFiles.Read(path, out var content);
            var other = Encoding.UTF8.GetString(content);
            _ = answer.Text(other.Length > 0 ? other : "{}");
            return;
        }

        _ = LocalFiles.Write(path, Encoding.UTF8.GetBytes(holder), WriteMode.Truncate, out _);
        lock (_gate)
        {
            _held.Add(file);
        }

        _ = answer.Text(null);
    }

    /// <summary>Lets all go.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _held.ForEach(f => f.Dispose());
            _held.Clear();
        }
    }
}
