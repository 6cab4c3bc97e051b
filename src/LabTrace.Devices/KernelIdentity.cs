namespace LabTrace.Devices;

/// <summary>What kernel runs on a target.</summary>
/// <param name="Release">uname -r.</param>
/// <param name="Version">uname -v.</param>
/// <param name="Machine">uname -m, for example <c>x86_64</c>.</param>
/// <param name="HostName">uname -n.</param>
/// <param name="BootId">/proc/sys/kernel/random/boot_id: changes with every boot.</param>
/// <param name="CpuCount">CPUs online.</param>
public sealed record KernelIdentity(string Release, string Version, string Machine, string HostName, string BootId, int CpuCount);
