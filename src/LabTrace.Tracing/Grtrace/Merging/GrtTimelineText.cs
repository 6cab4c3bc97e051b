namespace LabTrace.Tracing;

/// <summary>Writes a timeline as text, one event a line: for programs, or for people.</summary>
/// <remarks>Forms: Formats/GrtText/GrtText.md. Of the form for programs cpu events have pid, tid and comm at the end, and GPU events those of who submitted them.</remarks>
public sealed class GrtTimelineText(Stream output, bool isForPeople) : IGrtTimelineSink
{
    private const int NameColumns = 20;
    private const int FlushAt = 1 << 16;

    private readonly Utf8Text _text = new(FlushAt * 2);

    /// <summary>Writes the lines that say what follows.</summary>
    public void WriteHeader()
    {
        _text.Append("# merged CPU and GPU timeline\n"u8);
        _text.Append(isForPeople ? "# format: seconds [SOURCE] what\n"u8 : "# format: [timestamp_sec] SOURCE EVENT_TYPE details...\n"u8);
    }

    /// <inheritdoc/>
    public void Write(GrtTimelineEvent item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (isForPeople)
        {
            Seconds(item.Time);
            _text.Append(item.IsGpu ? "  [GPU]  "u8 : "  [CPU]  "u8);
            ForPeople(item);
        }
        else
        {
            _text.Append((byte)'[');
            Seconds(item.Time);
            _text.Append(item.IsGpu ? "] GPU "u8 : "] CPU "u8);
            var start = _text.Length;
            _text.Append(item.Event);
            _text.PadRight(start, NameColumns);
            _text.Append((byte)' ');
            if (item.IsGpu)
            {
                Gpu(item);
            }
            else
            {
                Cpu(item);
            }
        }

        _text.Append((byte)'\n');
        if (_text.Length > FlushAt)
        {
            Flush();
        }
    }

    /// <inheritdoc/>
    public void Complete() => Flush();

    private void Flush()
    {
        output.Write(_text.Written);
        _text.Clear();
    }

    private void Seconds(ulong time)
    {
        _text.Append(time / 1_000_000_000);
        _text.Append((byte)'.');
        _text.Append(time % 1_000_000_000, 9);
    }

    private void Gpu(GrtTimelineEvent item)
    {
        var job = item.Job;
        _text.Append("ctx_id=0x"u8);
        _text.AppendHex(job.CtxId);
        _text.Append(", engine="u8);
        _text.Append(job.Engine);
        _text.Append(", ring="u8);
        _text.Append((ulong)job.RingId);
        _text.Append(", seqno="u8);
        _text.Append(job.Seqno);
        switch (item.Kind)
        {
            case GrtEventKind.Complete:
                _text.Append(", status="u8);
                _text.Append((long)job.Status);
                break;
            case GrtEventKind.Error:
                _text.Append(", status="u8);
                _text.Append((long)job.Status);
                _text.Append(", aux="u8);
                _text.Append((ulong)job.Aux);
                break;
            case GrtEventKind.Irq:
                _text.Append(", vector="u8);
                _text.Append((ulong)job.Aux);
                break;
            case GrtEventKind.CtxSwitch:
                _text.Append(", to_ctx=0x"u8);
                _text.AppendHex(job.Arg0);
                break;
            case GrtEventKind.SyncWaitEnter or GrtEventKind.SyncWaitExit:
                _text.Append(", fence_ctx=0x"u8);
                _text.AppendHex(job.Arg0);
                break;
            case GrtEventKind.Custom or GrtEventKind.Other:
                _text.Append(", custom_data=0x"u8);
                _text.AppendHex(job.Arg0);
                break;
        }

        if (item.Pid >= 0)
        {
            Task(item, isFirst: false);
        }
    }

    private void Task(GrtTimelineEvent item, bool isFirst)
    {
        _text.Append(isFirst ? "pid="u8 : ", pid="u8);
        _text.Append((long)item.Pid);
        _text.Append(", tid="u8);
        _text.Append((long)item.Tid);
        if (item.Comm.Length > 0)
        {
            _text.Append(", comm="u8);
            _text.Append(item.Comm);
        }
    }

