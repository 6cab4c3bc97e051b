namespace LabTrace.Devices;

/// <summary>A target that tells where symbolic links point.</summary>
public interface ILinkTarget
{
    /// <summary>readlink(2).</summary>
    /// <returns>The link's text, which may be relative to its directory.</returns>
    /// <exception cref="TargetIOException">EINVAL for what is no link; ENOENT, EACCES…</exception>
    ValueTask<string> ReadLinkAsync(string path, CancellationToken cancellationToken);
}
