using System.Buffers;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LabTrace.Reports.ReportPortal.Spooling;

namespace LabTrace.Reports.ReportPortal.Delivering;

/// <summary>Fills in what only the server's earlier answers tell: its ids.</summary>
/// <param name="acknowledged">Which ids it gave.</param>
/// <param name="launch">The launch.</param>
internal sealed class RequestBodies(Acknowledgements acknowledged, Guid launch)
{
    /// <summary>The bytes of a request of which this much is known to pass: 128 MB less what surrounds the files.</summary>
    public const long MostBytes = (128L * 1024 * 1024) - (1024 * 1024);

    /// <summary>The name of every file's part.</summary>
    public const string FilePart = "file";

    private const string JsonPart = "json_request_part";

    /// <summary>The body of a start or finish.</summary>
    public HttpContent Of(SpoolEntry entry)
    {
        var json = new ArrayBufferWriter<byte>(entry.Body.Length + 256);
        json.Write("{"u8);
        json.Write(entry.Body.Span);
        if (entry.Action is SpoolAction.StartLaunch or SpoolAction.StartItem)
        {
            Add(json, "uuid", entry.Id.ToString());
        }

        if (entry.Action is SpoolAction.StartItem or SpoolAction.FinishItem)
        {
            Add(json, "launchUuid", acknowledged.ServerId(launch));
        }

        if (entry.RetryOf is { } retryOf)
        {
            Add(json, "retryOf", acknowledged.ServerId(retryOf));
        }

        json.Write("}"u8);
        return Json(json.WrittenSpan.ToArray());
    }

    /// <summary>The body that opens a finished launch again.</summary>
    public HttpContent Reopening(SpoolEntry startLaunch)
    {
        var json = new ArrayBufferWriter<byte>(startLaunch.Body.Length + 256);
        json.Write("{"u8);
        json.Write(startLaunch.Body.Span);
        json.Write(",\"rerun\":true"u8);
        Add(json, "rerunOf", acknowledged.ServerId(launch));
        json.Write("}"u8);
        return Json(json.WrittenSpan.ToArray());
    }

    /// <summary>The body of a batch of logs: JSON for one without a file, else a form.</summary>
    /// <param name="logs">The logs.</param>
    /// <param name="files">Their files' bytes, null for those without.</param>
    public HttpContent Of(IReadOnlyList<SpoolEntry> logs, IReadOnlyList<byte[]?> files)
    {
        if (logs.Count == 1 && files[0] is null)
        {
            var one = new ArrayBufferWriter<byte>(logs[0].Body.Length + 256);
            Add(one, logs[0], withFile: false);
            return Json(one.WrittenSpan.ToArray());
        }

        var json = new ArrayBufferWriter<byte>(1024);
        json.Write("["u8);
        for (var i = 0; i < logs.Count; i++)
        {
            json.Write(i == 0 ? ""u8 : ","u8);
            Add(json, logs[i], files[i] is not null);
        }

        json.Write("]"u8);
        var form = new MultipartFormDataContent(Guid.NewGuid().ToString()) { { Json(json.WrittenSpan.ToArray()), JsonPart } };
        for (var i = 0; i < logs.Count; i++)
        {
            if (files[i] is { } content)
            {
                var part = new ByteArrayContent(content);
                part.Headers.ContentType = MediaTypeHeaderValue.TryParse(logs[i].File!.MediaType, out var type) ? type : new MediaTypeHeaderValue("application/octet-stream");
                form.Add(part, FilePart, PartName(logs[i].File!));
            }
        }

        return form;
    }

    /// <summary>
    /// A name that reads the same however a server decodes the header, and that is no part's: logs and files are paired by it.
    /// </summary>
    public static string PartName(SpoolFile file)
    {
        var name = new StringBuilder(file.Name.Length);
        foreach (var letter in file.Name)
        {
            _ = name.Append(char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_' or '+' or ' ' or '(' or ')' ? letter : '_');
        }

        var plain = name.ToString().Trim();
        return plain is "" or FilePart or JsonPart ? plain + "_" : plain;
    }

    private void Add(ArrayBufferWriter<byte> json, SpoolEntry log, bool withFile)
    {
        json.Write("{"u8);
        json.Write(log.Body.Span);
        Add(json, "launchUuid", acknowledged.ServerId(launch));
        if (log.Parent is { } item)
        {
            Add(json, "itemUuid", acknowledged.ServerId(item));
        }

        if (withFile)
        {
            json.Write(",\"file\":{\"name\":"u8);
            json.Write(JsonSerializer.SerializeToUtf8Bytes(PartName(log.File!), NamesJson.Default.String));
            json.Write("}"u8);
        }

        json.Write("}"u8);
    }

    private static void Add(ArrayBufferWriter<byte> json, string name, string value)
    {
        json.Write(",\""u8);
        json.Write(Encoding.UTF8.GetBytes(name));
        json.Write("\":"u8);
        json.Write(JsonSerializer.SerializeToUtf8Bytes(value, NamesJson.Default.String));
    }

    private static ByteArrayContent Json(byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class NamesJson : System.Text.Json.Serialization.JsonSerializerContext;
