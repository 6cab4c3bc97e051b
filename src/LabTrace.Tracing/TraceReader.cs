using System.Buffers.Binary;

namespace LabTrace.Tracing;

/// <summary>Reads a capture from front to back, one event at a time, in time order and in bounded memory.</summary>
/// <remarks>
/// <para>The reader is the view of the event it stands at: <see cref="Time"/>, <see cref="Cpu"/>, <see cref="Pid"/>, <see cref="EventId"/> and
/// <see cref="Payload"/> cost nothing; <see cref="Current"/> gives the event with its name, fields and text. Both are valid until the next
/// <see cref="Read()"/>: the bytes behind them are used again. Whoever keeps an event keeps <see cref="TraceEvent.ToKept"/>, or the whole trace with
/// <see cref="ReadToEnd"/>.</para>
/// <code>
/// using var reader = TraceReader.Open("trace.dat", ReadMode.Salvage);
/// while (reader.Read(out var item))
/// {
///     if (item.Name.Name == "sched_switch" &amp;&amp; item.TryGetField("next_pid", out var next)) { … }
/// }
/// Console.WriteLine(reader.Tally);
/// </code>
/// <para>Events of several cpus and instances are merged by time; at equal times the earlier instance, then the lower cpu comes first. Each cpu's own
/// order is kept even where its clock steps back. Text whose lines are not in order of time is looked through once before the first event, and so many
/// events are held in memory as that takes; at equal times its own order is kept. What comes through a pipe is given as it comes, unless
/// <see cref="Capture.Keep"/> was called; <see cref="TraceInfo.Warnings"/> says so.</para>
/// </remarks>
public abstract class TraceReader : IDisposable
{
    private Capture? _owned;
    private Capture? _read;

    private protected TraceReader()
    {
    }

    /// <summary>What the capture says about itself.</summary>
    public abstract TraceInfo Info { get; }

    /// <summary>What reading found so far; complete when <see cref="Read()"/> returned false.</summary>
    public ReadTally Tally => _read?.MissingBehind is { } missing ? Counted with { Missing = [.. Counted.Missing, missing] } : Counted;

    /// <summary>When the current event was recorded.</summary>
    public TraceTime Time => new(CurrentTime);

    /// <summary>The cpu that recorded it, zero-based; -1 when the capture does not say.</summary>
    public int Cpu { get; private protected set; }

    /// <summary>The thread that ran then; 0 is the idle task.</summary>
    public int Pid { get; private protected set; }

    /// <summary>The number of the event's kind: <c>common_type</c> in binary captures, in order of appearance in text.</summary>
    public int EventId { get; private protected set; }

    /// <summary>Index in <see cref="TraceInfo.Buffers"/> of the ring buffer it was recorded in.</summary>
    public int BufferIndex { get; private protected set; }

    /// <summary>The name of that ring buffer: empty for the top one, or the instance's.</summary>
    public virtual string BufferName => Info.Buffers is var buffers && BufferIndex < buffers.Count ? buffers[BufferIndex].Name : "";

    /// <summary>Events of the same cpu that the kernel says are missing right before this one: 0 none, -1 some but it does not say how many.</summary>
    public long LostBefore { get; private protected set; }

    /// <summary>The cpu of <see cref="LostBefore"/>: the event's own, except in text, where the note may stand before another cpu's event.</summary>
    public int LostOnCpu { get; private protected set; }

    /// <summary>The record as captured: the binary event from its common fields on, or the text behind the event's name.</summary>
    public ReadOnlySpan<byte> Payload => Source.AsSpan(PayloadOffset, PayloadLength);

    /// <summary><see cref="Payload"/> where it stands.</summary>
    internal ArraySegment<byte> PayloadSegment => new(Source, PayloadOffset, PayloadLength);

    /// <summary>The event with everything that can be asked of it; its payload is valid until the next <see cref="Read()"/>.</summary>
    public abstract TraceEvent Current { get; }

    /// <summary>The binary layout of the current event's kind; null for text and for kinds the capture does not explain.</summary>
    public virtual EventFormat? Format => Current.Format;

    /// <summary>The current event's fields that are one whole number each; none for text.</summary>
    public virtual ReadOnlySpan<NumericField> Numbers => Format is { } format ? format.Numbers : [];

    /// <summary>How many events were read so far.</summary>
    public long Count { get; private protected set; }

    /// <summary>What the reader counted itself; damage of what the capture was packed with comes to it.</summary>
    private protected abstract ReadTally Counted { get; }

    // What a reader sets when it advances.
    private protected ulong CurrentTime { get; set; }

    private protected byte[] Source { get; set; } = [];

    private protected int PayloadOffset { get; set; }

    private protected int PayloadLength { get; set; }

    /// <summary>About how many events there may be at most, so that room for them is taken once; 0 when nothing is known.</summary>
    internal virtual long LikelyEvents => 0;

    /// <summary>Whether payloads stay where they are, so that a trace need not copy them.</summary>
    internal virtual bool KeepsPayloads => false;

    /// <summary>How many events were earlier than the one of the same cpu before them, and were put in order.</summary>
    internal virtual long StepsBack => 0;

    /// <summary>Gaps behind the last event of their cpu.</summary>
    internal virtual IReadOnlyList<(int Cpu, long Count)> LostAtEnd => [];

