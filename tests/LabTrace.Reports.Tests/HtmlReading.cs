using System.IO.Compression;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Tests;

/// <summary>Reads back what an HTML report holds, by the rules its own program reads by.</summary>
internal sealed partial class HtmlReading
{
    private HtmlReading(string html)
    {
        Html = html;
        foreach (Match part in Parts().Matches(html))
        {
            var kind = part.Groups["kind"].Value;
            (kind switch { "run" => Runs, "index" => Indexes, "detail" => Details, _ => Payloads }).Add(Inflate(part.Groups["data"].Value));
        }
    }

    public string Html { get; }

    public List<JsonNode> Runs { get; } = [];

    public List<JsonNode> Indexes { get; } = [];

    public List<JsonNode> Details { get; } = [];

    public List<JsonNode> Payloads { get; } = [];

    /// <summary>The last that is said of the run.</summary>
    public JsonNode Run => Runs[^1];

    /// <summary>The rows of all scenarios.</summary>
    public IEnumerable<JsonArray> Rows => Indexes.SelectMany(index => index.AsArray()).Select(row => row!.AsArray());

    public static async Task<HtmlReading> OfAsync(IEnumerable<Envelope> stream, ReportContext? context = null)
    {
        using var directory = new Scratch();
        return await OfAsync(stream, directory.File("report.html"), context);
    }

    public static async Task<HtmlReading> OfAsync(IEnumerable<Envelope> stream, string path, ReportContext? context = null)
    {
        var sink = ReportCatalog.Parse("html:" + path).Open(context ?? new ReportContext { Out = TextWriter.Null, Console = TextWriter.Null });
        await using (sink)
        {
            foreach (var envelope in stream)
            {
                await sink.WriteAsync(envelope, CancellationToken.None);
            }
        }

        return new HtmlReading(await File.ReadAllTextAsync(path));
    }

    /// <summary>The steps of a scenario's attempt, zero-based.</summary>
    public JsonArray Steps(int block, int scenario, int attempt) => Details[block]["x"]![scenario]![attempt]![4]!.AsArray();

    private static JsonNode Inflate(string base64)
    {
        using var deflated = new DeflateStream(new MemoryStream(Convert.FromBase64String(base64)), CompressionMode.Decompress);
        return JsonNode.Parse(deflated)!;
    }

    [GeneratedRegex("""^<script type="text/plain" data-part="(?<kind>[a-z]+)">(?<data>[A-Za-z0-9+/=]*)</script>$""", RegexOptions.Multiline, 10_000)]
    private static partial Regex Parts();
}
