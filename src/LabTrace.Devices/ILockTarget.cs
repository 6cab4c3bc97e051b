namespace LabTrace.Devices;

/// <summary>A target on which a lock can be held for as long as the link to it stands.</summary>
internal interface ILockTarget
{
    /// <summary>Takes flock(2) on a file, made when it is not there, without waiting for it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="holder">Written into it by whoever gets the lock: who that is.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>Null for the lock, or what the one who has it wrote.</returns>
    /// <exception cref="TargetIOException">The file cannot be used.</exception>
    ValueTask<string?> TryLockAsync(string path, string holder, CancellationToken cancellationToken);
}
