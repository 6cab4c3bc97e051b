namespace LabTrace.Devices.Wire;

/// <summary>A device file at the other end of a wire.</summary>
internal sealed class WireDeviceFile(WireLink link, int handle, string path) : IDeviceFile
{
    public string Path { get; } = path;

    public async ValueTask ControlAsync(uint request, Memory<byte> argument, CancellationToken cancellationToken)
    {
        var body = await CallAsync(WireCall.DeviceControl, m => m.Int32(handle).Int32(unchecked((int)request)).Bytes(argument.Span), cancellationToken);
        Take(body, argument);
    }

    public async ValueTask ControlAsync(uint request, int argument, CancellationToken cancellationToken) =>
        _ = await CallAsync(WireCall.DeviceControlValue, m => m.Int32(handle).Int32(unchecked((int)request)).Int32(argument), cancellationToken);

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        // No limit: a read waits as long as its caller does.
        var body = await link.CallAsync(WireCall.DeviceRead, m => m.Int32(handle).Int32(buffer.Length), limit: null, toEnd: false, cancellationToken);
        return Take(body, buffer);
    }

    public async ValueTask<DeviceTime> GetTimeAsync(CancellationToken cancellationToken)
    {
        var reader = new WireReader(await CallAsync(WireCall.DeviceGetTime, m => m.Int32(handle), cancellationToken));
        _ = reader.Byte();
        return new DeviceTime(reader.Int64(), reader.Int32());
    }

    public async ValueTask SetTimeAsync(DeviceTime time, CancellationToken cancellationToken) =>
        _ = await CallAsync(WireCall.DeviceSetTime, m => m.Int32(handle).Int64(time.Seconds).Int32(time.Nanoseconds), cancellationToken);

    public async ValueTask<long> ShiftTimeAsync(long nanoseconds, CancellationToken cancellationToken)
    {
        var reader = new WireReader(await CallAsync(WireCall.DeviceShiftTime, m => m.Int32(handle).Int64(nanoseconds), cancellationToken));
        _ = reader.Byte();
        return reader.Int64();
    }

    public async ValueTask AdjustAsync(Memory<byte> timex, CancellationToken cancellationToken) =>
        Take(await CallAsync(WireCall.DeviceAdjust, m => m.Int32(handle).Bytes(timex.Span), cancellationToken), timex);

    public async ValueTask DisposeAsync()
    {
        if (!link.IsLost)
        {
            _ = await CallAsync(WireCall.DeviceClose, m => m.Int32(handle), CancellationToken.None);
        }
    }

    private static int Take(byte[] body, Memory<byte> into)
    {
        var reader = new WireReader(body);
        _ = reader.Byte();
        var bytes = reader.Bytes() ?? [];
        if (bytes.Length > into.Length)
        {
            throw new WireException($"{bytes.Length} bytes came where {into.Length} were asked for");
        }

        bytes.CopyTo(into);
        return bytes.Length;
    }

    private Task<byte[]> CallAsync(WireCall call, Action<WireWriter> arguments, CancellationToken cancellationToken) =>
        link.CallAsync(call, arguments, WireTarget.CallLimit, toEnd: false, cancellationToken);
}
