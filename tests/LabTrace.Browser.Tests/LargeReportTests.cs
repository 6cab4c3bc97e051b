using LabTrace.Scenarios.Messages;
using static Microsoft.Playwright.Assertions;

namespace LabTrace.Browser.Tests;

/// <summary>Runs of thousands, attempts, and files whose writing was cut off.</summary>
public sealed class LargeReportTests
{
    [Test]
    public async Task Five_thousand_scenarios_are_listed_searched_and_opened_with_few_elements()
    {
        using var scratch = new Scratch();
        var made = new MadeReport();
        for (var feature = 0; feature < 100; feature++)
        {
            made.Feature($"features/area{feature}.feature", $"area {feature}", [.. Enumerable.Range(0, 50).Select(i => Scenario(feature, i))]);
        }

        await using var report = await ReportPage.OpenAsync(await made.WriteAsync(Path.Combine(scratch.Root, "report.html")));

        await Expect(report.Page.Locator(".found")).ToHaveTextAsync("5,000 scenarios");
        (await report.Rows.CountAsync()).Should().BeLessThan(80, "only rows in view exist");
        await report.Search.FillAsync("number 77-33");
        await Expect(report.Page.Locator(".found")).ToHaveTextAsync("1 of 5,000 scenarios");
        await report.OpenScenarioAsync("number 77-33");
        await Expect(report.Page.Locator(".step")).ToHaveCountAsync(2);
        await report.Search.FillAsync("the board 12-");
        await Expect(report.Page.Locator(".found")).ToHaveTextAsync("50 of 5,000 scenarios");
        await report.Search.PressAsync("Escape");
        await report.Page.GetByRole(AriaRole.Combobox).SelectOptionAsync("slowest");
        await Expect(report.Page.Locator(".row").First).ToHaveAttributeAsync("aria-level", "1");
        await report.Page.GetByRole(AriaRole.Tree).FocusAsync();
        await report.Page.Keyboard.PressAsync("End");
        await Expect(report.Page.Locator(".row.active")).ToHaveAttributeAsync("aria-posinset", "5000");
        report.Problems.Should().BeEmpty();
    }

    [Test]
    public async Task Attempts_are_looked_at_one_by_one_and_a_late_pass_is_flaky()
    {
        using var scratch = new Scratch();
        var path = await new MadeReport()
            .Feature("f.feature", "f", new MadeScenario("shaky", MadeStep.Passing()) { Attempts = 3 })
            .WriteAsync(Path.Combine(scratch.Root, "report.html"));
        await using var report = await ReportPage.OpenAsync(path);

        await Expect(report.Page.Locator(".tally > .flaky")).ToHaveTextAsync("↻1 flaky");
        await report.OpenScenarioAsync("shaky");
        await Expect(report.Page.Locator(".badge")).ToContainTextAsync("flaky");
        await Expect(report.Page.Locator(".attempts a")).ToHaveCountAsync(3);
        await Expect(report.Page.Locator(".failure")).ToHaveCountAsync(0);
        await report.Page.Locator(".attempts a").First.ClickAsync();
        await Expect(report.Page.Locator(".failure")).ToContainTextAsync("not at the first attempt");
    }

    [Test]
    public async Task What_the_kernel_reported_is_told_with_the_step_it_is_charged_to()
    {
        using var scratch = new Scratch();
        var step = MadeStep.Failing("the kernel reported a warning") with
        {
            Attachments = [Json("kernel-report", """{"title":"WARNING in foo_bar","type":"WARNING","target":"bench-3","excerpt":["WARNING: CPU: 0","Call Trace:"," foo_bar+0x1/0x2"]}""")],
        };
        var path = await new MadeReport().Feature("f.feature", "f", new MadeScenario("warns", step)).WriteAsync(Path.Combine(scratch.Root, "report.html"));
        await using var report = await ReportPage.OpenAsync(path);

        await Expect(report.Page.GetByText("What kernels reported")).ToBeVisibleAsync();
        await report.Search.FillAsync("foo_bar");
        await Expect(report.Page.Locator(".found")).ToHaveTextAsync("1 of 1 scenario");
        await report.OpenScenarioAsync("warns");
        await Expect(report.Page.Locator(".kernel-report")).ToContainTextAsync("WARNING in foo_bar WARNING on bench-3");
        await Expect(report.Page.Locator(".kernel-report pre")).ToBeVisibleAsync();
        await Expect(report.Page.Locator(".kernel-report pre")).ToContainTextAsync(" foo_bar+0x1/0x2");
    }

