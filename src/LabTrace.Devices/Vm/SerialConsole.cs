using System.Globalization;
using System.Text;

namespace LabTrace.Devices.Vm;

/// <summary>
/// What a machine writes on its serial console: kept whole in a file with the time of each line, and looked at while it comes,
/// since it is all that a kernel says that has died.
/// </summary>
internal sealed class SerialConsole : IAsyncDisposable
{
    private const int MostLines = 50_000;
    private const int LongestLine = 8192;
    private const string MarkBegin = "==== ";
    private const string PanicWords = "Kernel panic - not syncing";

    // kernel/watchdog.c, kernel/watchdog_hld.c, kernel/rcu/tree_stall.h and tree_exp.h.
    private static readonly string[] LockupWords =
        ["BUG: soft lockup", "hard LOCKUP on cpu", "detected stalls on CPUs/tasks", "self-detected stall on CPU", "detected expedited stalls on CPUs/tasks"];

    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly List<ConsoleLine> _lines = [];
    private TaskCompletionSource<ConsoleAlarm> _alarm = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(string Words, TaskCompletionSource Seen)> _awaited = [];
    private ConsoleAlarm? _unsettled;
    private StreamWriter? _file;
    private long _dropped;

    /// <param name="time">Stamps the lines.</param>
    public SerialConsole(TimeProvider time) => _time = time;

    /// <summary>
    /// Completes with the words of a kernel that says it panics, or that a cpu is stuck. A program can write the same, and a cpu
    /// may get loose again: whether the machine is dead is for whoever asks it.
    /// </summary>
    public Task<ConsoleAlarm> Alarm
    {
        get
        {
            lock (_gate)
            {
                return _alarm.Task;
            }
        }
    }

    /// <summary>The alarm that nobody has looked into yet: a panic rather than what came before it.</summary>
    public ConsoleAlarm? Unsettled
    {
        get
        {
            lock (_gate)
            {
                return _unsettled;
            }
        }
    }

    /// <summary>Lets an alarm be: the machine answers. The next one, or one that came meanwhile, completes <see cref="Alarm"/> anew.</summary>
    public void Settle(ConsoleAlarm alarm)
    {
        lock (_gate)
        {
            _unsettled = _unsettled == alarm ? null : _unsettled;
            _alarm = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_unsettled is not null)
            {
                _alarm.SetResult(_unsettled);
            }
        }
    }

    /// <summary>Lines so far.</summary>
    public long Count
    {
        get
        {
            lock (_gate)
            {
                return _dropped + _lines.Count;
            }
        }
    }

    /// <summary>Keeps all lines in a file from now on, and those there are.</summary>
    public void KeepIn(StreamWriter file)
    {
        lock (_gate)
        {
            _file = file;
            foreach (var line in _lines)
            {
                file.WriteLine(line.ToString());
            }

            file.Flush();
        }
    }

    /// <summary>Reads until the machine's end closes.</summary>
    public async Task ReadAsync(Stream stream)
    {
        var buffer = new byte[16 * 1024];
        var line = new StringBuilder();
        var decoder = Encoding.UTF8.GetDecoder();
        var text = new char[buffer.Length + 1];
        try
        {
            while (await stream.ReadAsync(buffer, CancellationToken.None) is > 0 and var got)
            {
                var count = decoder.GetChars(buffer.AsSpan(0, got), text, flush: false);
                for (var i = 0; i < count; i++)
                {
                    if (text[i] == '\n' || line.Length >= LongestLine)
                    {
                        Add(line.ToString().TrimEnd('\r'));
                        _ = line.Clear();
                    }

                    if (text[i] != '\n')
                    {
                        _ = line.Append(text[i]);
                    }
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The machine is gone; what it said is kept.
        }

        if (line.Length > 0)
        {
            Add(line.ToString());
        }
    }

    /// <summary>Puts a line of LabTrace's own between the machine's.</summary>
    public void Mark(string text) => Add(MarkBegin + text);

    /// <summary>Waits for a line that holds these words, from now on.</summary>
    public Task SeenAsync(string words)
    {
        lock (_gate)
        {
            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((words, seen));
            return seen.Task;
        }
    }

    /// <summary>The lines from one count on; those that are no longer kept in memory are left out.</summary>
    public IReadOnlyList<ConsoleLine> From(long count)
    {
        lock (_gate)
        {
            return _lines.GetRange((int)Math.Clamp(count - _dropped, 0, _lines.Count), _lines.Count - (int)Math.Clamp(count - _dropped, 0, _lines.Count));
        }
    }

    /// <summary>The last lines, for a message.</summary>
    public string Tail(int lines) => string.Join('\n', From(Count - lines).Select(l => "    " + l.Text));

    /// <summary>Closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        StreamWriter? file;
        lock (_gate)
        {
            (file, _file) = (_file, null);
        }

        if (file is not null)
        {
            await file.FlushAsync();
        }
    }

    private void Add(string text)
    {
        var line = new ConsoleLine(_time.GetUtcNow(), text);
        lock (_gate)
        {
            _lines.Add(line);
            if (_lines.Count > MostLines)
            {
                _lines.RemoveRange(0, MostLines / 2);
                _dropped += MostLines / 2;
            }

            _file?.WriteLine(line.ToString());
            _file?.Flush();
            foreach (var (words, seen) in _awaited)
            {
                if (text.Contains(words, StringComparison.Ordinal))
                {
                    _ = seen.TrySetResult();
                }
            }
        }

        if (Alarming(text) is { } alarm)
        {
            lock (_gate)
            {
                _unsettled = _unsettled is null || (alarm.IsPanic && !_unsettled.IsPanic) ? alarm : _unsettled;
                _ = _alarm.TrySetResult(alarm);
            }
        }
    }

    // The time, and where the kernel tells it, the caller.
    private static string WithoutTime(string line)
    {
        while (line.StartsWith('[') && line.IndexOf(']', StringComparison.Ordinal) is > 0 and var end)
        {
            line = line[(end + 1)..].TrimStart();
        }

        return line;
    }

    private static ConsoleAlarm? Alarming(string line)
    {
        if (line.StartsWith(MarkBegin, StringComparison.Ordinal))
        {
            return null;
        }

        var panic = line.IndexOf(PanicWords, StringComparison.Ordinal);
        if (panic >= 0)
        {
            return new ConsoleAlarm("its kernel panicked: " + line[panic..], IsPanic: true);
        }

        return LockupWords.Any(w => line.Contains(w, StringComparison.Ordinal))
            ? new ConsoleAlarm("its kernel is stuck: " + WithoutTime(line), IsPanic: false)
            : null;
    }
}

/// <summary>What a kernel says of its own end.</summary>
/// <param name="Words">Why the machine no longer answers, if it does not.</param>
/// <param name="IsPanic">It panicked; else it is stuck.</param>
internal sealed record ConsoleAlarm(string Words, bool IsPanic);

/// <summary>A line of a console.</summary>
/// <param name="Time">When this machine read it, UTC.</param>
/// <param name="Text">Without its line end.</param>
internal sealed record ConsoleLine(DateTimeOffset Time, string Text)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Time:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'} {Text}");
}
