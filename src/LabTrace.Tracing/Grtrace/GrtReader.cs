using System.Runtime.CompilerServices;

namespace LabTrace.Tracing;

/// <summary>Reads GRT streams: the events of all cpus by time and number, where they lie in the buffers, in memory that the window bounds.</summary>
/// <remarks>
/// <para>From files: <see cref="Open(IReadOnlyList{Capture}, GrtReadOptions?)"/>, one for each cpu or one for all; <see cref="Read"/> is false at the end.</para>
/// <para>Live: <see cref="Live"/>, then for each round of polling <see cref="Add"/> what every relay buffer gave and <see cref="Settle"/>;
/// <see cref="Read"/> is false when nothing is certain to come next <em>yet</em>, and <see cref="IsAtEnd"/> is true only after <see cref="Complete"/>.</para>
/// <para>Format: Grtrace/Grtrace.md.</para>
/// </remarks>
public sealed partial class GrtReader : IDisposable
{
    /// <summary>So many events are held back while other cpus' buffers may hold earlier ones, though their numbers say they do not: a cpu may take
    /// its number before another and its time after it.</summary>
    private const int Margin = 64;

    /// <summary>So many events are given before it is looked again how full the window is.</summary>
    private const int FullWindowStep = 256;

    private readonly List<GrtSource> _sources = [];
    private readonly List<GrtLane> _lanes = [];
    private readonly GrtLaneHeap _heap = new();
    private readonly GrtReadOptions _options;
    private GrtLane? _current;
    private long _budget;
    private long _pendingEvents;
    private long _pendingBytes;
    private long _framedEvents;
    private ulong _maxGseq;
    private bool _isContiguityKnown = true;
    private int _settledRound;
    private bool _isLive;

    private GrtReader(GrtReadOptions? options) => _options = options ?? new GrtReadOptions();

    /// <summary>The record that <see cref="Read"/> found.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public GrtRecordView Current => _current is { } lane
        ? new GrtRecordView(lane.Bytes.AsSpan(lane.At, lane.Size))
        : throw new InvalidOperationException("the reader stands at no event; call Read first");

    /// <summary>What the event says, by METADATA's name for its type.</summary>
    public GrtEventKind Kind { get; private set; }

    /// <summary>METADATA's name for the event's type.</summary>
    public string EventName => _types.Name(_current!.Type);

    /// <summary>The session that the event belongs to.</summary>
    public GrtSession Session { get; private set; } = new(new GrtStreamInfo(), GrtMetadata.Default, IsAssumed: true);

    /// <summary>How many sessions have started; the first event belongs to session 1.</summary>
    public int SessionNumber { get; private set; }

    /// <summary>Events of the same cpu that were lost right before this one.</summary>
    public ulong LostBefore { get; private set; }

    /// <summary>Events read so far.</summary>
    public long Count { get; private set; }

    /// <summary>Whether nothing more will come.</summary>
    public bool IsAtEnd => _heap.Count == 0 && _sources.TrueForAll(s => s.HasEnded && !s.HasPending);

    /// <summary>What is known of the streams before the first event is read; complete behind the last.</summary>
    public GrtTally Tally => MakeTally();

    internal int Round { get; private set; }

    internal long BytesSkipped { get; set; }

    internal byte[] CurrentBytes => _current!.Bytes;

    internal int CurrentAt => _current!.At;

    internal int CurrentSize => _current!.Size;

    internal ushort CurrentType => _current!.Type;

    internal ulong CurrentTime => _current!.Time;

    internal uint CurrentCpu => _current!.Cpu;

