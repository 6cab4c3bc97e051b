using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LabTrace.Devices.Shell;

/// <summary>
/// The runner's end of a shell that serves a target: requests one after the other, and frames of programs and streams between their
/// answers. When the link breaks, every request ends with <see cref="TargetUnreachableException"/>.
/// </summary>
internal sealed class ShellLink : IAsyncDisposable
{
    private const string Payloads = "deocsr";
    private const int MostBanner = 1 << 20;
    private const int LongestHeader = 256;

    private readonly string _target;
    private readonly Stream _input;
    private readonly Stream _output;
    private readonly byte[] _mark;
    private readonly Func<string> _whyLost;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ConcurrentDictionary<int, Action<ShellFrame?>> _handles = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private (int Id, List<ShellFrame> Frames, TaskCompletionSource<IReadOnlyList<ShellFrame>> Answer)? _asked;
    private TargetUnreachableException? _lost;
    private Task _receiving = Task.CompletedTask;
    private int _begin;
    private int _end;
    private int _lastId;

    private ShellLink(string target, string mark, Stream input, Stream output, Func<string> whyLost, TimeProvider time) =>
        (_target, _mark, _input, _output, _whyLost, _time) = (target, Encoding.ASCII.GetBytes(mark + " "), input, output, whyLost, time);

    /// <summary>The link is broken, or was closed.</summary>
    public bool IsLost => _lost is not null;

    /// <summary>dd of the target reads without waiting.</summary>
    public bool ReadsWithoutWaiting { get; private set; }

    /// <summary>A marker for <see cref="ShellScript.CommandLine"/>.</summary>
    public static string NewMark() => "LT" + RandomNumberGenerator.GetHexString(32);

    /// <summary>Waits for the shell to say that it is ready.</summary>
    /// <param name="target">The target's name, for messages.</param>
    /// <param name="mark">The marker it was started with.</param>
    /// <param name="input">From the shell.</param>
    /// <param name="output">To it.</param>
    /// <param name="whyLost">Says, when the link breaks, what is known of the reason.</param>
    /// <param name="time">The clock for waits.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="IOException">It ended, or said something else.</exception>
    public static async Task<ShellLink> OpenAsync(string target, string mark, Stream input, Stream output, Func<string> whyLost, TimeProvider time, CancellationToken cancellationToken)
    {
        var link = new ShellLink(target, mark, input, output, whyLost, time);
        for (var banner = 0; banner < MostBanner;)
        {
            var line = await link.ReadLineAsync(cancellationToken) ?? throw new EndOfStreamException("the connection ended");
            if (link.TryParse(line, out var kind, out _, out var value) && kind == 'h')
            {
                link.ReadsWithoutWaiting = value.Contains('n', StringComparison.Ordinal);
                link._receiving = Task.Run(link.ReceiveAsync, CancellationToken.None);
                return link;
            }

            banner += line.Length + 1;
        }

        throw new IOException("its login shell prints without end, and does not run a command");
    }

    /// <summary>A number for a program or a stream, and who takes its frames; null says that the link is lost.</summary>
    public int Register(Action<ShellFrame?> take)
    {
        var id = Interlocked.Increment(ref _lastId);
        _handles[id] = take;
        return id;
    }

    /// <summary>Nobody takes frames of that number any longer.</summary>
    public void Forget(int id) => _handles.TryRemove(id, out _);

    /// <summary>Sends a request and waits for its answer; what is sent is answered, also when it is no longer waited for.</summary>
    /// <param name="script">A line of shell that ends its answer with <c>fin</c>.</param>
    /// <param name="payload">What it reads behind its line; empty when it reads nothing.</param>
    /// <param name="limit">How long the target may take.</param>
    /// <param name="cancellationToken">Gives the answer up.</param>
    /// <exception cref="TargetUnreachableException">The link broke.</exception>
    public async Task<IReadOnlyList<ShellFrame>> CallAsync(string script, ReadOnlyMemory<byte> payload, TimeSpan limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await AskAsync(script, payload, limit, cancellationToken).WaitAsync(cancellationToken);
    }

    /// <summary>Sends a line that is not answered.</summary>
    public async Task TellAsync(string line)
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            await SendAsync(line, default);
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    /// <summary>Why the link is no more, for one more caller.</summary>
    public TargetUnreachableException Lost() => Again(_lost ?? new TargetUnreachableException(_target, "the link was closed"));

    /// <summary>Closes the link: the shell ends what it started, and itself.</summary>
    public async ValueTask DisposeAsync()
    {
        _ = Interlocked.CompareExchange(ref _lost, new TargetUnreachableException(_target, "the link was closed"), null);
        try
        {
            await _output.DisposeAsync();
        }
        catch (IOException)
        {
            // It is gone already.
        }

        using var grace = new CancellationTokenSource(TimeSpan.FromSeconds(5), _time);
        try
        {
            await _receiving.WaitAsync(grace.Token);
        }
        catch (OperationCanceledException)
        {
            await _closing.CancelAsync();
            await _receiving;
        }

        _closing.Dispose();
    }

