using System.Text;
using System.Text.Json;

namespace LabTrace.TestKit.Portal;

/// <summary>A request as it came.</summary>
public sealed record PortalRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Path => Target.Split('?')[0];

    public string Query => Target.Contains('?') ? Target[(Target.IndexOf('?') + 1)..] : "";

    public string ContentType => Headers.GetValueOrDefault("content-type", "");

    /// <summary>The JSON object or array; null when the body is none.</summary>
    public JsonElement? Json()
    {
        try
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The parts of a form; a body that is none is an error of whoever made it.</summary>
    public IReadOnlyList<PortalPart> Parts()
    {
        var at = ContentType.IndexOf("boundary=", StringComparison.OrdinalIgnoreCase);
        var boundary = Encoding.ASCII.GetBytes("--" + ContentType[(at + 9)..].Split(';')[0].Trim().Trim('"'));
        var parts = new List<PortalPart>();
        var rest = Body.AsSpan();
        rest = rest[(rest.IndexOf(boundary) + boundary.Length)..];
        while (!rest.StartsWith("--"u8))
        {
            rest = rest["\r\n".Length..];
            var end = rest.IndexOf([(byte)'\r', (byte)'\n', .. boundary]);
            var part = rest[..end];
            var head = part.IndexOf("\r\n\r\n"u8);
            parts.Add(PortalPart.Parse(Encoding.UTF8.GetString(part[..head]), part[(head + 4)..].ToArray()));
            rest = rest[(end + 2 + boundary.Length)..];
        }

        return parts;
    }
}

/// <summary>A part of a form.</summary>
public sealed record PortalPart(string Name, string? FileName, string ContentType, byte[] Content)
{
    public static PortalPart Parse(string head, byte[] content)
    {
        var headers = head.Split("\r\n").Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        var disposition = headers["Content-Disposition"];
        return new PortalPart(Parameter(disposition, "name") ?? "", Parameter(disposition, "filename"), headers.GetValueOrDefault("Content-Type", ""), content);
    }

    private static string? Parameter(string disposition, string name) => disposition.Split(';')
        .Select(part => part.Trim().Split('=', 2))
        .FirstOrDefault(pair => pair.Length == 2 && pair[0] == name)?[1].Trim('"');
}

/// <summary>An answer.</summary>
public sealed record PortalReply(int Status, string Body, string ContentType = "application/json", string? RetryAfter = null);
