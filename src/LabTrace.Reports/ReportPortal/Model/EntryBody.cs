using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using LabTrace.Reports.ReportPortal.Configuration;

namespace LabTrace.Reports.ReportPortal.Model;

/// <summary>Builds the properties of one request; what is null is left out.</summary>
internal sealed class EntryBody : IDisposable
{
    private const long MicrosecondsPerSecond = 1_000_000;
    private readonly ArrayBufferWriter<byte> _bytes = new(512);
    private readonly Utf8JsonWriter _json;

    public EntryBody()
    {
        _json = new Utf8JsonWriter(_bytes, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    public EntryBody Begin()
    {
        _bytes.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        return this;
    }

    public EntryBody Text(string name, string? value)
    {
        if (value is not null)
        {
            _json.WriteString(name, value);
        }

        return this;
    }

    public EntryBody Flag(string name, bool value)
    {
        _json.WriteBoolean(name, value);
        return this;
    }

    /// <summary>A moment, in microseconds since 1970; ISO-8601, as the server keeps it.</summary>
    public EntryBody Moment(string name, long microseconds)
    {
        _json.WriteString(name, Format(microseconds));
        return this;
    }

    public EntryBody Attributes(IEnumerable<PortalAttribute> attributes)
    {
        var known = attributes
            .Where(attribute => !string.IsNullOrWhiteSpace(attribute.Value))
            .Select(attribute => attribute with
            {
                Key = attribute.Key is null ? null : PortalText.Name(attribute.Key, PortalText.Attribute),
                Value = PortalText.Name(attribute.Value, PortalText.Attribute),
            })
            .Distinct()
            .Take(PortalText.Attributes)
            .ToList();
        if (known.Count == 0)
        {
            return this;
        }

        _json.WriteStartArray("attributes");
        foreach (var attribute in known)
        {
            _json.WriteStartObject();
            _ = Text("key", attribute.Key).Text("value", attribute.Value);
            if (attribute.IsSystem)
            {
                _ = Flag("system", value: true);
            }

            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        return this;
    }

    public EntryBody Parameters(IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        if (parameters.Count == 0)
        {
            return this;
        }

        _json.WriteStartArray("parameters");
        foreach (var (key, value) in parameters)
        {
            _json.WriteStartObject();
            _ = Text("key", PortalText.Name(key, PortalText.ItemName)).Text("value", PortalText.Name(value, PortalText.ItemName));
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        return this;
    }

    public EntryBody Issue(string? type, string? comment)
    {
        if (type is not null)
        {
            _json.WriteStartObject("issue");
            _ = Text("issueType", type).Text("comment", comment);
            _json.WriteEndObject();
        }

        return this;
    }


    /// <summary>What was built, without its outer braces.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        _json.WriteEndObject();
        _json.Flush();
        return _bytes.WrittenSpan[1..^1].ToArray();
    }

    public void Dispose() => _json.Dispose();

    private static string Format(long microseconds)
    {
        var seconds = Math.DivRem(microseconds, MicrosecondsPerSecond, out var rest);
        return DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(rest * 10).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
    }
}
