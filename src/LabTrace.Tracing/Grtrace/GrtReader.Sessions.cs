using System.Buffers.Binary;
using System.Globalization;

namespace LabTrace.Tracing;

/// <content>What sessions, losses and odd records come to.</content>
public sealed partial class GrtReader
{
    private const int MaxUnknownTypes = 16;

    /// <summary>A number that jumps so far is no loss but damage.</summary>
    private const ulong MaxJump = 1UL << 40;

    private readonly TallyBuilder _damage = new();
    private readonly SortedDictionary<ushort, long> _unknown = [];
    private readonly List<string> _warnings = [];
    private GrtTypeTable _types = new(GrtMetadata.Default);
    private GrtMetadata? _framedMetadata;
    private GrtGaps _gaps = new();
    private uint _framedCpus;
    private bool _hasMetadata;
    private ulong _lastTime;
    private ulong _missingBefore;
    private ulong _undisclosedBefore;
    private long _repeatedBefore;
    private ulong _declaredLost;
    private long _unknownEvents;
    private long _clockSteps;
    private long _late;

    internal void Malformed(long offset, string reason, ReadOnlySpan<byte> record) => _damage.AddMalformed(offset, reason, record, isText: false);

    internal void Framed(GrtMetadata metadata, GrtTypeTable types)
    {
        if (_framedMetadata is null)
        {
            _framedMetadata = metadata;
            _types = types;
            if (SessionNumber == 0)
            {
                Session = Session with { Metadata = metadata };
            }
        }
    }

    internal void Framed(GrtStreamInfo info, bool isOther)
    {
        _framedCpus = Math.Max(_framedCpus, Math.Min(info.Cpus, GrtLayout.MaxCpus));
        if (SessionNumber == 0 && Session.IsAssumed)
        {
            Session = new GrtSession(info, _framedMetadata ?? GrtMetadata.Default, IsAssumed: false);
        }

        _isContiguityKnown &= !isOther;
    }

    /// <summary>Looks at the record that comes next; false when it is no event to be given.</summary>
    private bool Take(GrtLane lane)
    {
        var type = lane.Type;
        if (type >= GrtLayout.FirstControlType)
        {
            Control(lane, type);
            return false;
        }

        _pendingEvents--;
        if (SessionNumber == 0)
        {
            Assume();
        }

        Sequence(lane);
        var sizes = _types.Sizes;
        if (type < sizes.Length && lane.Size >= sizes[type])
        {
            Kind = _types.Kind(type);
            return true;
        }

        PassOver(lane, type);
        return false;
    }

    /// <summary>Counts what is of a type that nobody knows, or too short for its type.</summary>
    private void PassOver(GrtLane lane, ushort type)
    {
        if (_types.IsKnown(type))
        {
            var size = lane.Size;
            Malformed(-1, $"event {_types.Name(type)} of cpu {lane.Cpu} has {size} bytes and METADATA says {_types.Sizes[type]}", lane.Bytes.AsSpan(lane.At, size));
            return;
        }

        _unknownEvents++;
        if (_unknown.Count < MaxUnknownTypes || _unknown.ContainsKey(type))
        {
            _unknown[type] = _unknown.GetValueOrDefault(type) + 1;
        }
    }

    private void Sequence(GrtLane lane)
    {
        var time = lane.Time;
        if (time < _lastTime)
        {
            if (time < lane.LastTime)
            {
                _clockSteps++;
            }
            else
            {
                _late++;
            }
        }

        lane.LastTime = _lastTime = time;
        LostBefore = 0;
        var gseq = lane.Gseq;
        if (_gaps.HasStarted && gseq - _gaps.Expected > MaxJump && _gaps.Expected - gseq > MaxJump)
        {
            Malformed(-1, $"event of cpu {lane.Cpu} has gseq {gseq} where {_gaps.Expected} is due", lane.Bytes.AsSpan(lane.At, lane.Size));
            return;
        }

        _gaps.Add(gseq);
        var cseq = BinaryPrimitives.ReadUInt64LittleEndian(lane.Bytes.AsSpan(lane.At + 24));
        if (lane.NextCseq is { } due && cseq > due && cseq - due < MaxJump)
        {
            LostBefore = cseq - due;
            lane.Lost += LostBefore;
        }

        lane.NextCseq = cseq + 1;
    }

    private void Control(GrtLane lane, ushort type)
    {
        var record = lane.Bytes.AsSpan(lane.At, lane.Size);
        switch (type)
        {
            case GrtLayout.StreamInfoType when GrtStreamInfo.TryRead(record, out var info, out _):
                Start(info, lane);
                break;
            case GrtLayout.MetadataType when GrtMetadata.TryRead(record, out var metadata, out _):
                _hasMetadata = true;
                _types = new GrtTypeTable(metadata);
                Session = Session with { Metadata = metadata };
                break;
            case GrtLayout.LostType when record.Length >= GrtLayout.LostBytes:
                Lost(lane, BinaryPrimitives.ReadUInt64LittleEndian(record[32..]), BinaryPrimitives.ReadUInt64LittleEndian(record[40..]));
                break;
            case GrtLayout.StreamInfoType or GrtLayout.MetadataType or GrtLayout.PadType:
                return;
            default:
                PassOver(lane, type);
                break;
        }

        if (_gaps.HasStarted)
        {
            _gaps.AddControl(lane.Gseq);
        }
    }