    /// <summary>Opens streams of one recording: a file for each cpu, or one for all.</summary>
    /// <param name="captures">They must stay open, and are not closed with the reader.</param>
    /// <param name="options">How to read; null for the usual.</param>
    /// <exception cref="TraceFormatException">A stream is of another major version.</exception>
    public static GrtReader Open(IReadOnlyList<Capture> captures, GrtReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(captures);
        ArgumentOutOfRangeException.ThrowIfZero(captures.Count, nameof(captures));
        var reader = new GrtReader(options);
        try
        {
            foreach (var capture in captures)
            {
                reader._sources.Add(reader.SourceOf(capture));
            }

            // What the streams say of themselves stands at their start.
            reader._sources.ForEach(s => s.Fill());
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Makes a reader that is fed.</summary>
    /// <param name="sources">How many relay buffers there are.</param>
    /// <param name="options">How to read; null for the usual.</param>
    public static GrtReader Live(int sources, GrtReadOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sources, 1);
        var reader = new GrtReader(options) { _isLive = true };
        for (var i = 0; i < sources; i++)
        {
            reader._sources.Add(new GrtSource(reader, reader._blocks, $"events{i}", stream: null));
        }

        return reader;
    }

    /// <summary>Takes what a relay buffer gave; the bytes are copied. Records may be cut anywhere.</summary>
    /// <param name="source">Which, zero-based.</param>
    /// <param name="bytes">What it gave, nothing is allowed.</param>
    /// <exception cref="TraceFormatException">The stream is of another major version.</exception>
    public void Add(int source, ReadOnlySpan<byte> bytes)
    {
        ThrowIfNotLive();
        _sources[source].Add(bytes);
    }

    /// <summary>Says that every relay buffer was read until it was empty since the last call. What came before that call is then certain to be
    /// earlier than all that is still to come.</summary>
    public void Settle()
    {
        ThrowIfNotLive();
        _settledRound = Round;
        Round++;
    }

    /// <summary>Says that nothing more will come.</summary>
    public void Complete()
    {
        ThrowIfNotLive();
        _sources.ForEach(s => s.Complete());
    }

    /// <summary>Steps to the next event.</summary>
    /// <returns>False at the end, and in a live reader while nothing more is certain.</returns>
    /// <exception cref="TraceFormatException">A stream is of another major version.</exception>
    public bool Read()
    {
        if (_current is { } last)
        {
            Step(last);
            _current = null;
        }

        while (true)
        {
            if (_budget <= 0 && !Prepare())
            {
                return false;
            }

            _budget--;
            var lane = _heap.Top;
            if (Take(lane))
            {
                _current = lane;
                Count++;
                return true;
            }

            Step(lane);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _sources.ForEach(s => s.Dispose());

    internal void Framed(GrtRun run, ulong lastGseq)
    {
        _framedEvents += run.Events;
        _pendingEvents += run.Events;
        _pendingBytes += run.End - run.Start;
        _maxGseq = Math.Max(_maxGseq, lastGseq);
    }

    internal void Given(GrtRun run) => _pendingBytes -= run.End - run.Start;

    internal GrtLane NewLane(uint cpu, GrtSource source)
    {
        var lane = new GrtLane(_lanes.Count, cpu, source);
        _lanes.Add(lane);
        return lane;
    }

    private GrtSource SourceOf(Capture capture)
    {
        if (capture.TryGetArray(out var bytes))
        {
            return new GrtSource(this, _blocks, capture.Name, bytes.Array!, bytes.Offset, bytes.Count);
        }

        return new GrtSource(this, _blocks, capture.Name, capture.OpenStream());
    }

    private readonly GrtBlocks _blocks = new();

    private void ThrowIfNotLive()
    {
        if (!_isLive)
        {
            throw new InvalidOperationException("the reader reads files; only a live one is fed");
        }
    }

    /// <summary>Steps past a lane's current record.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Step(GrtLane lane)
    {
        if (lane.Advance())
        {
            if (lane.Time >= _heap.LimitTime)
            {
                _heap.ReplaceTop();
            }

            return;
        }

        StepRun(lane);
    }

    private void StepRun(GrtLane lane)
    {
        if (lane.AdvanceRun())
        {
            _heap.ReplaceTop();
        }
        else
        {
            _heap.RemoveTop();
            _budget = 0;
        }
    }

    private void BeginLanes()
    {
        foreach (var lane in _lanes)
        {
            if (!lane.HasRecord && lane.Begin())
            {
                _heap.Push(lane);
            }
        }
    }

    /// <summary>Makes sure that the top lane's record is the next, and tells for how many that holds.</summary>
    private bool Prepare()
    {
        while (true)
        {
            BeginLanes();
            if (_isLive)
            {
                var isCertain = _heap.Count > 0 && (_heap.Top.Round < _settledRound || _sources.TrueForAll(s => s.HasEnded));
                _budget = isCertain ? 1 : 0;
                return isCertain;
            }

            if (_heap.Count > 0)
            {
                _budget = Certain();
                if (_budget > 0)
                {
                    return true;
                }
            }

            if (Next() is not { } source)
            {
                return false;
            }

            source.Fill();
        }
    }

    /// <summary>How many events may be given without reading more.</summary>
    private long Certain()
    {
        var isComplete = true;
        foreach (var source in _sources)
        {
            isComplete &= source.HasEnded || source.IsHeld || HasAllLanes(source);
        }

        if (isComplete)
        {
            // Until a lane is empty.
            return long.MaxValue;
        }

        if (_isContiguityKnown && _gaps.HasStarted && _pendingEvents > Margin
            && (ulong)_framedEvents + _gaps.Missing == _maxGseq - _gaps.First + 1)
        {
            return _pendingEvents - Margin;
        }

        return _pendingBytes >= _options.WindowBytes ? FullWindowStep : 0;
    }

    private bool HasAllLanes(GrtSource source)
    {
        if (source.Lanes.Count == 0)
        {
            return false;
        }

        foreach (var lane in source.Lanes)
        {
            if (!lane.HasRecord)
            {
                return false;
            }
        }

        // A file of its own holds one cpu; the only file may hold them all.
        return _sources.Count > 1 || (_framedCpus > 0 && source.Lanes.Count >= _framedCpus);
    }

    /// <summary>The source to read on: one that lacks events of a cpu, or the one that has least.</summary>
    private GrtSource? Next()
    {
        GrtSource? best = null;
        foreach (var source in _sources)
        {
            if (source.HasEnded || (source.IsHeld && source.HasPending))
            {
                continue;
            }

            if (!HasAllLanes(source))
            {
                return source;
            }

            best ??= source;
        }

        return best;
    }
}
