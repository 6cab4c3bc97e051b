using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;

namespace LabTrace.Reports.ReportPortal.Spooling;

/// <summary>Appends entries to a spool. What <see cref="Flush"/> has returned from survives the process.</summary>
internal sealed class SpoolWriter : IDisposable
{
    private readonly FileStream _file;
    private readonly ArrayBufferWriter<byte> _lines = new(16 * 1024);
    private readonly Utf8JsonWriter _json;
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Opens a spool's entries.</summary>
    /// <param name="path">The file.</param>
    /// <param name="keptBytes">Bytes of it that stay: 0 to begin anew, the length of its whole lines to go on.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public SpoolWriter(string path, long keptBytes)
    {
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        _file.SetLength(keptBytes);
        _file.Position = keptBytes;
        _json = new Utf8JsonWriter(_lines, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>Tells a reader that there is more, and ends when there will be no more.</summary>
    public ChannelReader<bool> News => _news.Reader;

    /// <summary>Number of entries added.</summary>
    public long Count { get; private set; }

    /// <summary>Adds an entry.</summary>
    public void Add(SpoolEntry entry)
    {
        _json.Reset();
        entry.Write(_json);
        _json.Flush();
        _lines.Write("\n"u8);
        Count++;
    }

    /// <summary>Hands what was added to the kernel, and tells the reader.</summary>
    /// <exception cref="IOException">There is no room.</exception>
    public void Flush()
    {
        if (_lines.WrittenCount == 0)
        {
            return;
        }

        try
        {
            _file.Write(_lines.WrittenSpan);
        }
        finally
        {
            _lines.ResetWrittenCount();
        }

        _ = _news.Writer.TryWrite(true);
    }

    /// <summary>Ends the file; the reader will find its end.</summary>
    public void Dispose()
    {
        _ = _news.Writer.TryComplete();
        _json.Dispose();
        _file.Dispose();
    }
}