    private void Lost(GrtLane lane, ulong count, ulong first)
    {
        if (count > MaxJump || (_gaps.HasStarted && first - _gaps.Expected > MaxJump && _gaps.Expected - first > MaxJump))
        {
            Malformed(-1, $"LOST of cpu {lane.Cpu} tells of {count} events from gseq {first} on", lane.Bytes.AsSpan(lane.At, lane.Size));
            return;
        }

        _declaredLost += count;
        lane.DeclaredLost += count;
        _gaps.AddLost(count, first);
    }

    private void Start(GrtStreamInfo info, GrtLane lane)
    {
        if (SessionNumber > 0 && info.SessionId == Session.Info.SessionId)
        {
            // Each cpu's file may say it.
            return;
        }

        SessionNumber++;
        if (SessionNumber > 1)
        {
            _missingBefore += _gaps.Missing;
            _undisclosedBefore += _gaps.Undisclosed + _gaps.Tail;
            _repeatedBefore += _gaps.Repeated;
            _gaps = new GrtGaps();
            _lanes.ForEach(l => l.NextCseq = null);
            _hasMetadata = false;
        }

        _lastTime = lane.Time;
        lane.NextCseq ??= BinaryPrimitives.ReadUInt64LittleEndian(lane.Bytes.AsSpan(lane.At + 24));
        _gaps.Start(lane.Gseq);
        if (info.Minor > GrtLayout.Minor)
        {
            Warn($"session {SessionNumber} is of version {info.Major}.{info.Minor}, newer than {GrtLayout.Major}.{GrtLayout.Minor}: what it adds is not shown");
        }

        var metadata = _hasMetadata ? Session.Metadata : _framedMetadata ?? GrtMetadata.Default;
        Session = new GrtSession(info, metadata, IsAssumed: false);
    }

    /// <summary>An event comes before any STREAM_INFO.</summary>
    private void Assume()
    {
        SessionNumber = 1;
        if (!Session.IsAssumed)
        {
            // It stands in another cpu's file, or behind.
            return;
        }

        Session = new GrtSession(new GrtStreamInfo(), _framedMetadata ?? GrtMetadata.Default, IsAssumed: true);
        Warn($"the stream has no STREAM_INFO; it is read as version {GrtLayout.Major}");
    }

    private void Warn(string warning)
    {
        if (_warnings.Count < MaxUnknownTypes)
        {
            _warnings.Add(warning);
        }
    }

    private GrtTally MakeTally()
    {
        var missing = _missingBefore + _gaps.Missing;
        var lost = missing + _undisclosedBefore + _gaps.Undisclosed + _gaps.Tail;
        var byCpu = _lanes.GroupBy(l => (int)l.Cpu).OrderBy(g => g.Key)
            .Select(g => new LostOnCpu(g.Key, (long)Math.Max(Sum(g, l => l.Lost), Sum(g, l => l.DeclaredLost)), IsExact: true))
            .Where(l => l.Count > 0).ToList();
        var known = (ulong)byCpu.Sum(l => l.Count);
        var cpus = _lanes.Select(l => (int)l.Cpu).Distinct().Order().ToArray();
        var warnings = new List<string>(_warnings);
        if (lost > known && (cpus.Length < _framedCpus || _framedCpus == 0))
        {
            warnings.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{lost - known:N0} event numbers are missing beyond the gaps of the cpus that were read: {(_framedCpus == 0 ? "nothing tells how many" : _framedCpus)} cpus recorded, and records of {cpus.Length} are here"));
            lost = known;
        }
        else if (lost > known)
        {
            byCpu.Add(new LostOnCpu(-1, (long)(lost - known), IsExact: true));
        }

        if (_unknownEvents > 0)
        {
            var types = string.Join(", ", _unknown.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Value:N0} of type {t.Key}")));
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"{_unknownEvents:N0} records of unknown types were skipped: {types}"));
        }

        AddIf(_gaps.Repeated + _repeatedBefore, "events have a number that another had before: the recorder repeats numbers");
        AddIf(_clockSteps, "events lie before the one that their cpu recorded before them: its clock stepped back");
        AddIf(_late, "events came later in the files than the window reaches, and are out of order");
        var damage = _damage.ToTally(Count);
        return new GrtTally
        {
            Events = Count,
            UnknownEvents = _unknownEvents,
            UnknownTypes = [.. _unknown],
            Malformed = damage.Malformed,
            Samples = damage.Samples,
            BytesSkipped = BytesSkipped,
            MissingNumbers = (long)missing,
            DeclaredLost = (long)_declaredLost,
            Lost = (long)Math.Max(lost, known),
            LostByCpu = byCpu,
            Repeated = _gaps.Repeated + _repeatedBefore,
            ClockSteps = _clockSteps,
            Late = _late,
            Sessions = SessionNumber,
            Cpus = cpus,
            Warnings = warnings,
        };

        void AddIf(long count, string what)
        {
            if (count > 0)
            {
                warnings.Add(string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}"));
            }
        }
    }

    private static ulong Sum(IEnumerable<GrtLane> lanes, Func<GrtLane, ulong> of) => lanes.Aggregate(0UL, (sum, lane) => sum + of(lane));
}
