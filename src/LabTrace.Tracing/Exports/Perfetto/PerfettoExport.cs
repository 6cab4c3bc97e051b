using Google.Protobuf;
using LabTrace.Tracing.Perfetto;

namespace LabTrace.Tracing;

/// <summary>Perfetto's protobuf: track descriptors, track events with interned names, flows.</summary>
internal sealed class PerfettoExport : TimelineExport
{
    private const uint Sequence = 1;
    private const uint StateCleared = 1;
    private const uint NeedsState = 2;

    /// <summary>Tag of <c>Trace.packet</c>: field 1, length-delimited.</summary>
    private const byte PacketTag = 0x0a;

    private readonly CodedOutputStream _output;
    private readonly Stream _stream;
    private readonly InternTable _categories = new();
    private readonly InternTable _names = new();
    private readonly InternTable _fields = new();
    private readonly HashSet<int> _processes = [];
    private bool _isStarted;

    public PerfettoExport(Stream output, ExportOptions options)
        : base(options)
    {
        _stream = output;
        _output = new CodedOutputStream(output, 1 << 16, leaveOpen: true);
    }

    private protected override void Define(Track track)
    {
        var descriptor = new TrackDescriptor { Uuid = Uuid(track) };
        switch (track.Kind)
        {
            case TrackKind.Thread:
                DefineProcess(track);
                descriptor.ParentUuid = ProcessUuid(track.Process);
                descriptor.Thread = new ThreadDescriptor { Pid = track.Process, Tid = track.Id, ThreadName = track.Name };
                break;
            case TrackKind.Counter:
                descriptor.Name = track.Name;
                descriptor.Counter = new CounterDescriptor();
                break;
            default:
                descriptor.Name = track.Name;
                break;
        }

        Put(new TracePacket { TrackDescriptor = descriptor });
    }

    private protected override void Instant(Track track, in TraceEvent item, ulong flow) =>
        Draw(track, item.Name.Name, item, TrackEvent.Types.Type.Instant, flow, arrowEnds: false);

    private protected override void Begin(Track track, string name, in TraceEvent item, ulong flow) =>
        Draw(track, name, item, TrackEvent.Types.Type.SliceBegin, flow, arrowEnds: true);

    private protected override void End(Track track, TraceTime time) => Put(new TracePacket
    {
        Timestamp = time.Nanoseconds,
        TrackEvent = new TrackEvent { Type = TrackEvent.Types.Type.SliceEnd, TrackUuid = Uuid(track) },
    });

    private protected override void Count(Track track, TraceTime time, long number) => Put(new TracePacket
    {
        Timestamp = time.Nanoseconds,
        TrackEvent = new TrackEvent { Type = TrackEvent.Types.Type.Counter, TrackUuid = Uuid(track), CounterValue = number },
    });

    private protected override void Loss(Track track, TraceTime time, long count)
    {
        var interned = new InternedData();
        var lost = new TrackEvent { Type = TrackEvent.Types.Type.Instant, TrackUuid = Uuid(track), NameIid = _names.Of("LOST EVENTS", interned.EventNames) };
        lost.DebugAnnotations.Add(new DebugAnnotation { NameIid = _fields.Of("count", interned.DebugAnnotationNames), IntValue = count });
        Put(new TracePacket { Timestamp = time.Nanoseconds, TrackEvent = lost, InternedData = interned });
    }

    private protected override void Finish(ReadTally tally)
    {
        _output.Flush();
        _stream.Flush();
    }

    private protected override void Dispose(bool disposing)
    {
        _output.Dispose();
        base.Dispose(disposing);
    }

    private static ulong Uuid(Track track) => ((ulong)track.Kind + 1) << 40 | (uint)(track.Id + 1);

    private static ulong ProcessUuid(int process) => 0xffUL << 40 | (uint)process;

    private void DefineProcess(Track track)
    {
        if (_processes.Add(track.Process))
        {
            var process = new ProcessDescriptor { Pid = track.Process };
            if (track.Id == track.Process)
            {
                process.ProcessName = track.Name;
            }

            Put(new TracePacket { TrackDescriptor = new TrackDescriptor { Uuid = ProcessUuid(track.Process), Process = process } });
        }
    }

    private void Draw(Track track, string name, in TraceEvent item, TrackEvent.Types.Type type, ulong flow, bool arrowEnds)
    {
        var interned = new InternedData();
        var drawn = new TrackEvent { Type = type, TrackUuid = Uuid(track), NameIid = _names.Of(name, interned.EventNames) };
        if (item.Name.System.Length > 0)
        {
            drawn.CategoryIids.Add(_categories.Of(item.Name.System, interned.EventCategories));
        }

        if (flow != 0)
        {
            (arrowEnds ? drawn.TerminatingFlowIds : drawn.FlowIds).Add(flow);
        }

        foreach (var (field, value) in item.Fields)
        {
            drawn.DebugAnnotations.Add(Annotation(_fields.Of(field, interned.DebugAnnotationNames), value));
        }

        Put(new TracePacket { Timestamp = item.Time.Nanoseconds, TrackEvent = drawn, InternedData = interned });
    }

    private static DebugAnnotation Annotation(ulong name, FieldValue value)
    {
        var annotation = new DebugAnnotation { NameIid = name };
        if (value.Label is null && value.Shape == FieldShape.Integer && value.TryGetInteger(out var number))
        {
            if (value.IsAddress)
            {
                annotation.PointerValue = (ulong)number;
            }
            else if (number < 0)
            {
                annotation.IntValue = (long)number;
            }
            else
            {
                annotation.UintValue = (ulong)number;
            }
        }
        else
        {
            annotation.StringValue = value.ToString();
        }

        return annotation;
    }

    private void Put(TracePacket packet)
    {
        packet.TrustedPacketSequenceId = Sequence;
        packet.SequenceFlags = _isStarted ? NeedsState : StateCleared;
        _isStarted = true;
        if (packet.InternedData is { } interned && interned.CalculateSize() == 0)
        {
            packet.InternedData = null;
        }

        _output.WriteRawTag(PacketTag);
        _output.WriteMessage(packet);
    }
}
