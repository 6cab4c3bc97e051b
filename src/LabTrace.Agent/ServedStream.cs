using LabTrace.Devices;
using LabTrace.Devices.Wire;

namespace LabTrace.Agent;

/// <summary>A stream that a caller reads: one read at a time, in the order asked, until it is closed.</summary>
internal sealed class ServedStream(Stream stream) : IAsyncDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private Task _last = Task.CompletedTask;

    /// <summary>Reads once behind the reads asked for before; what came is written to the answer.</summary>
    public Task ReadAsync(int most, WireWriter answer, CancellationToken cancellationToken)
    {
        if (most is < 1 or >= WireProtocol.MaxBody)
        {
            throw new WireException($"a read of {most} bytes");
        }

        lock (_gate)
        {
            var read = ReadBehindAsync(_last, most, answer, cancellationToken);
            _last = read;
            return read;
        }
    }

    /// <summary>Reads the records that are there now, behind the reads asked for before; each is written to the answer.</summary>
    public async Task ReadRecordsAsync(int longest, WireWriter answer, CancellationToken cancellationToken)
    {
        if (longest is < 1 or >= WireProtocol.MaxBody)
        {
            throw new WireException($"a read of {longest} bytes");
        }

        Task before;
        lock (_gate)
        {
            before = _last;
        }

        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stream is not INowReader reader)
        {
            throw new WireException("the stream cannot say that there is nothing now");
        }

        foreach (var record in await reader.ReadRecordsAsync(longest, cancellationToken))
        {
            _ = answer.Bytes(record);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await stream.DisposeAsync();
        _closing.Dispose();
    }

    private async Task ReadBehindAsync(Task before, int most, WireWriter answer, CancellationToken cancellationToken)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        var got = await stream.ReadAsync(answer.Reserve(most), either.Token);
        answer.Advance(got);
    }
}
