namespace LabTrace.Tracing;

/// <summary>A capture's bytes front to back.</summary>
internal sealed class CaptureStream(Capture capture) : ForwardStream
{
    private long _position;

    public override int Read(Span<byte> buffer)
    {
        var read = capture.ReadAt(_position, buffer);
        _position += read;
        return read;
    }
}
