using System.Text.Json;
using LabTrace.Reports.Record;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Html;

/// <summary>What the report says of the run as a whole.</summary>
internal sealed class HtmlRunData(RunRecord run, HtmlOptions options)
{
    /// <summary>Written twice: when the first scenario starts, and at the end.</summary>
    public void Write(HtmlBlock block, ScenarioData scenarios, bool isEnd) => block.WriteObject("run", json =>
    {
        json.WriteBoolean("end"u8, isEnd);
        json.WriteBoolean("finished"u8, run.Finished is not null);
        json.WriteNumber("total"u8, run.Scenarios.Count);
        json.WriteNumber("pickles"u8, run.PickleCount);
        if (run.Started is { } started)
        {
            json.WriteNumber("start"u8, Milliseconds(started.Timestamp));
        }

        json.WriteNumber("duration"u8, (long)run.Duration.TotalMicroseconds);
        Optional(json, "directory"u8, options.RunDirectory);
        Optional(json, "files"u8, options.RunDirectory is { } directory ? RelativePath(options.Directory, directory) : null);
        Optional(json, "issueUrl"u8, options.IssueUrl ?? run.Environment?.IssueUrl);
        WriteEnvironment(json);
        WriteProblems(json);
        if (scenarios.RunAttachments is { } place)
        {
            json.WriteStartArray("attachments"u8);
            json.WriteNumberValue(place.Block);
            json.WriteNumberValue(place.At);
            json.WriteEndArray();
        }

        json.WriteNumber("leftOut"u8, scenarios.Attachments.LeftOut);
        json.WriteNumber("leftOutBytes"u8, scenarios.Attachments.LeftOutBytes);
    });

    internal static long Milliseconds(Timestamp time) => (time.Seconds * 1000) + (time.Nanos / 1_000_000);

    private static string RelativePath(string from, string to)
    {
        var relative = Path.GetRelativePath(Path.GetFullPath(from), Path.GetFullPath(to)).Replace('\\', '/');
        return relative == "." ? "" : relative + "/";
    }

    private static void Optional(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, VisibleText.Lines(value));
        }
    }

    private static void Pair(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteStartArray();
            json.WriteStringValue(VisibleText.Line(name));
            json.WriteStringValue(VisibleText.Line(value));
            json.WriteEndArray();
        }
    }

    // Other Cucumbers leave parts of it out.
    private static string? NameOf(Product? product) => product is null ? null : $"{product.Name} {product.Version}".TrimEnd();

    private void WriteEnvironment(Utf8JsonWriter json)
    {
        json.WriteStartArray("environment"u8);
        foreach (var (name, text) in run.Environment?.Lines ?? [])
        {
            Pair(json, name, text);
        }

        if (run.Meta is { } meta)
        {
            Pair(json, "made by", NameOf(meta.Implementation));
            Pair(json, "runtime", NameOf(meta.Runtime));
            Pair(json, "runner", $"{NameOf(meta.Os)} {meta.Cpu?.Name}".Trim());
        }

        json.WriteEndArray();
    }

    private void WriteProblems(Utf8JsonWriter json)
    {
        json.WriteStartArray("problems"u8);
        foreach (var error in run.ParseErrors)
        {
            Problem(json, "syntax error", $"{error.Source.Uri}:{error.Source.Location.Line}", error.Message);
        }

        foreach (var fault in run.Faults)
        {
            Problem(json, fault.What, fault.Place, fault.Message);
        }

        json.WriteEndArray();
        json.WriteStartArray("snippets"u8);
        foreach (var code in run.Suggestions.SelectMany(suggestion => suggestion.Snippets).Select(snippet => snippet.Code).Distinct(StringComparer.Ordinal))
        {
            json.WriteStringValue(VisibleText.Lines(code));
        }

        json.WriteEndArray();
    }

    private static void Problem(Utf8JsonWriter json, string what, string? place, string message)
    {
        json.WriteStartArray();
        json.WriteStringValue(VisibleText.Line(what));
        json.WriteStringValue(VisibleText.Line(place ?? ""));
        json.WriteStringValue(VisibleText.Lines(message));
        json.WriteEndArray();
    }
}
