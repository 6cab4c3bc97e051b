using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.Kernel;

namespace LabTrace.Emulation;

/// <summary>An open device file of an emulated machine.</summary>
internal sealed class EmulatedDeviceFile(string target, Machine machine, string path, ICharacterFile file) : IDeviceFile
{
    public string Path { get; } = path;

    public ValueTask ControlAsync(uint request, Memory<byte> argument, CancellationToken cancellationToken) =>
        CallAsync($"ioctl 0x{request:x8} on", () => file.Control(request, argument.Span), cancellationToken);

    public ValueTask ControlAsync(uint request, int argument, CancellationToken cancellationToken) =>
        CallAsync($"ioctl 0x{request:x8} on", () => file.Control(request, argument), cancellationToken);

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        SimEvent? wake = null;
        bool IsReady()
        {
            if (file.HasData)
            {
                return true;
            }

            // Time has to go on to when the device has something, whatever else the machine does until then.
            if (wake is not { IsOver: false } && file.NextDataNs is { } next)
            {
                wake = machine.Queue.Plan(Math.Max(machine.Time.NowNs, next), static () => { });
            }

            return false;
        }

        try
        {
            await machine.WaitUntilAsync(IsReady, cancellationToken);
        }
        catch (Refusal refusal)
        {
            throw Refused("read", refusal);
        }
        finally
        {
            lock (machine.Gate)
            {
                machine.Queue.Cancel(wake);
            }
        }

        return Call("read", () => file.Read(buffer.Span));
    }

    public ValueTask<DeviceTime> GetTimeAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Call("clock_gettime of", file.GetTime));
    }

    public async ValueTask<long> ShiftTimeAsync(long nanoseconds, CancellationToken cancellationToken)
    {
        var began = machine.Time.NowNs;
        await SetTimeAsync((await GetTimeAsync(cancellationToken)).Plus(nanoseconds), cancellationToken);
        return machine.Time.NowNs - began;
    }

    public ValueTask SetTimeAsync(DeviceTime time, CancellationToken cancellationToken) =>
        CallAsync("clock_settime of", () => file.SetTime(time), cancellationToken);

    public ValueTask AdjustAsync(Memory<byte> timex, CancellationToken cancellationToken) =>
        CallAsync("clock_adjtime of", () => file.Adjust(timex.Span), cancellationToken);

    public ValueTask DisposeAsync()
    {
        lock (machine.Gate)
        {
            file.Close();
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask CallAsync(string operation, Action call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _ = Call(operation, () =>
        {
            call();
            return 0;
        });
        return ValueTask.CompletedTask;
    }

    private T Call<T>(string operation, Func<T> call)
    {
        try
        {
            return machine.Call(call);
        }
        catch (Refusal refusal)
        {
            throw Refused(operation, refusal);
        }
    }

    private TargetIOException Refused(string operation, Refusal refusal) => new(target, operation, Path, refusal.Errno, refusal.Hint);
}
