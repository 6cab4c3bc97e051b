namespace LabTrace.Devices;

/// <summary>Who uses a place.</summary>
/// <param name="Process">The process that holds the lock.</param>
/// <param name="User">Its user's name.</param>
/// <param name="Command">Its command line.</param>
/// <param name="Since">Since when, UTC.</param>
internal sealed record LockHolder(ProcessIdentity Process, string User, string Command, DateTimeOffset Since);
