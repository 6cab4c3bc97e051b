using System.Buffers;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LabTrace.Reports.Html;

/// <summary>
/// The data of some scenarios, in three parts that are compressed apart: what the list and its search need, what is read when a scenario
/// is opened, and attachments, which are read when they are looked at.
/// </summary>
internal sealed class HtmlBlock
{
    private const int FullBytes = 192 * 1024;
    private const int FullCount = 256;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ReportOutput _output;
    private readonly Part _index = new();
    private readonly Part _details = new();
    private readonly Part _payloads = new();
    private readonly Dictionary<string, int> _strings = new(StringComparer.Ordinal);

    public HtmlBlock(ReportOutput output)
    {
        _output = output;
        Open();
    }

    /// <summary>Takes what the list needs: an array of rows.</summary>
    public Utf8JsonWriter Index => _index.Json;

    /// <summary>Takes what an opened scenario needs: an array of scenarios, then the block's strings.</summary>
    public Utf8JsonWriter Details => _details.Json;

    /// <summary>Takes attachments: an array of bodies.</summary>
    public Utf8JsonWriter Payloads => _payloads.Json;

    /// <summary>How many bodies are in <see cref="Payloads"/>.</summary>
    public int PayloadCount { get; set; }

    /// <summary>How many entries <see cref="Details"/> has.</summary>
    public int DetailCount { get; set; }

    /// <summary>Zero-based number of the block that is being filled.</summary>
    public int Number { get; private set; }

    /// <summary>It is time to write it.</summary>
    public bool IsFull => DetailCount >= FullCount || _details.Bytes > FullBytes || _payloads.Bytes > FullBytes;

    /// <summary>The number of a text in the block's list of texts, which holds each once.</summary>
    public int StringIndex(string text)
    {
        if (!_strings.TryGetValue(text, out var index))
        {
            _strings[text] = index = _strings.Count;
        }

        return index;
    }

    /// <summary>Writes the block, if there is anything in it, and opens the next.</summary>
    public void Flush()
    {
        if (DetailCount == 0)
        {
            return;
        }

        Index.WriteEndArray();
        Details.WriteEndArray();
        Details.WriteStartArray("s"u8);
        foreach (var text in _strings.Keys)
        {
            Details.WriteStringValue(text);
        }

        Details.WriteEndArray();
        Details.WriteEndObject();
        Payloads.WriteEndArray();
        _output.Write($"{_index.Take("index")}{_details.Take("detail")}{_payloads.Take("payload")}");
        _strings.Clear();
        PayloadCount = 0;
        DetailCount = 0;
        Number++;
        Open();
    }

    /// <summary>Writes an object of its own.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="write">Writes its properties.</param>
    public void WriteObject(string kind, Action<Utf8JsonWriter> write)
    {
        var part = new Part();
        part.Json.WriteStartObject();
        write(part.Json);
        part.Json.WriteEndObject();
        _output.Write(part.Take(kind));
    }

    private void Open()
    {
        Index.WriteStartArray();
        Details.WriteStartObject();
        Details.WriteStartArray("x"u8);
        Payloads.WriteStartArray();
    }

    /// <summary>JSON that becomes a script element which no browser runs.</summary>
    private sealed class Part
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();

        public Part() => Json = new Utf8JsonWriter(_bytes, Options);

        public Utf8JsonWriter Json { get; }

        public long Bytes => Json.BytesCommitted + Json.BytesPending;

        public string Take(string kind)
        {
            Json.Flush();
            var compressed = new MemoryStream();
            using (var deflate = new DeflateStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            {
                deflate.Write(_bytes.WrittenSpan);
            }

            _bytes.ResetWrittenCount();
            Json.Reset();
            var text = Convert.ToBase64String(compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
            return $"<script type=\"text/plain\" data-part=\"{kind}\">{text}</script>\n";
        }
    }
}
