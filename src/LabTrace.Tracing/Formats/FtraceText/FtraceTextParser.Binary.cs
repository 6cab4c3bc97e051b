using System.Buffers.Binary;

namespace LabTrace.Tracing;

/// <content>The option <c>bin</c>: behind the header stand <c>pid</c> and <c>cpu</c> in four bytes each and the time in eight, in the machine's byte order,
/// then what the event's <c>binary</c> function says: the number of its kind as text for nearly all of them, two addresses for functions
/// (<c>print_bin_fmt</c> of kernel/trace/trace.c). It goes before the options hex and raw.</content>
internal sealed partial class FtraceTextParser
{
    private const int BinaryHead = 16;
    private const int MaxTypeText = 24;

    /// <summary>PID_MAX_LIMIT of the kernel.</summary>
    private const uint MaxPid = 1 << 22;

    private bool _isBigEndian;

    protected override bool? TryRecords(ReadOnlySpan<byte> text, ref int at, bool isFinal)
    {
        var rest = text[at..];
        if (rest.Length < 2 * (BinaryHead + MaxTypeText) && !isFinal)
        {
            return true;
        }

        if (_form == Form.Binary)
        {
            return TryRecord(rest, ref at, isFinal);
        }

        if (IsRecord(rest))
        {
            _form = Form.Binary;
            return TryRecord(rest, ref at, isFinal);
        }

        // The header's lines are text in any case; the first line behind them decides.
        MayTurnBinary = rest[0] == '#';
        return null;
    }

    private bool IsRecord(ReadOnlySpan<byte> rest)
    {
        if (rest.Length < BinaryHead || (rest[BinaryHead..].IndexOf("type: "u8) != 0 && _tracer != "function"))
        {
            return false;
        }

        // The numbers of a thread and a cpu have zeros in their upper bytes, which no text has. Zeros alone tell no order: the one before stays.
        var little = BinaryPrimitives.ReadUInt32LittleEndian(rest) <= MaxPid && BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]) < TextSink.MaxCpus;
        var big = BinaryPrimitives.ReadUInt32BigEndian(rest) <= MaxPid && BinaryPrimitives.ReadUInt32BigEndian(rest[4..]) < TextSink.MaxCpus;
        _isBigEndian = little == big ? _isBigEndian : big;
        return little || big;
    }

    private bool TryRecord(ReadOnlySpan<byte> rest, ref int at, bool isFinal)
    {
        if (rest.StartsWith("CPU:"u8) && rest.IndexOf((byte)'\n') is var end and > 0 and < 80 && TryLoss(rest[..end]))
        {
            at += end + 1;
            return false;
        }

        var body = rest.Length < BinaryHead ? [] : rest[BinaryHead..];
        var isType = body.StartsWith("type: "u8);
        var length = isType ? body[..Math.Min(body.Length, MaxTypeText)].IndexOf((byte)'\n') : _tracer == "function" && body.Length >= 16 ? 16 : -1;
        if (length < 0 || !IsRecord(rest))
        {
            return Resume(rest, ref at, isFinal);
        }

        var pid = _isBigEndian ? BinaryPrimitives.ReadInt32BigEndian(rest) : BinaryPrimitives.ReadInt32LittleEndian(rest);
        var cpu = _isBigEndian ? BinaryPrimitives.ReadInt32BigEndian(rest[4..]) : BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
        var time = _isBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(rest[8..]) : BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]);
        var key = isType ? TextSchema.RawKeyOf(body[..length]) : "\0raw_function"u8;
        if (key.Length == 0)
        {
            return Resume(rest, ref at, isFinal);
        }

        var schema = _timed.Get(key).Index;
        if (isType)
        {
            Sink.Add(time, cpu, default, TaskOf(pid), schema, at + BinaryHead, length);
        }
        else
        {
            AddFunction(time, cpu, TaskOf(pid), schema, body);
        }

        at += BinaryHead + length + (isType ? 1 : 0);
        return false;
    }

    /// <summary>Adds a function as the option hex writes it: its address and its caller's.</summary>
    private void AddFunction(ulong time, int cpu, int task, int schema, ReadOnlySpan<byte> body)
    {
        var made = new Utf8Text();
        for (var i = 0; i < 2; i++)
        {
            var address = _isBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(body[(8 * i)..]) : BinaryPrimitives.ReadUInt64LittleEndian(body[(8 * i)..]);
            made.Append(i == 0 ? "" : " ");
            made.Append(address.ToString("x16", System.Globalization.CultureInfo.InvariantCulture));
        }

        Sink.AddMade(time, cpu, default, task, schema, made.Written);
    }

    /// <summary>Counts what is no record and goes on before the next that says its kind.</summary>
    private bool Resume(ReadOnlySpan<byte> rest, ref int at, bool isFinal)
    {
        var next = rest.Length <= BinaryHead + 1 ? -1 : rest[(BinaryHead + 1)..].IndexOf("type: "u8);
        if (next < 0 && !isFinal && rest.Length < MaxRecordBytes)
        {
            return true;
        }

        Malformed(rest[..Math.Min(rest.Length, 32)], at, isFinal && next < 0 ? "the last record has no end: the capture was cut" : "the bytes are no record of the option bin");
        at += next < 0 ? rest.Length : next + 1;
        return false;
    }
}
