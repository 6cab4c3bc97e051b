using LabTrace.Devices;
using LabTrace.Devices.Wire;

namespace LabTrace.Agent;

/// <summary>A device file that a caller opened.</summary>
internal sealed class ServedDevice(IDeviceFile file) : IAsyncDisposable
{
    /// <summary>The longest structure of an ioctl: the size field of a request has 14 bits.</summary>
    private const int LongestArgument = 1 << 14;

    public static bool Serves(WireCall call) => call is (>= WireCall.DeviceControl and <= WireCall.DeviceAdjust) or WireCall.DeviceShiftTime;

    public Task CallAsync(WireCall call, WireReader arguments, WireWriter answer, CancellationToken cancellationToken)
    {
        switch (call)
        {
            case WireCall.DeviceControl:
                var request = unchecked((uint)arguments.Int32());
                return ControlAsync(request, Bounded(arguments.Bytes()), answer, cancellationToken);
            case WireCall.DeviceControlValue:
                var plain = unchecked((uint)arguments.Int32());
                return file.ControlAsync(plain, arguments.Int32(), cancellationToken).AsTask();
            case WireCall.DeviceRead:
                return ReadAsync(new byte[Math.Clamp(arguments.Int32(), 0, LongestArgument)], answer, cancellationToken);
            case WireCall.DeviceGetTime:
                return GetTimeAsync(answer, cancellationToken);
            case WireCall.DeviceSetTime:
                var seconds = arguments.Int64();
                return file.SetTimeAsync(new DeviceTime(seconds, arguments.Int32()), cancellationToken).AsTask();
            case WireCall.DeviceShiftTime:
                return ShiftTimeAsync(arguments.Int64(), answer, cancellationToken);
            case WireCall.DeviceAdjust:
                return AdjustAsync(Bounded(arguments.Bytes()), answer, cancellationToken);
            default:
                throw new WireException($"call {(byte)call} is no call on a device");
        }
    }

    public ValueTask DisposeAsync() => file.DisposeAsync();

    private async Task ControlAsync(uint request, byte[] structure, WireWriter answer, CancellationToken cancellationToken)
    {
        await file.ControlAsync(request, structure, cancellationToken);
        _ = answer.Bytes(structure);
    }

    private async Task ReadAsync(byte[] buffer, WireWriter answer, CancellationToken cancellationToken)
    {
        var got = await file.ReadAsync(buffer, cancellationToken);
        _ = answer.Bytes(buffer.AsSpan(0, got));
    }

    private async Task GetTimeAsync(WireWriter answer, CancellationToken cancellationToken)
    {
        var time = await file.GetTimeAsync(cancellationToken);
        _ = answer.Int64(time.Seconds).Int32(time.Nanoseconds);
    }

    private async Task ShiftTimeAsync(long nanoseconds, WireWriter answer, CancellationToken cancellationToken) =>
        _ = answer.Int64(await file.ShiftTimeAsync(nanoseconds, cancellationToken));

    private async Task AdjustAsync(byte[] timex, WireWriter answer, CancellationToken cancellationToken)
    {
        await file.AdjustAsync(timex, cancellationToken);
        _ = answer.Bytes(timex);
    }

    private static byte[] Bounded(byte[]? bytes) =>
        bytes is { Length: <= LongestArgument } ? bytes : throw new WireException($"an argument of {bytes?.Length ?? -1} bytes");
}
