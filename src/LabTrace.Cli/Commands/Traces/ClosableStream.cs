namespace LabTrace.Cli.Commands.Traces;

/// <summary>Tells a reader that has gone from a disk that is full.</summary>
internal sealed class ClosableStream(Stream inner) : Stream
{
    private const int BrokenPipe = 32;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    public override void Flush() => Doing(inner.Flush);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Doing(() => inner.Write(buffer, offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            inner.Write(buffer);
        }
        catch (IOException e) when (IsClosed(e))
        {
            throw new OutputClosedException(e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            try
            {
                inner.Dispose();
            }
            catch (IOException e) when (IsClosed(e))
            {
                // What was still to be written nobody reads.
            }
        }

        base.Dispose(disposing);
    }

    /// <summary>A pager's input is a pair of sockets to the runtime, whose errors have no number of their own.</summary>
    private static bool IsClosed(IOException e) =>
        (e.HResult & 0xffff) == BrokenPipe || e.InnerException is IOException { HResult: BrokenPipe } or System.Net.Sockets.SocketException;

    private static void Doing(Action write)
    {
        try
        {
            write();
        }
        catch (IOException e) when (IsClosed(e))
        {
            throw new OutputClosedException(e);
        }
    }
}
