using System.Globalization;

namespace LabTrace.Tracing;

/// <summary>Writes trace.dat of version 7: what was filtered, cut, merged or corrected opens in trace-cmd and KernelShark.</summary>
/// <remarks>Format: Formats/TraceDat/TraceDat.md. Events of a cpu are spooled until the end, because the file has them cpu by cpu.</remarks>
internal sealed class TraceDatExport : ITraceExport
{
    /// <summary>Text has lines up to two pages of the kernel's <c>trace_seq</c>.</summary>
    private const int TextSubBuffer = 16384;

    private static readonly string[] SymbolConversions = ["%ps", "%pS", "%pf", "%pF", "%pB"];

    private readonly Stream _output;
    private readonly ExportOptions _options;
    private readonly PageCompressor _compressor;
    private readonly SubBufferLayout _layout;
    private readonly EventNumbers _numbers;
    private readonly CommTable _comms = new();
    private readonly Dictionary<int, string> _commOf = [];
    private readonly List<BufferPages> _buffers = [];
    private long _renamed;
    private byte[] _record = new byte[256];

    public TraceDatExport(Stream output, ExportOptions options)
    {
        (_output, _options) = (output, options);
        _compressor = PageCompressor.Find(options.Compression);
        _layout = options.Explanation?.Layout ?? SubBufferLayout.Linux64.WithSize(TextSubBuffer);
        _numbers = new EventNumbers(_layout);

        // The top buffer is always there, also when only instances recorded.
        _buffers.Add(new BufferPages("", _layout, _compressor));
    }

    public void Write(in TraceEvent item, string buffer = "")
    {
        var kind = _numbers.Of(item);
        if (kind.IsText)
        {
            PagesOf(buffer).Cpu(item.Cpu).Add(item.Time.Nanoseconds, CarriedText.Record(item, kind.Format));
        }
        else
        {
            PagesOf(buffer).Cpu(item.Cpu).Add(item.Time.Nanoseconds, Renumbered(item, kind.Format));
        }

        NoteComm(item);
    }

    public void WriteLoss(int cpu, long count, string buffer = "") => PagesOf(buffer).Cpu(cpu).AddMissed(count);

    public IReadOnlyList<string> Complete(ReadTally tally)
    {
        foreach (var buffer in _buffers)
        {
            buffer.Complete();
        }

        new TraceDatFileWriter(_layout, _compressor, _options.ClockName).Write(_output, new TraceDatContent
        {
            Formats = [.. _numbers.Formats],
            Symbols = _numbers.Formats.Any(NeedsSymbols) ? _options.Explanation?.Symbols : null,
            PrintkFormats = _options.Explanation?.PrintkFormats,
            Comms = _comms,
            Lost = tally.Lost,
            Buffers = _buffers,
            HeaderEvent = _options.Explanation?.HeaderEvent ?? RawRecording.DefaultHeaderEvent,
        });
        _output.Flush();
        return _renamed == 0
            ? []
            : [string.Create(CultureInfo.InvariantCulture, $"{_renamed:N0} times a thread changed its name; trace.dat keeps the last name of each")];
    }

    public void Dispose()
    {
        foreach (var buffer in _buffers)
        {
            buffer.Dispose();
        }
    }

    /// <summary>Whether printing events of this kind looks addresses up.</summary>
    private static bool NeedsSymbols(EventFormat format) =>
        (format.Name.System == "ftrace" && format.Name != EventName.Print && format.Name != EventName.RawData)
        || SymbolConversions.Any(p => format.PrintFormat.Contains(p, StringComparison.Ordinal) && format.Name != EventName.Print);

    private BufferPages PagesOf(string buffer)
    {
        foreach (var pages in _buffers)
        {
            if (string.Equals(pages.Name, buffer, StringComparison.Ordinal))
            {
                return pages;
            }
        }

        _buffers.Add(new BufferPages(buffer, _layout, _compressor));
        return _buffers[^1];
    }

    /// <summary>The record with the number that its kind has in this file.</summary>
    private ReadOnlySpan<byte> Renumbered(in TraceEvent item, EventFormat format)
    {
        if (item.Format!.Id == format.Id)
        {
            return item.Payload.Span;
        }

        if (_record.Length < item.Payload.Length)
        {
            _record = new byte[item.Payload.Length * 2];
        }

        var record = _record.AsSpan(0, item.Payload.Length);
        item.Payload.Span.CopyTo(record);
        var (offset, size) = (format.Layout.TypeOffset, format.Layout.TypeSize);
        for (var i = 0; i < size && offset + i < record.Length; i++)
        {
            record[offset + (_layout.IsBigEndian ? size - 1 - i : i)] = (byte)(format.Id >> (8 * i));
        }

        return record;
    }

    private void NoteComm(in TraceEvent item)
    {
        if (item.Pid <= 0 || item.Comm == CommTable.Unknown)
        {
            return;
        }

        if (!_commOf.TryGetValue(item.Pid, out var known) || !string.Equals(known, item.Comm, StringComparison.Ordinal))
        {
            _renamed += known is null ? 0 : 1;
            _commOf[item.Pid] = item.Comm;
            _comms.Set(item.Pid, item.Comm);
        }
    }
}
