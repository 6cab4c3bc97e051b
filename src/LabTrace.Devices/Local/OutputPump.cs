using System.Buffers;
using System.IO.Pipelines;

namespace LabTrace.Devices;

/// <summary>
/// Takes a program's output off its pipe: kept up to a limit and counted beyond it, until someone asks for the stream; from
/// then on the reader paces the program.
/// </summary>
internal sealed class OutputPump
{
    /// <summary>Bytes that wait for the reader of the stream before the program has to.</summary>
    internal const int StreamedAhead = 256 * 1024;

    // A program's children may hold its pipe open behind it: its own output is out when the pipe has been quiet this long.
    private static readonly TimeSpan QuietAfterExit = TimeSpan.FromMilliseconds(100);

    private readonly Stream _source;
    private readonly int _limit;
    private readonly Task _exited;
    private readonly TimeProvider _time;
    private readonly TimeSpan _quietAfterExit;
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _collected = new();
    private readonly TaskCompletionSource _prefaceRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _preface;
    private Pipe? _pipe;
    private Task _headWritten = Task.CompletedTask;
    private bool _ended;
    private long _dropped;

    /// <param name="source">The program's end of the pipe.</param>
    /// <param name="limit">Bytes that are kept.</param>
    /// <param name="exited">The program's end.</param>
    /// <param name="time">The clock for waits.</param>
    /// <param name="preface">Bytes at the beginning that are not the program's, and are let go.</param>
    /// <param name="quietAfterExit">How long the source must be quiet behind the program's end, where its output takes longer to come.</param>
    public OutputPump(Stream source, int limit, Task exited, TimeProvider time, int preface = 0, TimeSpan? quietAfterExit = null)
    {
        (_source, _limit, _exited, _time, _preface, _quietAfterExit) = (source, limit, exited, time, preface, quietAfterExit ?? QuietAfterExit);
        if (preface == 0)
        {
            _prefaceRead.SetResult();
        }

        Completion = Task.Run(PumpAsync);
    }

    /// <summary>Ends when the program's output did.</summary>
    public Task Completion { get; }

    /// <summary>Completes when the bytes before the program's own have come, or the output has ended.</summary>
    public Task PrefaceRead => _prefaceRead.Task;

    /// <summary>Why the output is not whole: the link to it was lost. Null when it is, or goes on.</summary>
    public TargetUnreachableException? Lost { get; private set; }

    /// <summary>Bytes beyond the limit, or that came when the stream's reader had gone.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>What was kept; empty when it was streamed.</summary>
    public byte[] Collected
    {
        get
        {
            lock (_gate)
            {
                return _pipe is null ? _collected.WrittenSpan.ToArray() : [];
            }
        }
    }

    /// <summary>Hands the output, with what was kept so far, to one reader.</summary>
    public Stream OpenStream()
    {
        lock (_gate)
        {
            if (_pipe is not null)
            {
                throw new InvalidOperationException("the standard output of a program is read once");
            }

            _pipe = new Pipe(new PipeOptions(pauseWriterThreshold: StreamedAhead, resumeWriterThreshold: StreamedAhead / 2));
            _pipe.Writer.Write(_collected.WrittenSpan);
            _headWritten = _pipe.Writer.FlushAsync(CancellationToken.None).AsTask();
            if (_ended)
            {
                _pipe.Writer.Complete(Lost);
            }

            return _pipe.Reader.AsStream();
        }
    }

    private async Task PumpAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await ReadAsync(buffer) is > 0 and var got)
            {
                var own = buffer.AsMemory(0, got)[TakePreface(got)..];
                if (!own.IsEmpty && Keep(own.Span) is { } writer)
                {
                    await _headWritten;
                    var flushed = await writer.WriteAsync(own, CancellationToken.None);
                    _ = flushed.IsCompleted ? Interlocked.Add(ref _dropped, own.Length) : 0;
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The pipe was closed under the reader: the program's output ends here.
        }
        catch (TargetUnreachableException e)
        {
            Lost = e;
        }
        finally
        {
            lock (_gate)
            {
                _ended = true;
                _pipe?.Writer.Complete(Lost);
            }

            _ = _prefaceRead.TrySetResult();
        }
    }

    private int TakePreface(int got)
    {
        var taken = Math.Min(got, _preface);
        _preface -= taken;
        if (_preface == 0)
        {
            _ = _prefaceRead.TrySetResult();
        }

        return taken;
    }

    // Null when kept or counted; else who takes it.
    private PipeWriter? Keep(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_pipe is not null)
            {
                return _pipe.Writer;
            }

            var kept = Math.Min(bytes.Length, _limit - _collected.WrittenCount);
            _collected.Write(bytes[..kept]);
            _ = Interlocked.Add(ref _dropped, bytes.Length - kept);
            return null;
        }
    }

    private async ValueTask<int> ReadAsync(byte[] buffer)
    {
        var read = _source.ReadAsync(buffer, CancellationToken.None);
        if (read.IsCompleted)
        {
            return await read;
        }

        var pending = read.AsTask();
        _ = await Task.WhenAny(pending, _exited);
        if (!pending.IsCompleted)
        {
            _ = await Task.WhenAny(pending, Task.Delay(_quietAfterExit, _time, CancellationToken.None));
        }

        return pending.IsCompleted ? await pending : 0;
    }
}
