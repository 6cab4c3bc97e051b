using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace LabTrace.TestKit.Portal;

/// <summary>HTTP/1.1 on one connection, as much of it as clients of ReportPortal use.</summary>
internal sealed class PortalConnection(Socket socket)
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>Reads a request up to its body; null when the other side has closed the connection.</summary>
    public async Task<PortalRequest?> ReadHeadAsync(CancellationToken stop)
    {
        int length;
        while ((length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await FillAsync(stop))
            {
                return null;
            }
        }

        var lines = Encoding.ASCII.GetString(_buffer, _start, length).Split("\r\n");
        _start += length + 4;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':');
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        var parts = lines[0].Split(' ');
        return new PortalRequest(parts[0], parts[1], headers, []);
    }

    /// <summary>Reads so many bytes of the body.</summary>
    public async Task<byte[]> ReadBodyAsync(int length, CancellationToken stop)
    {
        while (_end - _start < length)
        {
            if (!await FillAsync(stop))
            {
                throw new EndOfStreamException("the body was cut short");
            }
        }

        var body = _buffer.AsSpan(_start, length).ToArray();
        _start += length;
        return body;
    }

    public async Task WriteAsync(PortalReply reply, bool half, CancellationToken stop)
    {
        var body = Encoding.UTF8.GetBytes(reply.Body);
        var retry = reply.RetryAfter is null ? "" : $"Retry-After: {reply.RetryAfter}\r\n";
        var head = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"HTTP/1.1 {reply.Status} X\r\nContent-Type: {reply.ContentType}\r\n{retry}Content-Length: {body.Length}\r\n\r\n"));
        _ = await socket.SendAsync((byte[])[.. head, .. half ? body.AsSpan(0, body.Length / 2) : body], stop);
    }

    private async Task<bool> FillAsync(CancellationToken stop)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var count = await socket.ReceiveAsync(_buffer.AsMemory(_end), stop);
        _end += count;
        return count > 0;
    }
}
