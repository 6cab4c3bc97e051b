using LabTrace.Tracing;
using LabTrace.Tracing.Queries;

namespace LabTrace.Cli.Commands.Traces;

/// <summary>An open capture with the filter that the command line asked for, and progress on a terminal.</summary>
internal sealed class TraceInput : IDisposable
{
    private const int EventsBetween = 65_536;

    private readonly Capture? _capture;
    private readonly TraceReader _reader;

    private TraceInput(Capture? capture, TraceReader reader, FilteredReader events, ProgressLine progress)
    {
        (_capture, _reader, Events, Progress) = (capture, reader, events, progress);
    }

    /// <summary>The events that are kept.</summary>
    public FilteredReader Events { get; }

    /// <summary>What the capture says about itself.</summary>
    public TraceInfo Info => _reader.Info;

    /// <summary>The line that tells how far reading is.</summary>
    public ProgressLine Progress { get; }

    /// <summary>Opens a file, or standard input for <c>-</c>.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="TraceFormatException">It is no capture.</exception>
    /// <param name="file">The file.</param>
    /// <param name="mode">What to do when it is damaged.</param>
    /// <param name="order">How text's events are wanted.</param>
    /// <param name="filter">Which events are wanted.</param>
    /// <param name="after">From when on.</param>
    /// <param name="before">Up to when.</param>
    public static TraceInput Open(string file, ReadMode mode, WantedOrder order, EventFilter filter, TimePoint? after = null, TimePoint? before = null)
    {
        var capture = Find(file);
        try
        {
            if (order == WantedOrder.Time && capture.IsLive)
            {
                capture.Keep();
            }

            var reader = TraceReader.Open(capture, mode);
            if (order == WantedOrder.Any && after is null && before is null)
            {
                reader.KeepWrittenOrder();
            }

            RequireTimeFor(reader.Info, after, before);
            var size = File.Exists(file) ? new FileInfo(file).Length : 0;
            return new TraceInput(capture, reader, new FilteredReader(reader, filter, after, before), ProgressLine.For(() => capture.BytesRead, () => size * reader.Passes));
        }
        catch
        {
            capture.Dispose();
            throw;
        }
    }

    /// <summary>Takes over a reader that is already open.</summary>
    public static TraceInput Of(TraceReader reader, EventFilter filter, TimePoint? after, TimePoint? before)
    {
        RequireTimeFor(reader.Info, after, before);
        return new TraceInput(null, reader, new FilteredReader(reader, filter, after, before), ProgressLine.For(() => 0, () => 0));
    }

    /// <summary>Opens a capture's bytes.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    public static Capture Find(string file)
    {
        Require(file);
        return Capture.Open(file);
    }

    /// <summary>Opens a capture for reading.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="TraceFormatException">It is no capture.</exception>
    public static TraceReader OpenReader(string file, ReadMode mode)
    {
        var capture = Find(file);
        if (capture.IsLive)
        {
            capture.Keep();
        }

        return TraceReader.Open(capture, mode, ownsCapture: true);
    }

    /// <summary>Advances to the next event that is kept.</summary>
    public bool Read(out TraceEvent item, CancellationToken cancellationToken)
    {
        if (Events.Kept % EventsBetween == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Progress.Show(Events.Kept);
        }

        if (Events.Read(out item))
        {
            return true;
        }

        Progress.Clear();
        return false;
    }

    /// <summary>Has events come in order of time also where a cpu's clock stepped back. To be called before reading.</summary>
    public void PutInOrder() => _reader.PutInOrder();

    /// <summary>Shows no more of how far reading is where events are printed on the same terminal, or a pager has it.</summary>
    public void LeaveTerminalToOutput()
    {
        if (!Console.IsOutputRedirected)
        {
            Progress.Clear();
        }
    }

    /// <summary>Tells on standard error what should be known and does not show in the output.</summary>
    public void WriteWarnings()
    {
        foreach (var warning in Info.Warnings)
        {
            Console.Error.WriteLine($"labtrace: warning: {warning}");
        }

        foreach (var missing in Events.Tally.Missing)
        {
            Console.Error.WriteLine($"labtrace: missing: {missing}");
        }
    }

    /// <summary>How long behind the first event something is cannot be told of ticks.</summary>
    private static void RequireTimeFor(TraceInfo info, TimePoint? after, TimePoint? before)
    {
        if ((after is { IsAbsolute: false, Nanoseconds: > 0 } || before is { IsAbsolute: false, Nanoseconds: > 0 }) && !info.IsClockInNanoseconds)
        {
            throw new UsageException(
                $"the capture was recorded with the clock '{info.ClockName}', which counts ticks and measures no time\n  try: --after and --before with ticks of the clock: @1234567");
        }
    }

    private static void Require(string file)
    {
        if (!Capture.Exists(file))
        {
            throw new UsageException(Directory.Exists(file) ? $"'{file}' is a directory, not a capture" : $"there is no file '{file}'");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Progress.Dispose();
        _reader.Dispose();
        _capture?.Dispose();
    }
}
