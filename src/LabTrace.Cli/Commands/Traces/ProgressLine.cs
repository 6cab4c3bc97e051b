using System.Globalization;

namespace LabTrace.Cli.Commands.Traces;

/// <summary>A line on standard error that tells how far long work is: on a terminal only, and only when it takes more than a moment.</summary>
internal sealed class ProgressLine
{
    private const int BarColumns = 30;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly Func<long>? _bytesRead;
    private readonly long _size;
    private readonly long _start;
    private long _last;
    private bool _isShown;

    private ProgressLine(Func<long>? bytesRead, long size)
    {
        (_bytesRead, _size) = (bytesRead, size);
        _start = TimeProvider.System.GetTimestamp();
    }

    /// <summary>Makes the line; it stays silent where nobody would see it.</summary>
    /// <param name="bytesRead">How many bytes were read so far.</param>
    /// <param name="size">How many there are, 0 when unknown.</param>
    public static ProgressLine For(Func<long> bytesRead, long size) => new(Console.IsErrorRedirected ? null : bytesRead, size);

    /// <summary>Shows how far it is.</summary>
    public void Show(long events)
    {
        if (_bytesRead is null)
        {
            return;
        }

        var now = TimeProvider.System.GetTimestamp();
        if (TimeProvider.System.GetElapsedTime(_start, now) < Patience || TimeProvider.System.GetElapsedTime(_last, now) < Step)
        {
            return;
        }

        (_last, _isShown) = (now, true);
        var text = string.Create(CultureInfo.InvariantCulture, $"{events:N0} events");
        var read = _bytesRead();
        if (_size > 0 && read > 0)
        {
            // Some bytes are read twice (headers), so the share may come to a little more than all.
            var share = Math.Min((double)read / _size, 1);
            var filled = (int)(share * BarColumns);
            text = string.Create(CultureInfo.InvariantCulture, $"[{new string('#', filled)}{new string('.', BarColumns - filled)}] {share * 100,3:0} %  {text}");
        }

        Console.Error.Write($"\r\e[K{text}");
    }

    /// <summary>Takes the line away.</summary>
    public void Clear()
    {
        if (_isShown)
        {
            _isShown = false;
            Console.Error.Write("\r\e[K");
        }
    }
}
