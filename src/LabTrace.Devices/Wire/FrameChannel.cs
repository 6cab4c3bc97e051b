using System.Buffers;
using System.Buffers.Binary;
using System.Threading.Channels;

namespace LabTrace.Devices.Wire;

/// <summary>
/// Sends and receives messages over a byte stream in each direction. Messages longer than a frame travel in pieces, between
/// which shorter ones pass; small ones that are ready together leave in one write. Senders wait when the wire is slower.
/// </summary>
internal sealed class FrameChannel : IAsyncDisposable
{
    private const int WaitingFrames = 64;
    private const int CoalescedBytes = 128 * 1024;

    private readonly Stream _input;
    private readonly Stream _output;
    private readonly Channel<(byte[] Frame, int Length)> _outgoing =
        Channel.CreateBounded<(byte[], int)>(new BoundedChannelOptions(WaitingFrames) { SingleReader = true });

    private readonly Dictionary<(uint Id, WireKind Kind), ArrayBufferWriter<byte>> _partial = [];
    private readonly Task _writing;
    private readonly byte[] _buffer = new byte[WireProtocol.HeaderBytes + WireProtocol.MaxBody];
    private int _start;
    private int _end;

    public FrameChannel(Stream input, Stream output)
    {
        (_input, _output) = (input, output);
        _writing = Task.Run(WriteFramesAsync);
    }

    /// <summary>Queues a message; returns when its last piece is queued.</summary>
    /// <exception cref="IOException">The wire is closed.</exception>
    public async ValueTask SendAsync(WireKind kind, uint id, ReadOnlyMemory<byte> body)
    {
        do
        {
            var length = Math.Min(body.Length, WireProtocol.MaxBody);
            var frame = ArrayPool<byte>.Shared.Rent(WireProtocol.HeaderBytes + length);
            BinaryPrimitives.WriteInt32LittleEndian(frame, length);
            BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), id);
            frame[8] = (byte)kind;
            frame[9] = body.Length > length ? WireProtocol.MoreFollows : (byte)0;
            body.Span[..length].CopyTo(frame.AsSpan(WireProtocol.HeaderBytes));
            try
            {
                await _outgoing.Writer.WriteAsync((frame, WireProtocol.HeaderBytes + length));
            }
            catch (ChannelClosedException e)
            {
                throw new IOException("the wire is closed", e);
            }

            body = body[length..];
        }
        while (body.Length > 0);
    }

    /// <summary>Receives the next whole message; null at the end of the stream.</summary>
    /// <exception cref="WireException">What came is no message, or the stream ended inside one.</exception>
    /// <exception cref="IOException">The stream broke.</exception>
    public async ValueTask<(WireKind Kind, uint Id, byte[] Body)?> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (await FillAsync(WireProtocol.HeaderBytes, cancellationToken))
        {
            var header = _buffer.AsSpan(_start, WireProtocol.HeaderBytes);
            var length = BinaryPrimitives.ReadInt32LittleEndian(header);
            var id = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
            var (kind, flags) = ((WireKind)header[8], header[9]);
            if (length is < 0 or > WireProtocol.MaxBody || kind is < WireKind.Hello or > WireKind.Cancel || flags > WireProtocol.MoreFollows)
            {
                throw new WireException($"expected a message and found {Convert.ToHexStringLower(header)}");
            }

            _start += WireProtocol.HeaderBytes;
            if (!await FillAsync(length, cancellationToken))
            {
                throw new WireException($"the stream ended inside a message: {length} bytes were to come");
            }

            var body = _buffer.AsSpan(_start, length);
            _start += length;
            if (Assemble((id, kind), body, flags == WireProtocol.MoreFollows) is { } whole)
            {
                return (kind, id, whole);
            }
        }

        return null;
    }

    /// <summary>Sends what is queued and closes the way out, which the other end sees as the end.</summary>
    public async ValueTask CloseOutputAsync()
    {
        _ = _outgoing.Writer.TryComplete();
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Closes both directions; nobody receives any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseOutputAsync();
        await _input.DisposeAsync();
    }

    private byte[]? Assemble((uint Id, WireKind Kind) key, ReadOnlySpan<byte> body, bool moreFollows)
    {
        if (!_partial.TryGetValue(key, out var partial))
        {
            if (!moreFollows)
            {
                return body.ToArray();
            }

            _partial[key] = partial = new ArrayBufferWriter<byte>(body.Length * 2);
        }

        if (partial.WrittenCount + body.Length > WireProtocol.MaxMessage)
        {
            throw new WireException($"a message of more than {WireProtocol.MaxMessage} bytes");
        }

        partial.Write(body);
        if (moreFollows)
        {
            return null;
        }

        _ = _partial.Remove(key);
        return partial.WrittenSpan.ToArray();
    }

    // False at the end of the stream when nothing of what is wanted has come.
    private async ValueTask<bool> FillAsync(int wanted, CancellationToken cancellationToken)
    {
        if (_end - _start >= wanted)
        {
            return true;
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        while (_end < wanted)
        {
            var got = await _input.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (got == 0)
            {
                return _end == 0 ? false : throw new WireException($"the stream ended inside a message: {wanted} bytes are needed and {_end} came");
            }

            _end += got;
        }

        return true;
    }

    private async Task WriteFramesAsync()
    {
        var gathered = new byte[CoalescedBytes];
        try
        {
            while (await _outgoing.Reader.WaitToReadAsync(CancellationToken.None))
            {
                var length = 0;
                while (_outgoing.Reader.TryRead(out var next))
                {
                    if (length + next.Length > gathered.Length)
                    {
                        await _output.WriteAsync(gathered.AsMemory(0, length), CancellationToken.None);
                        length = 0;
                    }

                    if (next.Length > gathered.Length)
                    {
                        await _output.WriteAsync(next.Frame.AsMemory(0, next.Length), CancellationToken.None);
                    }
                    else
                    {
                        next.Frame.AsSpan(0, next.Length).CopyTo(gathered.AsSpan(length));
                        length += next.Length;
                    }

                    ArrayPool<byte>.Shared.Return(next.Frame);
                }

                await _output.WriteAsync(gathered.AsMemory(0, length), CancellationToken.None);
                await _output.FlushAsync(CancellationToken.None);
            }

            await _output.DisposeAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            _ = _outgoing.Writer.TryComplete(e);
            throw;
        }
    }
}
