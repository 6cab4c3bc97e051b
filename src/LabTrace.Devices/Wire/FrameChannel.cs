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
    private const int LongRead = 16 * 1024;
    private const int LongBody = 16 * 1024;

    private readonly Stream _input;
    private readonly Stream _output;
    private readonly Channel<(ulong Header, byte Kind, byte Flags, ReadOnlyMemory<byte> Body)> _outgoing =
        Channel.CreateBounded<(ulong, byte, byte, ReadOnlyMemory<byte>)>(new BoundedChannelOptions(WaitingFrames) { SingleReader = true });

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

    /// <summary>Queues a message; returns when its last piece is queued. The body is sent from where it is, and must stay as it is.</summary>
    /// <exception cref="IOException">The wire is closed.</exception>
    public async ValueTask SendAsync(WireKind kind, uint id, ReadOnlyMemory<byte> body)
    {
        do
        {
            var length = Math.Min(body.Length, WireProtocol.MaxBody);
            try
            {
                var flags = body.Length > length ? WireProtocol.MoreFollows : (byte)0;
                await _outgoing.Writer.WriteAsync(((uint)length | ((ulong)id << 32), (byte)kind, flags, body[..length]));
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
            var body = await ReadBodyAsync(length, cancellationToken);
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

    // What has come already is in the buffer; the rest of a long one is read to where it stays.
    private async ValueTask<byte[]> ReadBodyAsync(int length, CancellationToken cancellationToken)
    {
        var body = GC.AllocateUninitializedArray<byte>(length);
        var got = Math.Min(length, _end - _start);
        _buffer.AsSpan(_start, got).CopyTo(body);
        _start += got;
        while (got < length)
        {
            if (length - got < LongRead)
            {
                if (!await FillAsync(length - got, cancellationToken))
                {
                    throw new WireException($"the stream ended inside a message: {length} bytes were to come");
                }

                _buffer.AsSpan(_start, length - got).CopyTo(body.AsSpan(got));
                _start += length - got;
                return body;
            }

            var more = await _input.ReadAsync(body.AsMemory(got), cancellationToken);
            got += more > 0 ? more : throw new WireException($"the stream ended inside a message: {length} bytes were to come and {got} came");
        }

        return body;
    }

    private byte[]? Assemble((uint Id, WireKind Kind) key, byte[] body, bool moreFollows)
    {
        if (!_partial.TryGetValue(key, out var partial))
        {
            if (!moreFollows)
            {
                return body;
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
                    var isLong = next.Body.Length > LongBody;
                    if (length + WireProtocol.HeaderBytes + (isLong ? 0 : next.Body.Length) > gathered.Length)
                    {
                        await _output.WriteAsync(gathered.AsMemory(0, length), CancellationToken.None);
                        length = 0;
                    }

                    BinaryPrimitives.WriteUInt64LittleEndian(gathered.AsSpan(length), next.Header);
                    (gathered[length + 8], gathered[length + 9]) = (next.Kind, next.Flags);
                    length += WireProtocol.HeaderBytes;
                    if (isLong)
                    {
                        await _output.WriteAsync(gathered.AsMemory(0, length), CancellationToken.None);
                        await _output.WriteAsync(next.Body, CancellationToken.None);
                        length = 0;
                    }
                    else
                    {
                        next.Body.CopyTo(gathered.AsMemory(length));
                        length += next.Body.Length;
                    }
                }

                if (length > 0)
                {
                    await _output.WriteAsync(gathered.AsMemory(0, length), CancellationToken.None);
                }

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
