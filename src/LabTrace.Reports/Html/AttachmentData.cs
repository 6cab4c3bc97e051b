using System.Globalization;
using System.Text.Json;
using LabTrace.Reports.Record;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Html;

/// <summary>Encodes what is attached to steps. What the report has no room for is linked or named, and counted.</summary>
internal sealed class AttachmentData(HtmlBlock block, HtmlOptions options)
{
    private const int InlineCharacters = 512;
    private const int TextCharacters = 256 * 1024;
    private const int ImageBytes = 2 << 20;
    private const int DrawingBytes = 4 << 20;

    private long _used;

    private enum Kind
    {
        Text,
        Log,
        Image,
        Timeline,
        Plot,
        Link,
        Bytes,
        Measurement,
        KernelReport,
    }

    /// <summary>How many attachments are not in the report, or not whole.</summary>
    public int LeftOut { get; private set; }

    /// <summary>How many bytes of them are not.</summary>
    public long LeftOutBytes { get; private set; }

    /// <summary>Writes a step's attachments, if it has any.</summary>
    /// <param name="json">Inside the step's object.</param>
    /// <param name="step">The step.</param>
    /// <param name="isExpected">Its scenario passed or was skipped: half of the room is kept for those that did not.</param>
    public void Write(Utf8JsonWriter json, StepRecord step, bool isExpected)
    {
        if (step.Attachments.Count + step.Links.Count > 0)
        {
            // Evidence that is the step's message again is shown once.
            json.WritePropertyName("a"u8);
            WriteList(json, step.Attachments.Where(attachment => attachment.Body != step.Result?.Message), step.Links, isExpected);
        }
    }

    /// <summary>Writes attachments as an array, their bodies into the block.</summary>
    public void WriteList(Utf8JsonWriter json, IEnumerable<Attachment> attachments, IEnumerable<ExternalAttachment> links, bool isExpected)
    {
        var room = isExpected ? options.AttachmentBytes / 2 : options.AttachmentBytes;
        json.WriteStartArray();
        foreach (var attachment in attachments)
        {
            Write(json, attachment, room);
        }

        foreach (var link in links)
        {
            Write(json, link, room);
        }

        json.WriteEndArray();
    }

    private static Kind KindOf(string mediaType, AttachmentContentEncoding encoding) => mediaType switch
    {
        AttachmentExtensions.LogMediaType => Kind.Log,
        MeasurementRecord.MediaType => Kind.Measurement,
        KernelReportRecord.MediaType => Kind.KernelReport,
        DrawingTypes.Timeline => Kind.Timeline,
        DrawingTypes.Plot => Kind.Plot,
        "image/png" or "image/jpeg" or "image/gif" or "image/webp" or "image/svg+xml" or "image/bmp" => Kind.Image,
        "text/uri-list" => Kind.Link,
        _ => encoding == AttachmentContentEncoding.Identity || DrawingTypes.IsText(mediaType) ? Kind.Text : Kind.Bytes,
    };

    private void Write(Utf8JsonWriter json, Attachment attachment, long room)
    {
        var kind = KindOf(attachment.MediaType, attachment.ContentEncoding);
        if ((kind == Kind.Measurement && MeasurementRecord.TryParse(attachment.Text()) is null)
            || (kind == Kind.KernelReport && KernelReportRecord.TryParse(attachment.Text()) is null))
        {
            kind = Kind.Text;
        }

        Open(json, kind, attachment.FileName, attachment.MediaType);
        switch (kind)
        {
            case Kind.Timeline or Kind.Plot:
                WriteDrawing(json, attachment.Bytes(), room);
                break;
            case Kind.Image or Kind.Bytes:
                WriteWhole(json, Convert.ToBase64String(attachment.Bytes()), ImageBytes, room);
                break;
            case Kind.Measurement:
                var measured = MeasurementRecord.TryParse(attachment.Text())!;
                json.WriteString("b"u8, VisibleText.Line(string.Create(CultureInfo.InvariantCulture, $"{measured.Name}: {measured.Value} {measured.Unit}").TrimEnd()));
                break;
            case Kind.KernelReport:
                WriteKernelReport(json, KernelReportRecord.TryParse(attachment.Text())!, room);
                break;
            default:
                WriteText(json, VisibleText.Lines(attachment.Text()), room);
                break;
        }

        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, ExternalAttachment link, long room)
    {
        var kind = KindOf(link.MediaType, AttachmentContentEncoding.Base64);
        var isDrawing = kind is Kind.Timeline or Kind.Plot;
        Open(json, isDrawing ? kind : Kind.Link, null, link.MediaType);
        json.WriteString("u"u8, VisibleText.Line(link.Url));
        if (isDrawing && Read(link.Url) is { } content)
        {
            WriteDrawing(json, content, room);
        }
        else if (isDrawing)
        {
            json.WriteString("o"u8, "its file is not there, or too large");
            LeftOut++;
        }

        json.WriteEndObject();
    }