    private async Task<IReadOnlyList<ShellFrame>> AskAsync(string script, ReadOnlyMemory<byte> payload, TimeSpan limit, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var id = Interlocked.Increment(ref _lastId);
            var answer = new TaskCompletionSource<IReadOnlyList<ShellFrame>>(TaskCreationOptions.RunContinuationsAsynchronously);
            _asked = (id, [], answer);
            var line = $"I={ShellScript.Number(id)}; {script}";

            // A long line is read faster as a file.
            var bytes = Encoding.UTF8.GetBytes(line);
            if (bytes.Length > ShellScript.LongestLine && payload.IsEmpty && !script.StartsWith("go ", StringComparison.Ordinal) && !script.StartsWith("E=", StringComparison.Ordinal))
            {
                (line, payload) = ($"src {ShellScript.Number(bytes.Length)}", bytes);
            }

            await SendAsync(line, payload);
            try
            {
                return await answer.Task.WaitAsync(limit, _time, CancellationToken.None);
            }
            catch (TimeoutException e)
            {
                throw Lose(string.Create(CultureInfo.InvariantCulture, $"its shell has been held up by a call for {limit.TotalSeconds} s"), e);
            }
        }
        finally
        {
            _asked = null;
            _ = _turn.Release();
        }
    }

    private async Task SendAsync(string line, ReadOnlyMemory<byte> payload)
    {
        if (_lost is not null)
        {
            throw Lost();
        }

        try
        {
            await _output.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), CancellationToken.None);
            await _output.WriteAsync(payload, CancellationToken.None);
            await _output.FlushAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw Lose("the link broke", e);
        }
    }

    private async Task ReceiveAsync()
    {
        Exception? cause = null;
        try
        {
            while (await ReadLineAsync(_closing.Token) is { } line)
            {
                if (!TryParse(line, out var kind, out var id, out var value) || !long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                {
                    throw new IOException("something else printed into the link");
                }

                var content = Payloads.Contains(kind, StringComparison.Ordinal) ? await ReadExactlyAsync(number, _closing.Token) : [];
                Take(id, new ShellFrame(kind, number, content));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            cause = e;
        }

        _ = Lose(cause is IOException ? $"the link broke: {cause.Message}" : "the link ended", cause);
    }

    private void Take(int id, ShellFrame frame)
    {
        if (_asked is { } asked && asked.Id == id)
        {
            if (frame.Kind == 'z')
            {
                _ = asked.Answer.TrySetResult(asked.Frames);
                return;
            }

            asked.Frames.Add(frame);
        }
        else if (_handles.TryGetValue(id, out var take))
        {
            take(frame);
        }
    }

    private TargetUnreachableException Lose(string reason, Exception? cause)
    {
        var why = _whyLost();
        var lost = new TargetUnreachableException(_target, reason + (why.Length == 0 ? "" : $" ({why})"), "see that the target runs and is reachable", cause);
        lost = Interlocked.CompareExchange(ref _lost, lost, null) ?? lost;
        _ = _asked?.Answer.TrySetException(Again(lost));
        foreach (var take in _handles.Values)
        {
            take(null);
        }

        return Again(lost);
    }

    // Each caller gets an exception of its own: one that is thrown in many places would lose its stack.
    private TargetUnreachableException Again(TargetUnreachableException lost) =>
        new(_target, lost.Message[(lost.Message.IndexOf(": ", StringComparison.Ordinal) + 2)..], hint: null, lost.InnerException);

    private bool TryParse(byte[] line, out char kind, out int id, out string value)
    {
        (kind, id, value) = ('\0', 0, "");
        if (!line.AsSpan().StartsWith(_mark))
        {
            return false;
        }

        var words = Encoding.ASCII.GetString(line.AsSpan(_mark.Length)).Split(' ');
        if (words.Length != 3 || words[0].Length != 1 || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out id))
        {
            return false;
        }

        (kind, value) = (words[0][0], words[2]);
        return true;
    }

    private async Task<byte[]?> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new ArrayBufferWriter<byte>(LongestHeader);
        while (true)
        {
            var at = _buffer.AsSpan(_begin, _end - _begin).IndexOf((byte)'\n');
            var length = at < 0 ? _end - _begin : at;
            line.Write(_buffer.AsSpan(_begin, length));
            _begin += at < 0 ? length : length + 1;
            if (at >= 0)
            {
                return line.WrittenSpan.ToArray();
            }

            if (line.WrittenCount > MostBanner)
            {
                throw new IOException("a line without an end");
            }

            if (!await FillAsync(cancellationToken))
            {
                return line.WrittenCount == 0 ? null : throw new IOException("it ended within a line");
            }
        }
    }

    private async Task<byte[]> ReadExactlyAsync(long length, CancellationToken cancellationToken)
    {
        if (length > LocalFiles.LongestFile + (1 << 20))
        {
            throw new IOException($"a frame of {length} bytes");
        }

        var content = new byte[length];
        for (var got = 0; got < content.Length;)
        {
            if (_begin == _end && !await FillAsync(cancellationToken))
            {
                throw new IOException("it ended within a frame");
            }

            var part = Math.Min(content.Length - got, _end - _begin);
            _buffer.AsSpan(_begin, part).CopyTo(content.AsSpan(got));
            (_begin, got) = (_begin + part, got + part);
        }

        return content;
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        _begin = 0;
        _end = await _input.ReadAsync(_buffer, cancellationToken);
        return _end > 0;
    }
}
