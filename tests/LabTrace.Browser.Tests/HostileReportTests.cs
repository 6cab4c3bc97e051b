using System.Text;
using LabTrace.Scenarios.Messages;
using static Microsoft.Playwright.Assertions;

namespace LabTrace.Browser.Tests;

/// <summary>Texts come from targets and from features: whatever they hold, they stay texts.</summary>
public sealed class HostileReportTests
{
    private const string Script = "</script><script>window.owned = 1</script>";
    private const string Image = "<img src=x onerror='window.owned = 1'>";

    private static readonly string[] Texts =
    [
        Script, Image, "<!--<script>", "]]></svg><svg onload='window.owned = 1'>", "\u202e\u2066reversed\u200f", "\0\u0001\u001b[31mred\u007f\u009b", "${window.owned = 1}`", "javascript:window.owned=1",
        "&lt;b&gt;", "a\u2028b", "\"'><b onclick=x>",
    ];

    [Test]
    public async Task Hostile_texts_are_shown_and_do_nothing()
    {
        using var scratch = new Scratch();
        var path = await MakeAsync(Path.Combine(scratch.Root, "report.html"));
        await using var report = await ReportPage.OpenAsync(path);

        for (var i = 0; i < Texts.Length; i++)
        {
            await report.Page.Locator(".tree .row:not(.group)").Nth(i).ClickAsync();
            await Expect(report.Page.Locator("#page .heading h2")).ToContainTextAsync("s");
            await Expect(report.Page.Locator(".failure")).ToBeVisibleAsync();
            await CheckInertAsync(report);
        }

        await report.Search.FillAsync("</script>");
        await Expect(report.Page.Locator(".found")).ToContainTextAsync($" of {Texts.Length} scenarios");
        await report.GoAsync(path, Uri.EscapeDataString(Script));
        await Expect(report.Page.Locator(".notice")).ToContainTextAsync(Script);
        await report.Page.EvaluateAsync("window.dispatchEvent(new Event('beforeprint'))");
        await CheckInertAsync(report);
        report.Problems.Should().BeEmpty();
        report.Requests.Should().OnlyContain(url => url.StartsWith("file:") || url.StartsWith("data:") || url == "about:blank");
    }

    [Test]
    public async Task A_text_is_shown_as_it_is_written_but_for_what_cannot_be_seen()
    {
        using var scratch = new Scratch();
        await using var report = await ReportPage.OpenAsync(await MakeAsync(Path.Combine(scratch.Root, "report.html")));

        await report.Page.Locator(".tree .row:not(.group)").First.ClickAsync();
        await Expect(report.Heading).ToHaveTextAsync("s0 " + Script);
        await Expect(report.Page.Locator(".message pre")).ToContainTextAsync(Script);
        await report.Page.Locator(".tree .row:not(.group)").Nth(5).ClickAsync();
        await Expect(report.Heading).ToHaveTextAsync("s5 ␀␁␛[31mred␡\ufffd");
        await report.Page.Locator(".tree .row:not(.group)").Nth(4).ClickAsync();
        (await report.Heading.TextContentAsync()).Should().NotContain("\u202e").And.NotContain("\u2066");
    }

    [Test]
    public async Task A_link_leads_to_a_file_or_a_page_and_never_to_a_program()
    {
        using var scratch = new Scratch();
        var step = MadeStep.Failing("why") with
        {
            Links = ["javascript:window.owned=1", "JaVaScript:window.owned=1", "\u0001javascript:window.owned=1", "data:text/html,<script>1</script>", "captures/a b.dat", "https://files.example/x", "//evil.example/x"],
        };
        var path = await new MadeReport().Feature("f.feature", "f", new MadeScenario("links", step) { Tags = ["@issue:<b>1</b>"] }).WriteAsync(Path.Combine(scratch.Root, "report.html"));
        await using var report = await ReportPage.OpenAsync(path);
        await report.OpenScenarioAsync("links");

        var targets = await report.Page.Locator(".attachments a").EvaluateAllAsync<string[]>("links => links.map((link) => link.getAttribute('href'))");

        targets.Should().OnlyContain(target => target.StartsWith("captures/") || target.StartsWith("https://") || target.Contains("javascript%3A") || target.Contains("data%3A") || target.StartsWith("//") == false);
        targets.Should().NotContain(target => target.StartsWith("javascript:", StringComparison.OrdinalIgnoreCase) || target.StartsWith("data:") || target.StartsWith("//"));
        targets.Should().Contain("captures/a%20b.dat").And.Contain("https://files.example/x");
    }

