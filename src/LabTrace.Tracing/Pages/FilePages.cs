using System.Buffers;

namespace LabTrace.Tracing;

/// <summary>Sub-buffers that lie one after the other in a capture, fetched some at a time into one pooled window.</summary>
internal sealed class FilePages(Capture capture, long offset, long length, int windowBytes) : PageSource
{
    private readonly byte[] _window = ArrayPool<byte>.Shared.Rent(windowBytes);
    private long _given;
    private bool _isDisposed;

    public override bool KeepsPages => false;

    public override long Bytes => length;

    /// <summary>Bytes of a window: whole sub-buffers, and all cpus' windows together well below what a reader may use.</summary>
    /// <param name="pageSize">Bytes of a sub-buffer.</param>
    /// <param name="lanes">How many windows there are.</param>
    public static int WindowBytes(int pageSize, int lanes)
    {
        const int most = 128 << 10;
        const int all = 48 << 20;
        return Math.Max(Math.Min(most, all / Math.Max(lanes, 1)) / pageSize, 1) * pageSize;
    }

    public override ArraySegment<byte> Next()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var count = (int)Math.Min(length - _given, windowBytes);
        var read = count == 0 ? 0 : capture.ReadAt(offset + _given, _window.AsSpan(0, count));
        _given += count;
        return new ArraySegment<byte>(_window, 0, read);
    }

    public override void SkipToLast() => _given = (length - 1) / windowBytes * windowBytes;

    public override void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            ArrayPool<byte>.Shared.Return(_window);
        }
    }
}
