namespace LabTrace.Devices;

/// <summary>A target on which device files can be opened for what reading and writing whole files cannot say: ioctl(2) and dynamic clocks.</summary>
public interface IDeviceTarget
{
    /// <summary>Opens a device file.</summary>
    /// <param name="path">Absolute path, such as <c>/dev/ptp0</c>.</param>
    /// <param name="canWrite">O_RDWR; without it O_RDONLY, on which drivers refuse what changes something.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TargetIOException">The target's kernel refused; carries its errno.</exception>
    ValueTask<IDeviceFile> OpenDeviceAsync(string path, bool canWrite, CancellationToken cancellationToken);
}

/// <summary>Opening device files of targets of any kind.</summary>
internal static class DeviceFiles
{
    /// <summary>Opens a device file, where the target can.</summary>
    /// <exception cref="NotOnTargetException">The target cannot open device files.</exception>
    /// <exception cref="TargetIOException">The target's kernel refused; carries its errno.</exception>
    public static async Task<IDeviceFile> OpenAsync(ITarget target, string path, bool canWrite, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        return target is IDeviceTarget devices
            ? await devices.OpenDeviceAsync(path, canWrite, cancellationToken)
            : throw new NotOnTargetException($"target '{target.Name}' opens no device files, which {path} needs", "use a local, ssh or emulated place");
    }
}

/// <summary>An open device file. Calls are made one after the other.</summary>
public interface IDeviceFile : IAsyncDisposable
{
    /// <summary>The file's path.</summary>
    string Path { get; }

    /// <summary>ioctl(2) whose argument points to a structure, which the kernel may change.</summary>
    /// <param name="request">The request with its direction and size, as in the kernel's headers.</param>
    /// <param name="argument">The structure, in the target's byte order; as long as the request says.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TargetIOException">The driver refused; carries its errno.</exception>
    ValueTask ControlAsync(uint request, Memory<byte> argument, CancellationToken cancellationToken);

    /// <summary>ioctl(2) whose argument is a number.</summary>
    /// <exception cref="TargetIOException">The driver refused; carries its errno.</exception>
    ValueTask ControlAsync(uint request, int argument, CancellationToken cancellationToken);

    /// <summary>One read(2); waits until there is something. A cancelled read takes nothing.</summary>
    /// <returns>The bytes read.</returns>
    /// <exception cref="TargetIOException">The driver refused; carries its errno.</exception>
    ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>clock_gettime(2) of the device's dynamic clock.</summary>
    /// <exception cref="TargetIOException">The driver refused; carries its errno.</exception>
    ValueTask<DeviceTime> GetTimeAsync(CancellationToken cancellationToken);

    /// <summary>clock_settime(2) of the device's dynamic clock.</summary>
    /// <exception cref="TargetIOException">The driver refused; carries its errno.</exception>
    ValueTask SetTimeAsync(DeviceTime time, CancellationToken cancellationToken);

    /// <summary>clock_gettime(2) and, at once behind it at the target, clock_settime(2) to that time and some nanoseconds.</summary>
    /// <param name="nanoseconds">Forward when positive.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>Nanoseconds of the target's own time that the two took: what the clock may have lost.</returns>
    /// <exception cref="TargetIOException">The driver refused; carries its errno.</exception>
    ValueTask<long> ShiftTimeAsync(long nanoseconds, CancellationToken cancellationToken);

    /// <summary>clock_adjtime(2) of the device's dynamic clock.</summary>
    /// <param name="timex">A <c>struct timex</c>, which the kernel may change.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TargetIOException">The driver refused; carries its errno.</exception>
    ValueTask AdjustAsync(Memory<byte> timex, CancellationToken cancellationToken);
}

/// <summary>A time of a device's clock.</summary>
/// <param name="Seconds">Whole seconds since the clock's epoch.</param>
/// <param name="Nanoseconds">0 to 999,999,999.</param>
public readonly record struct DeviceTime(long Seconds, int Nanoseconds)
{
    private const long Second = 1_000_000_000;

    /// <summary>A time some nanoseconds later, or earlier when there are fewer than none.</summary>
    public DeviceTime Plus(long nanoseconds)
    {
        var fraction = Nanoseconds + (nanoseconds % Second);
        var carried = (long)Math.Floor(fraction / (double)Second);
        return new DeviceTime(Seconds + (nanoseconds / Second) + carried, (int)(fraction - (carried * Second)));
    }
}
