using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace LabTrace.Devices.Vm;

/// <summary>Brings the messages of all cards to a machine: memory writes by QEMU's qtest channel, which works beside TCG.</summary>
/// <remarks>QEMU system/qtest.c: a line <c>writel ADDRESS VALUE</c> is answered with <c>OK</c>.</remarks>
internal sealed class InterruptChannel : IAsyncDisposable
{
    private readonly Lock _writing = new();
    private NetworkStream? _stream;
    private Task _draining = Task.CompletedTask;

    /// <summary>How many were sent.</summary>
    public long Sent { get; private set; }

    /// <summary>The machine takes messages from here on; before, its firmware has not set up where they go.</summary>
    public void Connect(NetworkStream stream)
    {
        lock (_writing)
        {
            _stream = stream;
        }

        _draining = Task.Run(() => DrainAsync(stream));
    }

    /// <summary>Writes a word into the machine's memory.</summary>
    public void Send(ulong address, uint data)
    {
        lock (_writing)
        {
            if (_stream is null)
            {
                return;
            }

            try
            {
                _stream.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"writel 0x{address:x} 0x{data:x}\n")));
                Sent++;
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The machine has ended.
                _stream = null;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        var stream = _stream;
        if (stream is not null)
        {
            await stream.DisposeAsync();
        }

        await _draining;
    }

    // Nobody needs the answers, and somebody must take them.
    private static async Task DrainAsync(NetworkStream stream)
    {
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The machine has ended.
        }
    }
}