    [Test]
    public async Task Jobs_are_shown_on_their_rings_and_measurements_as_numbers()
    {
        using var scratch = new Scratch();
        var step = MadeStep.Passing() with
        {
            Attachments =
            [
                Json("timeline", """
                    {"version":1,"name":"gpu","clock":"mono","unit":"ns","total":3,"t":[0,1000,3000],"n":[0,0,1],"c":[0,0,0],"k":[0,0,0],"x":["a","b","c"],"r":[0,1,0],
                     "names":["grtrace:start","grtrace:end"],"tasks":[["glxgears",7]],"lanes":[["ring","gfx"],["ring","copy"]],"deciding":[],"gaps":[],"losses":[],
                     "slices":{"t":[0],"d":[4000],"l":[0],"k":[0],"y":[2],"n":[0],"labels":["seqno 5"]}}
                    """),
                Json("measurement", """{"name":"wakeup_p99","value":3.25,"unit":"us"}"""),
            ],
        };
        var path = await new MadeReport().Feature("f.feature", "f", new MadeScenario("renders", step)).WriteAsync(Path.Combine(scratch.Root, "report.html"));
        await using var report = await ReportPage.OpenAsync(path);
        await report.OpenScenarioAsync("renders");

        await Expect(report.Page.Locator(".measured")).ToHaveTextAsync("measured wakeup_p99: 3.25 us");
        await report.Page.GetByRole(AriaRole.Button, new() { Name = "by ring" }).ClickAsync();
        await Expect(report.Timeline).ToHaveAttributeAsync("aria-label", "Timeline of gpu: gfx, copy");
        var box = (await report.Timeline.BoundingBoxAsync())!;
        await report.Page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + 24 + 22);
        await Expect(report.Page.Locator(".tip")).ToContainTextAsync("seqno 5");
        await Expect(report.Page.Locator(".tip")).ToContainTextAsync("4.000 µs");
    }

    [TestCase(0.55)]
    [TestCase(0.8)]
    [TestCase(0.97)]
    public async Task A_file_cut_anywhere_shows_what_is_there_and_says_that_it_is_cut(double part)
    {
        using var scratch = new Scratch();
        var made = new MadeReport();
        for (var feature = 0; feature < 40; feature++)
        {
            made.Feature($"features/area{feature}.feature", $"area {feature}", [.. Enumerable.Range(0, 50).Select(i => Scenario(feature, i))]);
        }

        var path = await made.WriteAsync(Path.Combine(scratch.Root, "report.html"));
        var whole = await File.ReadAllBytesAsync(path);
        var data = whole.AsSpan().IndexOf("<script type=\"text/plain\""u8);
        await File.WriteAllBytesAsync(path, whole[..(data + (int)((whole.Length - data) * part))]);

        await using var report = await ReportPage.OpenAsync(path);

        await Expect(report.Heading).ToContainTextAsync("Run cut off");
        await Expect(report.Page.Locator(".notice")).ToContainTextAsync("of 2,000 scenarios had ended");
        await Expect(report.Page.Locator(".found")).Not.ToHaveTextAsync("0 scenarios");
        await report.Page.Locator(".row:not(.group)").First.ClickAsync();
        await Expect(report.Page.Locator(".step")).ToHaveCountAsync(2);
        report.Problems.Should().BeEmpty();
    }

    private static Attachment Json(string kind, string json) => new(json, AttachmentContentEncoding.Identity, $"application/vnd.labtrace.{kind}+json");

    private static MadeScenario Scenario(int feature, int number) => new(
        $"number {feature}-{number}",
        MadeStep.Passing($"the board {feature}-{number} is on"),
        (feature + number) % 40 == 0 ? MadeStep.Failing($"expected: on\nfound:    off at {number}") : MadeStep.Passing());
}
