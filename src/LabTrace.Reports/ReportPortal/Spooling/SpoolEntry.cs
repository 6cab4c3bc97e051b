using System.Text.Json;

namespace LabTrace.Reports.ReportPortal.Spooling;

/// <summary>One request that is to be made, as a line of the spool. Ids in it are ours; the server may answer with its own.</summary>
/// <remarks>
/// The body lacks what can only be filled in when it is sent: <c>launchUuid</c>, <c>itemUuid</c>, <c>retryOf</c>. Neither key nor
/// address stand in the spool: they are read from the configuration each time.
/// </remarks>
internal sealed record SpoolEntry
{
    /// <summary>What is to be done.</summary>
    public required SpoolAction Action { get; init; }

    /// <summary>The launch, item or log it makes or finishes.</summary>
    public required Guid Id { get; init; }

    /// <summary>The item it belongs to; null for a root item, a log of the launch, and the launch.</summary>
    public Guid? Parent { get; init; }

    /// <summary>Entries of one lane are sent one after the other: a scenario with all its attempts, steps and logs.</summary>
    public Guid Lane { get; init; }

    /// <summary>The attempt this one repeats, or null.</summary>
    public Guid? RetryOf { get; init; }

    /// <summary>When it happened: microseconds since 1970-01-01T00:00:00Z.</summary>
    public long Time { get; init; }

    /// <summary>The request's JSON object, without its outer braces.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>A file that goes with a log, or null.</summary>
    public SpoolFile? File { get; init; }

    /// <summary>Writes the entry as one line, its newline included.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("do"u8, NameOf(Action));
        json.WriteString("id"u8, Id);
        if (Parent is { } parent)
        {
            json.WriteString("in"u8, parent);
        }

        if (Lane != Guid.Empty)
        {
            json.WriteString("lane"u8, Lane);
        }

        if (RetryOf is { } retryOf)
        {
            json.WriteString("retryOf"u8, retryOf);
        }

        if (Time != 0)
        {
            json.WriteNumber("time"u8, Time);
        }

        if (File is { } file)
        {
            json.WriteStartObject("file"u8);
            json.WriteString("path"u8, file.Path);
            json.WriteString("name"u8, file.Name);
            json.WriteString("type"u8, file.MediaType);
            json.WriteEndObject();
        }

        // Raw and last, so that a reader finds it without parsing it.
        json.WritePropertyName("body"u8);
        json.WriteRawValue([(byte)'{', .. Body.Span, (byte)'}'], skipInputValidation: true);
        json.WriteEndObject();
    }

    /// <summary>Reads a line.</summary>
    /// <returns>Null when it is no entry.</returns>
    public static SpoolEntry? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return Parse(new Utf8JsonReader(line), line);
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private static SpoolEntry? Parse(Utf8JsonReader json, ReadOnlySpan<byte> line)
    {
        var entry = new SpoolEntry { Action = SpoolAction.End, Id = Guid.Empty };
        SpoolAction? action = null;
        _ = json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString();
            _ = json.Read();
            switch (name)
            {
                case "do":
                    action = ActionOf(json.GetString());
                    break;
                case "id":
                    entry = entry with { Id = json.GetGuid() };
                    break;
                case "in":
                    entry = entry with { Parent = json.GetGuid() };
                    break;
                case "lane":
                    entry = entry with { Lane = json.GetGuid() };
                    break;
                case "retryOf":
                    entry = entry with { RetryOf = json.GetGuid() };
                    break;
                case "time":
                    entry = entry with { Time = json.GetInt64() };
                    break;
                case "file":
                    entry = entry with { File = SpoolFile.Parse(ref json) };
                    break;
                case "body":
                    var start = (int)json.TokenStartIndex + 1;
                    json.Skip();
                    entry = entry with { Body = line[start..(int)json.TokenStartIndex].ToArray() };
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return action is { } known && json.TokenType == JsonTokenType.EndObject ? entry with { Action = known } : null;
    }

    private static string NameOf(SpoolAction action) => action switch
    {
        SpoolAction.Open => "open",
        SpoolAction.StartLaunch => "start launch",
        SpoolAction.StartItem => "start",
        SpoolAction.Log => "log",
        SpoolAction.FinishItem => "finish",
        SpoolAction.FinishLaunch => "finish launch",
        _ => "end",
    };

    private static SpoolAction? ActionOf(string? name) => name switch
    {
        "open" => SpoolAction.Open,
        "start launch" => SpoolAction.StartLaunch,
        "start" => SpoolAction.StartItem,
        "log" => SpoolAction.Log,
        "finish" => SpoolAction.FinishItem,
        "finish launch" => SpoolAction.FinishLaunch,
        "end" => SpoolAction.End,
        _ => null,
    };
}

/// <summary>What a line of the spool is for.</summary>
internal enum SpoolAction
{
    /// <summary>The first line: which launch it is.</summary>
    Open,

    /// <summary>Start the launch.</summary>
    StartLaunch,

    /// <summary>Start an item.</summary>
    StartItem,

    /// <summary>Send a log.</summary>
    Log,

    /// <summary>Finish an item.</summary>
    FinishItem,

    /// <summary>Finish the launch.</summary>
    FinishLaunch,

    /// <summary>The last line: the run was reported to its end.</summary>
    End,
}