    private void Cpu(GrtTimelineEvent item)
    {
        var fields = item.Fields.Span;
        var (start, length) = GrtAnnotationReader.FindComm(fields);
        var before = start == 0 ? fields : fields[..(start - "comm=".Length)];
        var after = start == 0 ? [] : fields[(start + length)..];
        var isFirst = Others(before, isFirst: true);
        isFirst = Others(after, isFirst);
        if (item.Pid >= 0)
        {
            Task(item, isFirst);
        }
    }

    /// <summary>The fields that say no thread, parted by commas.</summary>
    private bool Others(ReadOnlySpan<byte> fields, bool isFirst)
    {
        while (fields.Length > 0)
        {
            var end = fields.IndexOf((byte)' ');
            var field = (end < 0 ? fields : fields[..end]).Trim(", "u8);
            fields = end < 0 ? [] : fields[(end + 1)..];
            if (field.IsEmpty || field.StartsWith("pid="u8) || field.StartsWith("tid="u8))
            {
                continue;
            }

            if (!isFirst)
            {
                _text.Append(", "u8);
            }

            isFirst = false;
            _text.Append(field);
        }

        return isFirst;
    }

    private void ForPeople(GrtTimelineEvent item)
    {
        if (!item.IsGpu)
        {
            _text.Append(item.Comm.Length > 0 ? item.Comm : "?");
            _text.Append((byte)'(');
            _text.Append((long)item.Pid);
            _text.Append(") "u8);
            Lower(item.Event);
            if (item.SinceNs is { } took)
            {
                _text.Append("  \u2190 "u8);
                Length(took);
                _text.Append(" in ioctl"u8);
            }

            return;
        }

        _text.Append("ctx=0x"u8);
        _text.AppendHex(item.Job.CtxId);
        _text.Append((byte)' ');
        Lower(item.Event);
        _text.Append(" seq="u8);
        _text.Append(item.Job.Seqno);
        var isBad = item.Kind is GrtEventKind.Complete or GrtEventKind.Error && item.Job.Status != 0;
        if (isBad)
        {
            _text.Append(" status="u8);
            _text.Append((long)item.Job.Status);
        }

        if (item.SinceNs is not { } since)
        {
            return;
        }

        _text.Append("  \u2190 "u8);
        Length(since);
        _text.Append(item.Kind switch
        {
            GrtEventKind.Submit => " after ioctl"u8,
            GrtEventKind.Start => " queue wait"u8,
            GrtEventKind.End => " GPU exec"u8,
            _ => " to completion"u8,
        });
        if (item.Kind == GrtEventKind.Submit && item.Comm.Length > 0)
        {
            _text.Append(" of "u8);
            _text.Append(item.Comm);
            _text.Append((byte)'(');
            _text.Append((long)item.Pid);
            _text.Append((byte)')');
        }
    }

    private void Lower(string name)
    {
        foreach (var c in name)
        {
            _text.Append((byte)(c is >= 'A' and <= 'Z' ? c + ('a' - 'A') : c < 0x80 ? c : '?'));
        }
    }

    /// <summary>A length of time as people say it: 121μs, 10.15ms.</summary>
    private void Length(long ns)
    {
        if (ns < 0)
        {
            _text.Append((byte)'-');
            ns = ns == long.MinValue ? long.MaxValue : -ns;
        }

        switch (ns)
        {
            case < 1_000:
                _text.Append(ns);
                _text.Append("ns"u8);
                break;
            case < 1_000_000:
                _text.Append(ns / 1_000);
                _text.Append("μs"u8);
                break;
            case < 1_000_000_000:
                Hundredths(ns / 10_000);
                _text.Append("ms"u8);
                break;
            default:
                Hundredths(ns / 10_000_000);
                _text.Append((byte)'s');
                break;
        }
    }

    private void Hundredths(long value)
    {
        _text.Append(value / 100);
        _text.Append((byte)'.');
        _text.Append((ulong)(value % 100), 2);
    }
}
