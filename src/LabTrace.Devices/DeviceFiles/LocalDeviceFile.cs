using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LabTrace.Devices;

/// <summary>A device file of this machine.</summary>
internal sealed partial class LocalDeviceFile : IDeviceFile
{
    private const int PollInterval = 50;
    private const int TimespecBytes = 16;
    private readonly string _target;
    private readonly SafeFileHandle _file;

    private LocalDeviceFile(string target, string path, SafeFileHandle file) => (_target, Path, _file) = (target, path, file);

    public string Path { get; }

    // CPUCLOCK of a file descriptor, include/linux/posix-timers.h.
    private int ClockId => (~_file.DangerousGetHandle().ToInt32() << 3) | 3;

    public static LocalDeviceFile Open(string target, string path, bool canWrite)
    {
        var fd = LocalFiles.Open(path, (canWrite ? Libc.ReadWrite : Libc.ReadOnly) | Libc.NonBlocking, out var errno);
        return fd >= 0
            ? new LocalDeviceFile(target, path, new SafeFileHandle(fd, ownsHandle: true))
            : throw new TargetIOException(target, "open", path, errno, TargetIOException.HintFor(errno, path));
    }

    public ValueTask ControlAsync(uint request, Memory<byte> argument, CancellationToken cancellationToken) =>
        CallAsync($"ioctl 0x{request:x8} on", () => Ioctl(_file, request, argument.Span), cancellationToken);

    public ValueTask ControlAsync(uint request, int argument, CancellationToken cancellationToken) =>
        CallAsync($"ioctl 0x{request:x8} on", () => Ioctl(_file, request, argument), cancellationToken);

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var got = await Task.Run(() => WaitAndRead(buffer.Span), cancellationToken);
            if (got >= 0)
            {
                return got;
            }
        }
    }

    public async ValueTask<DeviceTime> GetTimeAsync(CancellationToken cancellationToken)
    {
        var time = new byte[TimespecBytes];
        await CallAsync("clock_gettime of", () => GetTime(ClockId, time), cancellationToken);
        return Time(time);
    }

    public ValueTask SetTimeAsync(DeviceTime time, CancellationToken cancellationToken) =>
        CallAsync("clock_settime of", () => SetTime(ClockId, Timespec(time)), cancellationToken);

    public async ValueTask<long> ShiftTimeAsync(long nanoseconds, CancellationToken cancellationToken)
    {
        var took = TimeSpan.Zero;
        await CallAsync("clock_settime of", Shift, cancellationToken);
        return took.Ticks * TimeSpan.NanosecondsPerTick;

        int Shift()
        {
            // The first call of a function takes longer: only the second one counts.
            Span<byte> bytes = stackalloc byte[TimespecBytes];
            if (GetTime(ClockId, bytes) < 0)
            {
                return -1;
            }

            var began = TimeProvider.System.GetTimestamp();
            _ = GetTime(ClockId, bytes);
            var result = SetTime(ClockId, Timespec(Time(bytes).Plus(nanoseconds)));
            took = TimeProvider.System.GetElapsedTime(began);
            return result;
        }
    }

    public ValueTask AdjustAsync(Memory<byte> timex, CancellationToken cancellationToken) =>
        CallAsync("clock_adjtime of", () => AdjustTime(ClockId, timex.Span), cancellationToken);

    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle fd, nuint request, Span<byte> argument);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle fd, nuint request, nint argument);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(Span<byte> descriptors, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int GetTime(int clock, Span<byte> timespec);

    [LibraryImport("libc", EntryPoint = "clock_settime", SetLastError = true)]
    private static partial int SetTime(int clock, ReadOnlySpan<byte> timespec);

    [LibraryImport("libc", EntryPoint = "clock_adjtime", SetLastError = true)]
    private static partial int AdjustTime(int clock, Span<byte> timex);

    private static DeviceTime Time(ReadOnlySpan<byte> timespec) =>
        new(BinaryPrimitives.ReadInt64LittleEndian(timespec), (int)BinaryPrimitives.ReadInt64LittleEndian(timespec[8..]));

    private static byte[] Timespec(DeviceTime time)
    {
        var bytes = new byte[TimespecBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, time.Seconds);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), time.Nanoseconds);
        return bytes;
    }

    /// <summary>Waits a moment for the file to be readable; -1 when there is nothing yet.</summary>
    private int WaitAndRead(Span<byte> buffer)
    {
        const short pollIn = 1;
        Span<byte> descriptor = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(descriptor, _file.DangerousGetHandle().ToInt32());
        BinaryPrimitives.WriteInt16LittleEndian(descriptor[4..], pollIn);
        if (Poll(descriptor, 1, PollInterval) == 0)
        {
            return -1;
        }

        var got = Libc.Read(_file, buffer, buffer.Length);
        if (got >= 0)
        {
            return (int)got;
        }

        return Libc.LastErrno is Errno.EAGAIN or Errno.EINTR ? -1 : throw Refused("read", Libc.LastErrno);
    }

    private async ValueTask CallAsync(string operation, Func<int> call, CancellationToken cancellationToken)
    {
        var errno = await Task.Run(() => call() < 0 ? Libc.LastErrno : Errno.None, cancellationToken).WaitAsync(cancellationToken);
        if (errno != Errno.None)
        {
            throw Refused(operation, errno);
        }
    }

    private TargetIOException Refused(string operation, Errno errno) =>
        new(_target, operation, Path, errno, TargetIOException.HintFor(errno, Path));
}
