using System.Globalization;

namespace LabTrace.Cli.Commands.Traces;

/// <summary>A line on standard error that tells how far long work is: on a terminal only, and only when it takes more than a moment. It is drawn by the
/// clock, so that it also moves while text is looked through, a pipe is waited for or an output is slow.</summary>
internal sealed class ProgressLine : IDisposable
{
    private const int BarColumns = 30;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);

    private readonly Lock _drawing = new();
    private readonly Func<long> _bytesRead;
    private readonly Func<long> _size;
    private readonly ITimer? _timer;
    private long _events;
    private bool _isShown;
    private bool _isOver;

    private ProgressLine(Func<long> bytesRead, Func<long> size, bool isSeen)
    {
        (_bytesRead, _size) = (bytesRead, size);
        _timer = isSeen ? TimeProvider.System.CreateTimer(_ => Draw(), null, Patience, Step) : null;
    }

    /// <summary>Makes the line; it stays silent where nobody would see it.</summary>
    /// <param name="bytesRead">How many bytes were read so far.</param>
    /// <param name="size">How many will be read in all, 0 when unknown.</param>
    public static ProgressLine For(Func<long> bytesRead, long size) => For(bytesRead, () => size);

    /// <summary>Makes the line for work whose size may change until it is under way.</summary>
    /// <param name="bytesRead">How many bytes were read so far.</param>
    /// <param name="size">Tells how many will be read in all, 0 when unknown.</param>
    public static ProgressLine For(Func<long> bytesRead, Func<long> size) => new(bytesRead, size, !Console.IsErrorRedirected);

    /// <summary>Takes note of how far it is.</summary>
    public void Show(long events) => Volatile.Write(ref _events, events);

    /// <summary>Takes the line away for good.</summary>
    public void Clear()
    {
        if (_timer is null)
        {
            return;
        }

        lock (_drawing)
        {
            _isOver = true;
            if (_isShown)
            {
                _isShown = false;
                Console.Error.Write("\r\e[K");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Clear();
        _timer?.Dispose();
    }

    private void Draw()
    {
        lock (_drawing)
        {
            if (_isOver)
            {
                return;
            }

            _isShown = true;
            Console.Error.Write("\r\e[K" + Line(Volatile.Read(ref _events), _bytesRead()));
        }
    }

    private string Line(long events, long read)
    {
        var text = events == 0 ? "reading" : string.Create(CultureInfo.InvariantCulture, $"{events:N0} events");
        var size = _size();
        if (size == 0 || read == 0)
        {
            return text;
        }

        // Some bytes are read twice (headers), so the share may come to a little more than all.
        var share = Math.Min((double)read / size, 1);
        var filled = (int)(share * BarColumns);
        return string.Create(CultureInfo.InvariantCulture, $"[{new string('#', filled)}{new string('.', BarColumns - filled)}] {share * 100,3:0} %  {text}");
    }
}
