using FsCheck;
using FsCheck.Fluent;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Tests;

public sealed class ConsoleSinkTests
{
    private static ReportContext Terminal => new() { Out = TextWriter.Null, Console = TextWriter.Null, IsTerminal = true, UseColours = true };

    private static readonly MadeFeature Mixed = new(
        "Clocks",
        new MadeScenario("ticks", Verdict.Passed),
        new MadeScenario("[red]tocks[/]", Verdict.Failed, "expected [1]\n  found \u001b[2m"),
        new MadeScenario("needs", Verdict.Skipped, "no clock"));

    [Test]
    public async Task Off_a_terminal_each_scenario_is_a_line_as_it_ends()
    {
        var stream = Runs.Make([Mixed]);
        await using var writer = new StringWriter();
        await using var sink = ReportCatalog.Parse("console").Open(new ReportContext { Out = TextWriter.Null, Console = writer });

        foreach (var envelope in stream.TakeWhile(envelope => envelope.TestRunFinished is null))
        {
            await sink.WriteAsync(envelope, CancellationToken.None);
        }

        writer.ToString().Should().Be(
            "passed  Clocks › ticks (3 ms)\nfailed  Clocks › [red]tocks[/] (3 ms)\nskipped Clocks › needs (3 ms): no clock\n");
    }

    [Test]
    public async Task On_a_terminal_a_living_line_counts_and_the_end_report_has_colours()
    {
        var report = await Runs.RenderAsync(Runs.Make([Mixed]), "console", Terminal);

        report.Should().Contain("\u001b[31mfailed\u001b[0m  Clocks › [red]tocks[/]")
            .And.Contain("\u001b[31mexpected [1]\u001b[0m")
            .And.Contain("found ␛[2m")
            .And.Contain("3 scenarios: 1 passed, 1 failed, 1 skipped, 0 broken")
            .And.NotContain("passed  Clocks › ticks");
    }

    [Test]
    public async Task No_colour_is_written_when_none_is_wanted()
    {
        var report = await Runs.RenderAsync(Runs.Make([Mixed]), "console", Terminal with { UseColours = false });

        report.Should().NotMatchRegex("\u001b\\[[0-9;]*m").And.Contain("1) failed  Clocks");
    }

    [Test]
    public async Task The_living_line_shows_counts_scenario_and_step()
    {
        var stream = Runs.Make([Mixed]);
        await using var writer = new StringWriter();
        var sink = ReportCatalog.Parse("console").Open(Terminal with { Console = writer });

        await using (sink)
        {
            foreach (var envelope in stream)
            {
                await sink.WriteAsync(envelope, CancellationToken.None);
                if (envelope is { TestStepStarted.TestStepId: "test step 0.1" })
                {
                    await UntilAsync(() => writer.ToString().Contains("tocks", StringComparison.Ordinal));
                }
            }
        }

        writer.ToString().Should().Contain("1/3").And.Contain("1 passed").And.Contain("Clocks › [red]tocks[/] › Given a step");
    }

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property Off_a_terminal_no_control_character_is_written()
    {
        var texts = Gen.ArrayOf(Gen.Choose(0, 0x2100)).Select(codes => new string([.. codes.Select(code => (char)code)]));
        var runs = from name in texts
                   from message in texts
                   from verdict in Gen.Elements(Verdict.Passed, Verdict.Failed, Verdict.Skipped, Verdict.Broken)
                   select new MadeFeature(name, new MadeScenario(message, verdict, name));

        return Prop.ForAll(runs.ToArbitrary(), run =>
        {
            var report = Runs.RenderAsync(Runs.Make([run]), "console").GetAwaiter().GetResult();

            return !report.Any(character => char.IsControl(character) && character is not ('\n' or '\t'));
        });
    }

    [TestCase(0, "< 1 ms")]
    [TestCase(12, "12 ms")]
    [TestCase(999, "999 ms")]
    [TestCase(1250, "1.2 s")]
    [TestCase(59_990, "59.9 s")]
    [TestCase(185_000, "3 min 5 s")]
    public void Durations_are_said_as_people_say_them(int milliseconds, string said)
    {
        Record.Times.Say(TimeSpan.FromMilliseconds(milliseconds)).Should().Be(said);
    }

    [Test]
    public async Task One_snippet_for_many_undefined_steps_is_shown_once()
    {
        var stream = Runs.Make([Mixed]);
        var suggestion = new Envelope { Suggestion = new Suggestion("1", "x", [new Snippet("csharp", "[Given]\nvoid M()")]) };
        stream.InsertRange(stream.Count - 1, [suggestion, suggestion]);

        var report = await Runs.RenderAsync(stream, "console");

        report.Should().Contain("For the undefined step:\n\n   [Given]\n   void M()\n\n3 scenarios");
    }

    [Test]
    public async Task A_long_attachment_is_cut()
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("s", Verdict.Failed, "x"))]);
        var body = string.Join('\n', Enumerable.Range(1, 300));
        var attachment = new Attachment(body, AttachmentContentEncoding.Identity, "text/plain", null, "case 0.0 attempt 0", "test step 0.0");
        stream.Insert(stream.FindIndex(envelope => envelope.TestStepFinished is not null), new Envelope { Attachment = attachment });

        var report = await Runs.RenderAsync(stream, "console");

        report.Should().Contain("     200\n     … 100 more lines are in the message stream\n").And.NotContain("201");
    }

    [Test]
    public void Spectre_is_named_in_one_file_that_only_a_terminal_needs()
    {
        var source = Directory.GetParent(Fixtures.Root)!.FullName;

        var files = Directory.EnumerateFiles(Path.Combine(source, "src", "LabTrace.Reports"), "*.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains("using Spectre.Console", StringComparison.Ordinal));

        files.Select(Path.GetFileName).Should().Equal("LiveProgress.cs");
    }

    /// <summary>Spectre draws from a thread of its own; there is no event to wait for.</summary>
    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
        {
            await Task.Delay(10);
        }
    }
}