    private static void Open(Utf8JsonWriter json, Kind kind, string? name, string mediaType)
    {
        json.WriteStartObject();
        json.WriteNumber("k"u8, (int)kind);
        json.WriteString("m"u8, VisibleText.Line(mediaType));
        if (name is not null)
        {
            json.WriteString("n"u8, VisibleText.Line(name));
        }
    }

    private void WriteKernelReport(Utf8JsonWriter json, KernelReportRecord report, long room)
    {
        json.WriteString("b"u8, VisibleText.Line(report.Title));
        json.WriteString("y"u8, VisibleText.Line(report.Type));
        json.WriteString("g"u8, VisibleText.Line(report.Target));
        var excerpt = string.Join('\n', report.Excerpt.Select(VisibleText.Line));
        if (excerpt.Length > room - _used)
        {
            LeaveOut(json, excerpt.Length);
            return;
        }

        WritePayload(json, excerpt.Length);
        block.Payloads.WriteStringValue(excerpt);
    }

    private void WriteText(Utf8JsonWriter json, string text, long room)
    {
        if (text.Length <= InlineCharacters)
        {
            json.WriteString("b"u8, text);
            return;
        }

        var kept = (int)Math.Min(Math.Min(text.Length, TextCharacters), Math.Max(room - _used, 0));
        if (kept < text.Length)
        {
            LeaveOut(json, text.Length - kept);
        }

        if (kept > 0)
        {
            WritePayload(json, kept);
            block.Payloads.WriteStringValue(text.AsSpan(0, kept));
        }
    }

    private void WriteWhole(Utf8JsonWriter json, string base64, int limit, long room)
    {
        if (base64.Length > limit || base64.Length > room - _used)
        {
            LeaveOut(json, base64.Length / 4L * 3);
            return;
        }

        WritePayload(json, base64.Length);
        block.Payloads.WriteStringValue(base64);
    }

    private void WriteDrawing(Utf8JsonWriter json, byte[] content, long room)
    {
        if (content.Length > DrawingBytes || content.Length > room - _used)
        {
            LeaveOut(json, content.Length);
        }
        else if (!IsJsonObject(content))
        {
            json.WriteString("o"u8, "it is not valid JSON");
            LeftOut++;
        }
        else
        {
            WritePayload(json, content.Length);
            block.Payloads.WriteRawValue(content, skipInputValidation: true);
        }
    }

    private void WritePayload(Utf8JsonWriter json, int size)
    {
        json.WriteNumber("p"u8, block.PayloadCount);
        json.WriteNumber("z"u8, size);
        block.PayloadCount++;
        _used += size;
    }

    private void LeaveOut(Utf8JsonWriter json, long size)
    {
        json.WriteNumber("l"u8, size);
        LeftOut++;
        LeftOutBytes += size;
    }

    /// <summary>The file a link names, if it is below the run's directory; null when it is elsewhere, gone, or too large.</summary>
    private byte[]? Read(string url)
    {
        if (options.RunDirectory is not { } directory || url.Contains(':', StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            var root = Path.GetFullPath(directory);
            var file = new FileInfo(Path.GetFullPath(Path.Combine(root, url)));
            return file.FullName.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal) && file.Exists && file.Length <= DrawingBytes
                ? System.Text.Encoding.UTF8.GetBytes(options.Redact(File.ReadAllText(file.FullName)))
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static bool IsJsonObject(ReadOnlySpan<byte> content)
    {
        try
        {
            var reader = new Utf8JsonReader(content);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read())
            {
                // A string's escapes are checked when it is read.
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                {
                    _ = reader.GetString();
                }
            }

            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