    private static async Task CheckInertAsync(ReportPage report)
    {
        (await report.Page.EvaluateAsync<bool>("window.owned === undefined")).Should().BeTrue();
        (await report.Page.Locator("#page b[onclick], #page svg[onload], img[onerror], #page script, #list script").CountAsync()).Should().Be(0);
    }

    private static Task<string> MakeAsync(string path)
    {
        var scenarios = Texts.Select((text, i) => new MadeScenario(
            $"s{i} {text}",
            MadeStep.Passing(text),
            MadeStep.Failing(text, text) with
            {
                Attachments =
                [
                    new Attachment(text, AttachmentContentEncoding.Identity, "text/plain", text),
                    new Attachment(text, AttachmentContentEncoding.Identity, "text/html", "page.html"),
                    new Attachment(text, AttachmentContentEncoding.Identity, "text/x.cucumber.log+plain"),
                    new Attachment($"<svg xmlns='http://www.w3.org/2000/svg' onload='window.owned = 1'><script>window.owned = 1</script></svg>", AttachmentContentEncoding.Identity, "image/svg+xml"),
                    new Attachment(Timeline(text), AttachmentContentEncoding.Identity, "application/vnd.labtrace.timeline+json"),
                    new Attachment(Plot(text), AttachmentContentEncoding.Identity, "application/vnd.labtrace.plot+json"),
                    new Attachment("{\"t\": {}, \"names\": 7, \"slices\": []}", AttachmentContentEncoding.Identity, "application/vnd.labtrace.timeline+json"),
                    new Attachment("not JSON at all", AttachmentContentEncoding.Identity, "application/vnd.labtrace.plot+json"),
                ],
                Links = [text],
            })
        { Tags = ["@" + text.Replace(' ', '_')] });
        return new MadeReport().Feature(Script + ".feature", Image, [.. scenarios]).WriteAsync(path);
    }

    private static string Timeline(string text) => Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("name", text);
        json.WriteString("clock", text);
        json.WriteNumber("total", 2);
        foreach (var (key, values) in new[] { ("t", new[] { 0, 5 }), ("n", [0, 9]), ("c", [0, 1]), ("k", [0, -4]), ("deciding", [0, 77]) })
        {
            json.WriteStartArray(key);
            foreach (var value in values)
            {
                json.WriteNumberValue(value);
            }

            json.WriteEndArray();
        }

        foreach (var key in new[] { "names", "x" })
        {
            json.WriteStartArray(key);
            json.WriteStringValue(text);
            json.WriteEndArray();
        }

        json.WriteStartArray("tasks");
        json.WriteStartArray();
        json.WriteStringValue(text);
        json.WriteStringValue(text);
        json.WriteEndArray();
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static string Plot(string text) => Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("kind", "histogram");
        json.WriteString("title", text);
        json.WriteString("note", text);
        json.WritePropertyName("bins");
        json.WriteRawValue("[[1,2,3],[2,3,1]]");
        json.WriteStartArray("marks");
        json.WriteStartObject();
        json.WriteNumber("x", 2);
        json.WriteString("label", text);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static string Json(Action<System.Text.Json.Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new System.Text.Json.Utf8JsonWriter(buffer))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
