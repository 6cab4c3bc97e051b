using System.Threading.Channels;

namespace LabTrace.Devices.Shell;

/// <summary>
/// What a file or a program on a target gives, one frame a read(2) there. The target reads once for each credit it has: one for a
/// file, so that nothing is taken that nobody asked for; a few for a program.
/// </summary>
internal sealed class ShellReadStream : TargetStream
{
    private readonly ShellLink _link;
    private readonly string _fifo;
    private readonly int _ahead;
    private readonly Func<ShellFrame, Exception> _refused;
    private readonly Func<ValueTask>? _close;
    private readonly Channel<ShellFrame> _frames = Channel.CreateUnbounded<ShellFrame>();
    private readonly SemaphoreSlim _reading = new(1, 1);
    private ReadOnlyMemory<byte> _left;
    private int _credits;
    private bool _isAtEnd;
    private bool _isClosed;

    /// <param name="link">The link.</param>
    /// <param name="fifo">Where the target takes its credits from.</param>
    /// <param name="ahead">Credits it has from the start, and is kept at; 0 for a file, which ends only for now.</param>
    /// <param name="refused">The error for a read that was refused.</param>
    /// <param name="close">Ends it on the target; null where it ends by itself.</param>
    public ShellReadStream(ShellLink link, string fifo, int ahead, Func<ShellFrame, Exception> refused, Func<ValueTask>? close) =>
        (_link, _fifo, _ahead, _credits, _refused, _close) = (link, fifo, ahead, ahead, refused, close);

    /// <summary>Takes what came; null when the link is lost.</summary>
    public void Take(ShellFrame? frame)
    {
        if (frame is { } some)
        {
            _ = _frames.Writer.TryWrite(some);
        }
        else
        {
            _ = _frames.Writer.TryComplete(_link.Lost());
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_left.IsEmpty && !buffer.IsEmpty && !_isAtEnd)
            {
                await CreditAsync(Math.Max(_ahead, 1));
                ShellFrame frame;
                try
                {
                    frame = await _frames.Reader.ReadAsync(cancellationToken);
                }
                catch (ChannelClosedException)
                {
                    throw _link.Lost();
                }

                _credits--;
                if (frame.Kind == 'r')
                {
                    throw _refused(frame);
                }

                _left = frame.Content;
                _isAtEnd = _left.IsEmpty && _ahead > 0;
            }

            var got = Math.Min(buffer.Length, _left.Length);
            _left[..got].CopyTo(buffer);
            _left = _left[got..];
            return got;
        }
        finally
        {
            _ = _reading.Release();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            if (_close is not null)
            {
                try
                {
                    await _close();
                }
                catch (TargetUnreachableException)
                {
                    // The shell closed it when the link broke.
                }
            }
        }

        await base.DisposeAsync();
    }

    private async ValueTask CreditAsync(int wanted)
    {
        for (; _credits < wanted; _credits++)
        {
            await _link.TellAsync($"ask {_fifo}");
        }
    }
}
