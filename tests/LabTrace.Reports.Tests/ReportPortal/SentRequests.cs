using System.Globalization;
using System.Text;
using System.Text.Json;
using LabTrace.TestKit.Portal;

namespace LabTrace.Reports.Tests.ReportPortal;

/// <summary>Requests with everything that differs from run to run taken out: a line each, ordered by the item they are about.</summary>
internal static class SentRequests
{
    /// <summary>Makes the lines. Requests that carry no result, and what only the clients tell of themselves, are left out.</summary>
    public static List<string> Of(IEnumerable<(PortalRequest Request, string Reply)> exchanges)
    {
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var lines = new List<(string Item, string Line)>();
        foreach (var (request, reply) in exchanges)
        {
            if (request.Path.Trim('/').Split('/') is not ["api", var version, "lab", .. var rest] || request.Method == "GET")
            {
                continue;
            }

            var prefix = $"{request.Method} {version}";
            switch (rest)
            {
                case ["launch"]:
                    var launch = Json(request.Body);
                    names[Id(reply)] = "launch";
                    lines.Add(("launch", $"{prefix} launch name={Text(launch, "name")} mode={Text(launch, "mode")} description={Text(launch, "description")} [{Attributes(launch)}]"));
                    break;
                case ["launch", var id, "finish"]:
                    lines.Add((names[id], $"{prefix} {names[id]}/finish status={Text(Json(request.Body), "status")}"));
                    break;
                case ["item", .. var parents]:
                    Item(request, reply, prefix, parents.FirstOrDefault() ?? "", names, lines);
                    break;
                case ["log"]:
                    Logs(request, prefix, names, lines);
                    break;
            }
        }

        return [.. lines.GroupBy(line => line.Item).SelectMany(item => item).Select(line => $"{line.Item}: {line.Line}")];
    }

    private static void Item(PortalRequest request, string reply, string prefix, string id, Dictionary<string, string> names, List<(string Item, string Line)> lines)
    {
        var body = Json(request.Body);
        if (request.Method == "PUT")
        {
            var issue = body.TryGetProperty("issue", out var given) && given.ValueKind == JsonValueKind.Object ? $"{Text(given, "issueType").ToUpperInvariant()} {Text(given, "comment")}" : "";
            lines.Add((names[id], $"{prefix} item status={Text(body, "status").ToUpperInvariant()} issue={issue}"));
            return;
        }

        names[Text(body, "launchUuid")].Should().Be("launch");
        var isRetry = body.TryGetProperty("retry", out var retry) && retry.ValueKind == JsonValueKind.True;
        var name = Text(body, "name") + (isRetry ? " (again)" : "");
        names[Id(reply)] = name;
        var stats = !body.TryGetProperty("hasStats", out var hasStats) || hasStats.ValueKind != JsonValueKind.False;
        var parameters = body.TryGetProperty("parameters", out var list) && list.ValueKind == JsonValueKind.Array
            ? string.Join(',', list.EnumerateArray().Select(parameter => $"{Text(parameter, "key")}={Text(parameter, "value")}"))
            : "";
        lines.Add((name, string.Create(
            CultureInfo.InvariantCulture,
            $"{prefix} item in={(id.Length == 0 ? "" : names[id])} type={Text(body, "type").ToUpperInvariant()} hasStats={stats} retry={isRetry} codeRef={Text(body, "codeRef")} testCaseId={Text(body, "testCaseId")} ({parameters}) [{Attributes(body)}]")));
    }

    private static void Logs(PortalRequest request, string prefix, Dictionary<string, string> names, List<(string Item, string Line)> lines)
    {
        var isForm = request.ContentType.StartsWith("multipart/form-data", StringComparison.Ordinal);
        var parts = isForm ? request.Parts() : [];
        var json = isForm ? parts.Single(part => part.Name == "json_request_part").Content : request.Body;
        var logs = Json(json);
        foreach (var log in isForm ? logs.EnumerateArray().ToList() : [logs])
        {
            names[Text(log, "launchUuid")].Should().Be("launch");
            var file = log.TryGetProperty("file", out var named) && named.ValueKind == JsonValueKind.Object
                ? parts.Single(part => part.FileName == Text(named, "name")) is var part ? $"{part.Name} {part.FileName} {part.ContentType} {Encoding.UTF8.GetString(part.Content)}" : ""
                : "";
            lines.Add((names[Text(log, "itemUuid")], $"{prefix} log {Text(log, "level").ToUpperInvariant()} {Text(log, "message")} {file}"));
        }
    }

    private static string Attributes(JsonElement body) => body.TryGetProperty("attributes", out var list) && list.ValueKind == JsonValueKind.Array
        ? string.Join(',', list.EnumerateArray()
            .Where(attribute => !(attribute.TryGetProperty("system", out var system) && system.ValueKind == JsonValueKind.True))
            .Select(attribute => $"{Text(attribute, "key")}:{Text(attribute, "value")}"))
        : "";

    private static string Id(string reply) => Text(Json(Encoding.UTF8.GetBytes(reply)), "id");

    private static JsonElement Json(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        return document.RootElement.Clone();
    }

    private static string Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
