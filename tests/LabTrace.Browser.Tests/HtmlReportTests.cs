using Deque.AxeCore.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LabTrace.Browser.Tests;

/// <summary>The report of a real run on the emulated place, as a reader uses it.</summary>
public sealed class HtmlReportTests
{
    [Test]
    public async Task The_overview_tells_what_did_not_pass_why_and_where_it_ran()
    {
        await using var report = await ReportPage.OpenAsync(await LabReport.FileAsync());

        await Expect(report.Heading).ToContainTextAsync("Run failed");
        await Expect(report.Page.Locator(".tally")).ToHaveTextAsync("✕1 failed!1 broken○1 skipped✓1 passed");
        await Expect(report.Page.Locator("#page .facts")).ToContainTextAsync("L0, emulated in memory");
        await Expect(report.Page.Locator(".reasons").First).ToContainTextAsync("no event 'sched:nope'");
        await report.Page.Locator(".reasons a").First.ClickAsync();
        await Expect(report.Page.Locator(".failure")).ToBeVisibleAsync();
        report.Problems.Should().BeEmpty();
    }

    [Test]
    public async Task A_failure_shows_expectation_finding_and_the_events_that_decided()
    {
        await using var report = await ReportPage.OpenAsync(await LabReport.FileAsync());
        await report.OpenScenarioAsync(LabReport.Late);

        var failure = report.Page.Locator(".failure");
        await Expect(failure).ToContainTextAsync("expectedthe p99 time from sched:sched_wakeup to sched:sched_switch on the same cpu is at most 1 ns");
        await Expect(failure).ToContainTextAsync("over 20 intervals");
        await Expect(failure.Locator(".deciding")).ToHaveCountAsync(3);
        await Expect(failure.Locator(".deciding").First).ToContainTextAsync("sched_switch: prev_comm=swapper/0");
        await Expect(report.Page.Locator(".tag.issue a")).ToHaveAttributeAsync("href", "https://issues.example/browse/LAB-12");
        await Expect(report.Page.Locator(".step.decides .sentence")).ToContainTextAsync("at most 1 ns");
        await Expect(report.Page.Locator("table.argument")).ToContainTextAsync("sched:sched_wakeup");
    }

    [Test]
    public async Task The_failing_step_leads_to_its_deciding_events_in_the_timeline()
    {
        await using var report = await ReportPage.OpenAsync(await LabReport.FileAsync());
        await report.OpenScenarioAsync(LabReport.Late);
        var before = await report.Page.Locator(".range").TextContentAsync();

        await report.Page.GetByRole(AriaRole.Button, new() { Name = "Show the deciding events in the timeline" }).ClickAsync();

        await Expect(report.Timeline).ToBeFocusedAsync();
        await Expect(report.Timeline).ToBeInViewportAsync();
        await Expect(report.Page.Locator(".range")).Not.ToHaveTextAsync(before!);
        var chosen = report.Page.Locator(".event[aria-selected='true']");
        await Expect(chosen).ToHaveCountAsync(1);
        await Expect(chosen).ToContainTextAsync("deciding");
        await Expect(report.Page.Locator("#status")).ToContainTextAsync("deciding");
        report.Problems.Should().BeEmpty();
    }

    [Test]
    public async Task A_timeline_is_zoomed_panned_and_read_by_mouse()
    {
        await using var report = await ReportPage.OpenAsync(await LabReport.FileAsync());
        await report.OpenScenarioAsync(LabReport.Passed);
        var range = report.Page.Locator(".range");
        var all = await range.TextContentAsync();
        await report.Timeline.ScrollIntoViewIfNeededAsync();
        var box = (await report.Timeline.BoundingBoxAsync())!;

        await report.Page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + 40);
        await report.Page.Keyboard.DownAsync("Control");
        await report.Page.Mouse.WheelAsync(0, -600);
        await report.Page.Keyboard.UpAsync("Control");
        await Expect(range).Not.ToHaveTextAsync(all!);
        var zoomed = await range.TextContentAsync();