    /// <summary>Opens a file of any known kind, packed with gzip or zstd or not; <c>-</c> is standard input.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode">What to do when the container is damaged.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="TraceFormatException">No kind recognises it, or its header cannot be read.</exception>
    public static TraceReader Open(string path, ReadMode mode = ReadMode.Strict) => Open(Capture.Open(path), mode, ownsCapture: true);

    /// <summary>Opens what a stream delivers; it need not be seekable: kinds that jump are first copied to memory or a temporary file.</summary>
    /// <param name="stream">The bytes; closed with the reader.</param>
    /// <param name="name">What messages call the capture.</param>
    /// <param name="mode">What to do when the container is damaged.</param>
    /// <exception cref="TraceFormatException">No kind recognises it, or its header cannot be read.</exception>
    public static TraceReader Open(Stream stream, string name, ReadMode mode = ReadMode.Strict) => Open(Capture.Open(stream, name), mode, ownsCapture: true);

    /// <summary>Opens a capture of any known kind.</summary>
    /// <param name="capture">The bytes; they must stay open while the reader is used, and are not closed with it.</param>
    /// <param name="mode">What to do when the container is damaged.</param>
    /// <exception cref="TraceFormatException">No kind recognises it, or its header cannot be read.</exception>
    public static TraceReader Open(Capture capture, ReadMode mode = ReadMode.Strict)
    {
        ArgumentNullException.ThrowIfNull(capture);
        if (mode == ReadMode.Salvage)
        {
            capture.TakeWhatIsThere();
        }

        var reader = capture.Leftovers is { } pieces ? new LeftoverOpening(pieces).Open(mode) : TraceFormats.Of(capture).Open(capture, mode);
        reader._read = capture;
        return reader;
    }

    /// <summary>Opens a capture of any known kind.</summary>
    /// <param name="capture">The bytes.</param>
    /// <param name="mode">What to do when the container is damaged.</param>
    /// <param name="ownsCapture">Whether the capture is closed with the reader, and when it cannot be opened.</param>
    /// <exception cref="TraceFormatException">No kind recognises it, or its header cannot be read.</exception>
    public static TraceReader Open(Capture capture, ReadMode mode, bool ownsCapture)
    {
        ArgumentNullException.ThrowIfNull(capture);
        if (!ownsCapture)
        {
            return Open(capture, mode);
        }

        try
        {
            var reader = Open(capture, mode);
            reader._owned = capture;
            return reader;
        }
        catch
        {
            capture.Dispose();
            throw;
        }
    }

    /// <summary>Gives text's events in the order of its lines: it need not be looked through before the first. To be called before <see cref="Read()"/>;
    /// other captures are read in order of time all the same.</summary>
    public virtual void KeepWrittenOrder()
    {
    }

    /// <summary>Gives a binary capture's events in order of time also where a cpu's clock stepped back, which is told and counted all the same. To be called
    /// before <see cref="Read()"/>. The pages are looked through once before the first event, and only where some step back are events held in memory, so
    /// many as that takes; <see cref="TraceInfo.Warnings"/> says so. Text is read in order of time without asking.</summary>
    public virtual void PutInOrder()
    {
    }

    /// <summary>How many times reading walks over the capture's bytes, for showing progress.</summary>
    public virtual int Passes => 1;

    /// <summary>Advances to the next event in time order; false at the end.</summary>
    /// <exception cref="TraceFormatException">The container is damaged here and the mode is strict.</exception>
    public abstract bool Read();

    /// <summary>Advances to the next event and gives it; false at the end.</summary>
    /// <param name="current">The event; its payload is valid until the next call.</param>
    /// <exception cref="TraceFormatException">The container is damaged here and the mode is strict.</exception>
    public bool Read(out TraceEvent current)
    {
        if (Read())
        {
            current = Current;
            return true;
        }

        current = default;
        return false;
    }

    /// <summary>Reads a number of the current event, without its name, label or type: for many of them at speed.</summary>
    /// <param name="field">One of <see cref="Numbers"/>, or of <see cref="EventFormat.TryGetNumber"/> of the event's format.</param>
    /// <param name="value">The number; unsigned ones of eight bytes keep their bits.</param>
    /// <returns>False when the record is too short for the field.</returns>
    public bool TryGetNumber(in NumericField field, out long value)
    {
        if ((uint)field.Offset + (uint)field.Size > (uint)PayloadLength)
        {
            value = 0;
            return false;
        }

        // Eight bytes at once and the surplus shifted out, unless the array ends right behind the field.
        var rest = Source.AsSpan(PayloadOffset + field.Offset);
        if (rest.Length < 8)
        {
            Span<byte> padded = stackalloc byte[8];
            padded.Clear();
            rest[..field.Size].CopyTo(padded);
            value = Extract(field, padded);
            return true;
        }

        value = Extract(field, rest);
        return true;
    }

    /// <summary>Reads all that follows into memory. The trace is independent of the reader and of its capture.</summary>
    /// <exception cref="TraceFormatException">The container is damaged and the mode is strict.</exception>
    public Trace ReadToEnd() => TraceCollector.Collect(this);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back buffers; closes the capture if the reader opened it.</summary>
    /// <param name="disposing">Whether it was asked for.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _owned?.Dispose();
        }
    }

    private static long Extract(in NumericField field, ReadOnlySpan<byte> bytes)
    {
        var bits = field.IsBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes) << field.Shift;
        return field.IsSigned ? (long)bits >> field.Shift : (long)(bits >> field.Shift);
    }
}
