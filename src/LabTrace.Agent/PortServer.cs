using System.Buffers.Text;
using System.IO.Pipes;
using LabTrace.Devices;
using LabTrace.Devices.Wire;
using Microsoft.Win32.SafeHandles;

namespace LabTrace.Agent;

/// <summary>Serves a virtio-serial port: one caller behind the other, each told by its first line.</summary>
internal static class PortServer
{
    private const int ClockRealtime = 0;
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int LongestLine = 64;

    /// <summary>Waits for callers until the port is gone.</summary>
    /// <param name="path">The port's device.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> ServeAsync(string path)
    {
        await using var target = new LocalTarget("agent") { IsDirect = false };
        Console.Error.WriteLine(WireProtocol.AgentIsReady);
        while (true)
        {
            SafeFileHandle handle;
            try
            {
                handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"labtrace-agent: {path}: {e.Message}");
                return 1;
            }

            await using var input = new FileStream(handle, FileAccess.ReadWrite, bufferSize: 0, isAsync: false);
            await using var output = new FileStream(handle, FileAccess.ReadWrite, bufferSize: 0, isAsync: false);
            var line = ReadLine(input);
            if (line.SequenceEqual(WireProtocol.WarmUp))
            {
                await WarmUpAsync(target);
                Console.Error.WriteLine(WireProtocol.AgentIsWarm);
            }
            else if (TryReadTime(line, out var time))
            {
                SetClock(time);
                _ = await TargetServer.ServeAsync(target, input, output);
            }

            // Without a caller the port has no data and no end: neither is worth a busy wait.
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    // Nothing at the end of the stream, and for what is no caller's line.
    private static ReadOnlySpan<byte> ReadLine(FileStream input)
    {
        var line = new byte[LongestLine];
        for (var length = 0; length < line.Length && input.Read(line, length, 1) > 0; length++)
        {
            if (line[length] == '\n')
            {
                return line.AsSpan(0, length);
            }
        }

        return [];
    }

    private static bool TryReadTime(ReadOnlySpan<byte> line, out long nanoseconds)
    {
        nanoseconds = 0;
        return line.StartsWith(WireProtocol.Wake)
            && Utf8Parser.TryParse(line[WireProtocol.Wake.Length..], out nanoseconds, out var used)
            && WireProtocol.Wake.Length + used == line.Length;
    }

    private static void SetClock(long nanoseconds)
    {
        // Without the right to set it the machine keeps its own time.
        _ = Libc.SetTime(ClockRealtime, [nanoseconds / NanosecondsPerSecond, nanoseconds % NanosecondsPerSecond]);
    }

    // What is called for the first time is slow where code is emulated: a machine that is kept has that behind it.
    private static async Task WarmUpAsync(LocalTarget target)
    {
        using var toServer = new AnonymousPipeServerStream(PipeDirection.Out);
        using var fromCaller = new AnonymousPipeClientStream(PipeDirection.In, toServer.ClientSafePipeHandle);
        using var toCaller = new AnonymousPipeServerStream(PipeDirection.Out);
        using var fromServer = new AnonymousPipeClientStream(PipeDirection.In, toCaller.ClientSafePipeHandle);
        var served = TargetServer.ServeAsync(target, fromCaller, toCaller);
        await using (var caller = new WireTarget("self", TargetKind.Local, await WireLink.OpenAsync("self", fromServer, toServer, () => Task.FromResult(""), CancellationToken.None), TimeProvider.System))
        {
            _ = await caller.ReadKernelIdentityAsync(CancellationToken.None);
            _ = await caller.ReadManyAsync(["/proc/mounts", "/nonexistent"], CancellationToken.None);
            _ = await caller.ListAsync("/", CancellationToken.None);
            _ = await caller.StatAsync("/", CancellationToken.None);
            await caller.WriteAsync("/dev/null", "0"u8.ToArray(), WriteMode.Truncate, CancellationToken.None);
            await using var file = await caller.OpenReadAsync("/proc/version", CancellationToken.None);
            _ = await file.ReadAsync(new byte[64]);
            await using var program = await caller.StartAsync(new Command("true") { HeldAtStart = true }, CancellationToken.None);
            await program.ReleaseAsync(CancellationToken.None);
            _ = await program.WaitAsync(CancellationToken.None);
        }

        _ = await served;
    }
}