        await report.Page.Mouse.DownAsync();
        await report.Page.Mouse.MoveAsync(box.X + (box.Width / 2) - 120, box.Y + 40, new() { Steps = 4 });
        await report.Page.Mouse.UpAsync();
        await Expect(range).Not.ToHaveTextAsync(zoomed!);

        await report.Page.GetByRole(AriaRole.Button, new() { Name = "All", Exact = true }).ClickAsync();
        await Expect(range).ToHaveTextAsync(all!);
        (await FindTipAsync(report)).Should().Contain("sched:sched_").And.Contain("cpu ");
        report.Problems.Should().BeEmpty();
    }

    [Test]
    public async Task A_timeline_is_zoomed_panned_and_walked_by_keys()
    {
        await using var report = await ReportPage.OpenAsync(await LabReport.FileAsync());
        await report.OpenScenarioAsync(LabReport.Late);
        var range = report.Page.Locator(".range");
        var all = await range.TextContentAsync();
        await report.Timeline.FocusAsync();

        await report.Page.Keyboard.PressAsync("+");
        await Expect(range).Not.ToHaveTextAsync(all!);
        var zoomed = await range.TextContentAsync();
        await report.Page.Keyboard.PressAsync("ArrowRight");
        await Expect(range).Not.ToHaveTextAsync(zoomed!);
        await report.Page.Keyboard.PressAsync("0");
        await Expect(range).ToHaveTextAsync(all!);
        await report.Page.Keyboard.PressAsync("d");
        var first = await report.Page.Locator("#status").TextContentAsync();
        await report.Page.Keyboard.PressAsync(".");
        await Expect(report.Page.Locator("#status")).Not.ToHaveTextAsync(first!);
        await report.Page.Keyboard.PressAsync(",");
        await Expect(report.Page.Locator("#status")).ToHaveTextAsync(first!);
    }

    [Test]
    public async Task A_timeline_has_a_lane_for_each_cpu_or_each_process()
    {
        await using var report = await ReportPage.OpenAsync(await LabReport.FileAsync());
        await report.OpenScenarioAsync(LabReport.Passed);

        await Expect(report.Timeline).ToHaveAttributeAsync("aria-label", "Timeline of trace: cpu 0, cpu 1");
        await report.Page.GetByRole(AriaRole.Button, new() { Name = "by process" }).ClickAsync();

        await Expect(report.Timeline).Not.ToHaveAttributeAsync("aria-label", "Timeline of trace: cpu 0, cpu 1");
        (await report.Timeline.GetAttributeAsync("aria-label")).Should().Contain("sleep-").And.Contain("<idle>-0");
        await report.Page.Locator(".legend button").First.ClickAsync();
        await Expect(report.Page.Locator(".legend button").First).ToHaveAttributeAsync("aria-pressed", "false");
    }

    [Test]
    public async Task Measured_times_and_fields_are_plotted()
    {
        await using var report = await ReportPage.OpenAsync(await LabReport.FileAsync());
        await report.OpenScenarioAsync(LabReport.Passed);

        await Expect(report.Page.Locator(".plot")).ToHaveCountAsync(2);
        await Expect(report.Page.Locator(".plot .limit-label")).ToHaveTextAsync("median at most 1 ms");
        await Expect(report.Page.Locator(".plot path.series")).ToHaveCountAsync(1);
        (await report.Page.Locator(".plot rect.bin").CountAsync()).Should().BeGreaterThan(3);
        await report.Page.Locator(".plot summary").First.ClickAsync();
        await Expect(report.Page.Locator(".plot table").First).ToBeVisibleAsync();
    }

    [Test]
    public async Task The_list_is_narrowed_by_words_tags_steps_and_verdicts()
    {
        await using var report = await ReportPage.OpenAsync(await LabReport.FileAsync());
        var scenarios = report.Page.Locator(".tree .row:not(.group)");
        await Expect(scenarios).ToHaveCountAsync(4);

        await report.Search.FillAsync("too LATE");
        await Expect(scenarios).ToHaveCountAsync(1);
        await report.Search.FillAsync("@issue:LAB-12");
        await Expect(scenarios).ToHaveCountAsync(1);
        await report.Search.FillAsync("plot the field");
        await Expect(scenarios).ToContainTextAsync([LabReport.Passed]);
        await report.Search.FillAsync("no such words");
        await Expect(scenarios).ToHaveCountAsync(0);
        await report.Search.PressAsync("Escape");
        await Expect(scenarios).ToHaveCountAsync(4);

        await report.Page.Locator(".chip", new() { HasText = "broken" }).ClickAsync();
        await Expect(scenarios).ToContainTextAsync([LabReport.Broken]);
        await report.Page.Locator(".chip", new() { HasText = "skipped" }).ClickAsync();
        await Expect(scenarios).ToHaveCountAsync(2);
        await Expect(report.Page.Locator(".found")).ToHaveTextAsync("2 of 4 scenarios");
    }

    [Test]
    public async Task Everything_is_reached_by_keys()
    {
        await using var report = await ReportPage.OpenAsync(await LabReport.FileAsync());
        var keys = report.Page.Keyboard;

        await keys.PressAsync("/");
        await Expect(report.Search).ToBeFocusedAsync();
        await keys.TypeAsync("enough");
        await Expect(report.Page.Locator(".found")).ToHaveTextAsync("1 of 4 scenarios");
        await keys.PressAsync("ArrowDown");
        await Expect(report.Page.GetByRole(AriaRole.Tree)).ToBeFocusedAsync();
        await keys.PressAsync("End");
        await keys.PressAsync("Enter");
        await Expect(report.Heading).ToHaveTextAsync(LabReport.Passed);

        await keys.PressAsync("Home");
        await keys.PressAsync("ArrowLeft");
        await Expect(report.Rows).ToHaveCountAsync(1);
        await keys.PressAsync("ArrowRight");
        await Expect(report.Rows).ToHaveCountAsync(3);
        await keys.PressAsync("Escape");
        await Expect(report.Heading).ToContainTextAsync("Run failed");

        await keys.PressAsync("/");
        await keys.PressAsync("Escape");
        await keys.PressAsync("Tab");
        await keys.PressAsync("n");
        await Expect(report.Heading).ToHaveTextAsync(LabReport.Late);
        await keys.PressAsync("n");
        await Expect(report.Heading).ToHaveTextAsync(LabReport.Broken);
        await keys.PressAsync("p");
        await Expect(report.Heading).ToHaveTextAsync(LabReport.Late);
        await keys.PressAsync("?");
        await Expect(report.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await keys.PressAsync("Escape");
        await Expect(report.Page.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
        await Expect(report.Heading).ToHaveTextAsync(LabReport.Late);
        report.Problems.Should().BeEmpty();
    }

    [Test]
    public async Task A_link_to_a_scenario_holds_in_a_report_made_again()
    {
        await using var report = await ReportPage.OpenAsync(await LabReport.FileAsync());
        await report.OpenScenarioAsync(LabReport.Late);
        var hash = new Uri(report.Page.Url).Fragment.TrimStart('#');
        using var scratch = new Scratch();
        var again = await LabtraceProcess.RunAsync(scratch.Root, "report", await LabReport.RunAsync(), "--report", "html:again.html");
        again.ExitCode.Should().Be(0, again.Error);

        await report.GoAsync(Path.Combine(scratch.Root, "again.html"), hash);

        await Expect(report.Heading).ToHaveTextAsync(LabReport.Late);
        await Expect(report.Page.Locator(".row[aria-selected='true']")).ToContainTextAsync(LabReport.Late);
        await Expect(report.Timeline).ToBeVisibleAsync();
        await report.GoAsync(Path.Combine(scratch.Root, "again.html"), "0123456789abcdef");
        await Expect(report.Page.Locator(".notice")).ToContainTextAsync("0123456789abcdef");
    }

    [TestCase(ColorScheme.Light)]
    [TestCase(ColorScheme.Dark)]
    public async Task The_theme_is_the_systems_until_the_reader_chooses(ColorScheme system)
    {
        await using var report = await ReportPage.OpenAsync(await LabReport.FileAsync(), theme: system);
        var (dark, light) = ("rgb(18, 21, 26)", "rgb(246, 247, 248)");

        await Expect(report.Page.Locator("body")).ToHaveCSSAsync("background-color", system == ColorScheme.Dark ? dark : light);
        await report.Page.Keyboard.PressAsync("t");
        await Expect(report.Page.Locator("body")).ToHaveCSSAsync("background-color", system == ColorScheme.Dark ? light : dark);
    }

    [TestCase(ColorScheme.Light, 1280)]
    [TestCase(ColorScheme.Dark, 1280)]
    [TestCase(ColorScheme.Light, 420)]
    public async Task Nothing_keeps_anybody_out(ColorScheme theme, int width)
    {
        await using var report = await ReportPage.OpenAsync(await LabReport.FileAsync(), theme: theme, width: width);
        await CheckAsync(report);
        foreach (var name in new[] { LabReport.Late, LabReport.Broken, LabReport.Passed, LabReport.Skipped })
        {
            await report.Page.EvaluateAsync("location.hash = ''");
            await report.OpenScenarioAsync(name);
            if (await report.Page.Locator("h3 button").CountAsync() > 0)
            {
                await report.Page.Locator("h3 button").First.ClickAsync();
            }

            await CheckAsync(report);
        }
    }

    [Test]
    public async Task Nothing_is_asked_of_any_network()
    {
        await using var report = await ReportPage.OpenAsync(await LabReport.FileAsync());
        foreach (var name in new[] { LabReport.Late, LabReport.Broken, LabReport.Passed, LabReport.Skipped })
        {
            await report.OpenScenarioAsync(name);
        }

        var reached = await report.Page.EvaluateAsync<string>("fetch('https://example.com/').then(() => 'reached', () => 'refused')");

        reached.Should().Be("refused");
        report.Requests.Where(url => !url.StartsWith("file:", StringComparison.Ordinal) && url != "about:blank").Should().BeEmpty();
    }

    [Test]
    public async Task On_paper_there_is_the_run_and_what_did_not_pass()
    {
        await using var report = await ReportPage.OpenAsync(await LabReport.FileAsync());
        await report.OpenScenarioAsync(LabReport.Broken);

        await report.Page.EvaluateAsync("window.dispatchEvent(new Event('beforeprint'))");
        await report.Page.EmulateMediaAsync(new() { Media = Media.Print });

        await Expect(report.Page.Locator("#list")).ToBeHiddenAsync();
        await Expect(report.Page.Locator("#page")).ToContainTextAsync("no event 'sched:nope'");
        await Expect(report.Page.Locator("#print")).ToContainTextAsync("2 scenarios failed or broken");
        await Expect(report.Page.Locator("#print")).ToContainTextAsync(LabReport.Late);
        (await report.Page.PdfAsync()).Length.Should().BeGreaterThan(10_000);
    }

    private static async Task CheckAsync(ReportPage report)
    {
        var result = await report.Page.RunAxe();

        result.Violations.Where(violation => violation.Impact is "serious" or "critical" or "moderate")
            .Select(violation => $"{violation.Id}: {violation.Help}: {string.Join("; ", violation.Nodes.Select(node => node.Html))}")
            .Should().BeEmpty();
    }

    /// <summary>Moves over the timeline until something is told of.</summary>
    private static async Task<string> FindTipAsync(ReportPage report)
    {
        var box = (await report.Timeline.BoundingBoxAsync())!;
        for (var x = 150; x < box.Width; x += 3)
        {
            await report.Page.Mouse.MoveAsync(box.X + x, box.Y + 30);
            if (await report.Page.Locator(".tip b").IsVisibleAsync() && (await report.Page.Locator(".tip b").TextContentAsync())!.Contains(':'))
            {
                return (await report.Page.Locator(".tip").TextContentAsync())!;
            }
        }

        return "";
    }
}
