using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;

namespace LabTrace.Tracing;

/// <summary>Writes a BPF capture, record by record as they come, and finds what is missing between them.</summary>
/// <remarks>Formats/Bpf/Bpf.md. Not safe for use by several threads.</remarks>
public sealed class BpfCaptureWriter : IDisposable
{
    private const int BufferBytes = 256 * 1024;
    private const int CpuOffset = 24;
    private const int SequenceOffset = 16;
    private const int VersionOffset = 3;

    private readonly Stream _into;
    private readonly bool _leaveOpen;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private BpfSequence?[] _sequences = new BpfSequence?[8];
    private int _used;

    /// <summary>Starts a capture.</summary>
    /// <param name="into">Where it goes; it need not be seekable.</param>
    /// <param name="monotonicNs">CLOCK_MONOTONIC when it began.</param>
    /// <param name="realtimeNs">The time of day at the same moment, ns since 1970; 0 when it is not known.</param>
    /// <param name="leaveOpen">Whether the stream stays open when the capture is closed.</param>
    public BpfCaptureWriter(Stream into, long monotonicNs, long realtimeNs, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(into);
        (_into, _leaveOpen) = (into, leaveOpen);
        BpfFrame.Magic.CopyTo(_buffer);
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(8), BpfFrame.FileVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(10), BpfFrame.FileHeaderBytes);
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.AsSpan(16), monotonicNs);
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.AsSpan(24), realtimeNs);
        _used = BpfFrame.FileHeaderBytes;
    }

    /// <summary>Records written so far.</summary>
    public long Count { get; private set; }

    /// <summary>Records that the numbers of their cpus show to be missing so far.</summary>
    public long Lost { get; private set; }

    /// <summary>Writes one record of a program of LabTrace.</summary>
    /// <param name="kind">Whose it is.</param>
    /// <param name="record">The record as the program made it, at least its head of 48 bytes.</param>
    /// <exception cref="ArgumentException">It is shorter or longer than records are.</exception>
    public void WriteRecord(BpfRecordKind kind, ReadOnlySpan<byte> record)
    {
        if (record.Length is < 48 or > BpfFrame.MaxRecord)
        {
            throw new ArgumentException($"a record of {record.Length} bytes; expected 48 to {BpfFrame.MaxRecord}", nameof(record));
        }

        var cpu = BinaryPrimitives.ReadUInt32LittleEndian(record[CpuOffset..]);
        var lost = Sequence(cpu).Take(BinaryPrimitives.ReadUInt64LittleEndian(record[SequenceOffset..]));
        Lost += lost;
        Put((int)kind, record[VersionOffset], cpu, lost, record);
        Count++;
    }

    /// <summary>Writes the first frame.</summary>
    public void WriteAbout(BpfAbout about)
    {
        ArgumentNullException.ThrowIfNull(about);
        Describe(BpfFrame.About, json =>
        {
            json.WriteStartObject();
            json.WriteString("program", about.Program);
            json.WriteString("origin", about.Origin);
            json.WriteString("kernel", about.Kernel);
            json.WriteString("mechanism", about.Mechanism);
            json.WriteString("filter", about.Filter);
            json.WriteStartArray("functions");
            foreach (var function in about.Functions)
            {
                json.WriteStringValue(function);
            }

            json.WriteEndArray();
            json.WriteStartObject("reasons");
            foreach (var (number, name) in about.Reasons)
            {
                json.WriteString(number.ToString(CultureInfo.InvariantCulture), name);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    /// <summary>Writes the names of addresses; before the first record that has them.</summary>
    /// <param name="symbols">Addresses and names.</param>
    /// <param name="process">The process in whose program they are; 0 for the kernel's.</param>
    public void WriteSymbols(IReadOnlyCollection<KeyValuePair<ulong, string>> symbols, int process = 0)
    {
        ArgumentNullException.ThrowIfNull(symbols);
        if (symbols.Count > 0)
        {
            Describe(BpfFrame.Symbols, json =>
            {
                json.WriteStartObject();
                foreach (var (address, name) in symbols)
                {
                    json.WriteString(process == 0 ? address.ToString("x", CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{process}/{address:x}"), name);
                }

                json.WriteEndObject();
            });
        }
    }

    /// <summary>Writes the histograms; a later frame replaces an earlier one.</summary>
    public void WriteTimes(IReadOnlyList<BpfFunctionTimes> times)
    {
        ArgumentNullException.ThrowIfNull(times);
        Describe(BpfFrame.Times, json =>
        {
            json.WriteStartArray();
            foreach (var item in times)
            {
                item.WriteTo(json);
            }

            json.WriteEndArray();
        });
    }

    /// <summary>Writes the last frame, without which a capture counts as cut short, and flushes.</summary>
    /// <param name="counters">What each cpu counted.</param>
    /// <param name="missed">Events for which the kernel did not run a program.</param>
    public void WriteEnd(IReadOnlyList<BpfCounters> counters, long missed)
    {
        ArgumentNullException.ThrowIfNull(counters);
        Describe(BpfFrame.End, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("missed", missed);
            json.WriteStartArray("cpus");
            foreach (var cpu in counters)
            {
                cpu.WriteTo(json);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
        Flush();
    }

    /// <summary>Hands all that was written to the stream.</summary>
    public void Flush()
    {
        if (_used > 0)
        {
            _into.Write(_buffer, 0, _used);
            _used = 0;
        }

        _into.Flush();
    }

    /// <summary>Flushes, and closes the stream unless it is to stay open.</summary>
    public void Dispose()
    {
        Flush();
        if (!_leaveOpen)
        {
            _into.Dispose();
        }
    }

    /// <summary>Writes one record of another tool.</summary>
    internal void WriteForeign(BpfRecordKind kind, ReadOnlySpan<byte> record)
    {
        Put((int)kind, 0, BpfFrame.NoCpu, 0, record);
        Count++;
    }

    private void Put(int kind, int version, uint cpu, long lost, ReadOnlySpan<byte> body)
    {
        if (_buffer.Length - _used < BpfFrame.HeaderBytes + body.Length)
        {
            _into.Write(_buffer, 0, _used);
            _used = 0;
        }

        var header = _buffer.AsSpan(_used, BpfFrame.HeaderBytes);
        WriteHeader(header, body.Length, kind, version, cpu, lost);
        body.CopyTo(_buffer.AsSpan(_used + BpfFrame.HeaderBytes));
        _used += BpfFrame.HeaderBytes + body.Length;
    }

    private static void WriteHeader(Span<byte> header, int length, int kind, int version, uint cpu, long lost)
    {
        BinaryPrimitives.WriteInt32LittleEndian(header, length);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], (ushort)kind);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], (ushort)version);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], cpu);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], (uint)Math.Min(lost, uint.MaxValue));
    }

    private void Describe(int kind, Action<Utf8JsonWriter> write)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            write(json);
        }

        var bytes = body.GetBuffer().AsSpan(0, (int)body.Length);
        if (bytes.Length > BpfFrame.MaxDescription)
        {
            throw new InvalidOperationException($"a description of {bytes.Length} bytes is longer than the {BpfFrame.MaxDescription} that a capture takes");
        }

        Flush();
        Span<byte> header = stackalloc byte[BpfFrame.HeaderBytes];
        WriteHeader(header, bytes.Length, kind, 1, BpfFrame.NoCpu, 0);
        _into.Write(header);
        _into.Write(bytes);
    }

    private BpfSequence Sequence(uint cpu)
    {
        if (cpu >= _sequences.Length)
        {
            if (cpu >= BpfFrame.MaxCpus)
            {
                throw new ArgumentException($"a record of cpu {cpu}; there are at most {BpfFrame.MaxCpus}");
            }

            Array.Resize(ref _sequences, (int)Math.Max(cpu + 1, _sequences.Length * 2));
        }

        return _sequences[cpu] ??= new BpfSequence();
    }
}
