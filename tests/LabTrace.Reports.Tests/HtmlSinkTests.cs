using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Tests;

/// <summary>The file as data; how it looks and answers is tested in a browser.</summary>
public sealed partial class HtmlSinkTests
{
    private const string Timeline = "application/vnd.labtrace.timeline+json";

    private static readonly string[] NamePieces =
    [
        "a", " ", "</script>", "<script>alert(1)</script>", "<!--", "]]>", "&amp;", "\"", "'", "\\", "\n", "\t", "\0", "\u001b[31m", "\u202e", "\u2028", "é", "测", "\ud83e\uddea",
        "\ud800", "{policy}", "${x}",
    ];

    public static IEnumerable<TestCaseData> Streams =>
        Directory.GetDirectories(Path.Combine(Fixtures.Root, "reports")).Order(StringComparer.Ordinal).Select(directory =>
            new TestCaseData(directory).SetArgDisplayNames(Path.GetFileName(directory)));

    [FsCheck.NUnit.Property(MaxTest = 60)]
    public void Every_scenario_of_a_run_is_there_with_its_verdict(int seed, bool isShuffled, bool finishes)
    {
        var run = MadeRun(new Random(seed));

        var html = HtmlReading.OfAsync(Runs.Make(run, isShuffled ? new Random(seed) : null, finishes)).GetAwaiter().GetResult();

        var expected = run.SelectMany(feature => feature.Scenarios).Select(s => s.Verdict is { } verdict ? (int)verdict : 4);
        html.Rows.OrderBy(row => (int)row[0]!).Select(row => (int)row[6]!).Should().Equal(expected);
        html.Rows.Select(row => (string)row[1]!).Should().OnlyHaveUniqueItems("each can be linked to");
        ((bool)html.Run["end"]!).Should().BeTrue();
        ((bool)html.Run["finished"]!).Should().Be(finishes);
        ((int)html.Run["total"]!).Should().Be(expected.Count());
    }

    [FsCheck.NUnit.Property(MaxTest = 60)]
    public void Nothing_of_a_run_is_written_as_markup(int seed)
    {
        var nothing = HtmlReading.OfAsync([]).GetAwaiter().GetResult();

        var html = HtmlReading.OfAsync(Runs.Make(MadeRun(new Random(seed)))).GetAwaiter().GetResult();

        Data().Replace(html.Html, "").Should().Be(Data().Replace(nothing.Html, ""), "all but the data is the same for every run");
    }

    [TestCaseSource(nameof(Streams))]
    public async Task A_stream_cut_anywhere_makes_a_whole_file_that_says_so(string directory)
    {
        var stream = await ReadAsync(directory);
        var isWhole = stream.Exists(envelope => envelope.TestRunFinished is not null);

        for (var count = 0; count <= stream.Count; count += 7)
        {
            var html = await HtmlReading.OfAsync(stream.Take(count));

            ((bool)html.Run["end"]!).Should().BeTrue();
            ((bool)html.Run["finished"]!).Should().Be(stream.Take(count).Any(envelope => envelope.TestRunFinished is not null));
        }

        ((bool)(await HtmlReading.OfAsync(stream)).Run["finished"]!).Should().Be(isWhole);
    }

    [Test]
    public async Task Ids_are_the_same_in_the_next_run_so_that_links_hold()
    {
        var first = await HtmlReading.OfAsync(Runs.Make([new MadeFeature("f", new MadeScenario("a", Verdict.Passed), new MadeScenario("b", Verdict.Failed))]));
        var second = await HtmlReading.OfAsync(Runs.Make([new MadeFeature("f", new MadeScenario("b", Verdict.Passed), new MadeScenario("a", Verdict.Failed))]));

        string IdOf(HtmlReading html, string name) => (string)html.Rows.Single(row => (string)row[3]! == name)[1]!;
        IdOf(second, "a").Should().Be(IdOf(first, "a"));
        IdOf(second, "b").Should().Be(IdOf(first, "b"));
    }

    [Test]
    public async Task The_policy_allows_the_files_own_program_and_style_and_nothing_else()
    {
        var html = (await HtmlReading.OfAsync([])).Html;

        var policy = Policy().Match(html).Groups["policy"].Value;
        var program = Program().Match(html).Groups["text"].Value;
        var style = Style().Match(html).Groups["text"].Value;
        policy.Should().Be($"default-src 'none'; script-src '{Hash(program)}'; style-src '{Hash(style)}'; img-src data:; base-uri 'none'; form-action 'none'");
        static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    [Test]
    public async Task A_linked_timeline_is_taken_in_from_the_runs_directory_and_from_nowhere_else()
    {
        using var scratch = new Scratch();
        var run = Directory.CreateDirectory(scratch.File("run")).FullName;
        await File.WriteAllTextAsync(Path.Combine(run, "a.timeline.json"), """{"t":[0]}""");
        await File.WriteAllTextAsync(scratch.File("secret.timeline.json"), """{"t":[1]}""");
        await File.WriteAllTextAsync(Path.Combine(run, "bad.timeline.json"), "{\"t\":[0}");
        var stream = WithLinks("a.timeline.json", "../secret.timeline.json", scratch.File("secret.timeline.json"), "gone.timeline.json", "bad.timeline.json");
        var context = new ReportContext { Out = TextWriter.Null, Console = TextWriter.Null, RunDirectory = run };

        var html = await HtmlReading.OfAsync(stream, context);

        var attachments = html.Steps(0, 0, 0)[0]![6]!["a"]!.AsArray();
        attachments.Select(attachment => attachment!["p"] is not null).Should().Equal(true, false, false, false, false);
        html.Payloads[0].ToJsonString().Should().Be("""[{"t":[0]}]""");
        ((string)attachments[1]!["o"]!).Should().Contain("not there");
        ((string)attachments[4]!["o"]!).Should().Contain("not valid JSON");
        ((int)html.Run["leftOut"]!).Should().Be(4);
    }

    [Test]
    public async Task What_the_file_has_no_room_for_is_counted()
    {
        var text = new string('x', 300_000);
        var stream = With(new Attachment(text, AttachmentContentEncoding.Identity, "text/plain", "long.txt"));

        var html = await HtmlReading.OfAsync(stream);

        ((int)html.Run["leftOut"]!).Should().Be(1);
        var kept = ((string)html.Payloads[0][0]!).Length;
        ((long)html.Run["leftOutBytes"]!).Should().Be(text.Length - kept);
    }

    [Test]
    public async Task A_file_that_cannot_be_written_is_told_with_the_run_and_once()
    {
        var context = new ReportContext { Out = TextWriter.Null, Console = TextWriter.Null };
        var sink = ReportCatalog.Parse("html:/dev/full").Open(context);
        var told = 0;

        foreach (var envelope in Runs.Make([new MadeFeature("f", new MadeScenario("a", Verdict.Passed))]))
        {
            try
            {
                await sink.WriteAsync(envelope, CancellationToken.None);
            }
            catch (ReportException exception)
            {
                exception.Message.Should().StartWith("cannot write the report 'html' to '/dev/full': ");
                told++;
            }
        }

        await sink.DisposeAsync();

        told.Should().Be(1);
    }

    private static List<MadeFeature> MadeRun(Random random)
    {
        string Name() => string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => NamePieces[random.Next(NamePieces.Length)]));
        Verdict?[] verdicts = [Verdict.Passed, Verdict.Failed, Verdict.Skipped, Verdict.Broken, null];
        return
        [
            .. Enumerable.Range(0, random.Next(4)).Select(_ => new MadeFeature(
                Name(),
                [.. Enumerable.Range(0, 1 + random.Next(5)).Select(_ => new MadeScenario(Name(), verdicts[random.Next(verdicts.Length)], Name(), 1 + random.Next(3)))])),
        ];
    }

    private static List<Envelope> With(params Attachment[] attachments) => Insert([.. attachments.Select(attachment => new Envelope { Attachment = attachment })]);

    private static List<Envelope> WithLinks(params string[] urls) =>
        Insert([.. urls.Select(url => new Envelope { ExternalAttachment = new ExternalAttachment(url, Timeline) })]);

    /// <summary>A run of one scenario of one step, to which these are attached.</summary>
    private static List<Envelope> Insert(List<Envelope> attached)
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("a", Verdict.Failed, "why"))]);
        var at = stream.FindIndex(envelope => envelope.TestStepStarted is not null);
        var step = stream[at].TestStepStarted!;
        stream.InsertRange(at + 1, attached.Select(envelope => envelope.Attachment is { } attachment
            ? new Envelope { Attachment = attachment with { TestCaseStartedId = step.TestCaseStartedId, TestStepId = step.TestStepId } }
            : new Envelope { ExternalAttachment = envelope.ExternalAttachment! with { TestCaseStartedId = step.TestCaseStartedId, TestStepId = step.TestStepId } }));
        return stream;
    }

    private static async Task<List<Envelope>> ReadAsync(string directory)
    {
        await using var input = File.OpenRead(Path.Combine(directory, "input.ndjson"));
        return await MessageReader.ReadAsync(input, CancellationToken.None).ToListAsync();
    }

    [GeneratedRegex("""(?<=data-part="[a-z]+">)[A-Za-z0-9+/=]*|<script type="text/plain" data-part="(index|detail|payload|run)">[A-Za-z0-9+/=]*</script>\n""", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Data();

    [GeneratedRegex("""<meta http-equiv="Content-Security-Policy" content="(?<policy>[^"]*)">""", RegexOptions.None, 1000)]
    private static partial Regex Policy();

    [GeneratedRegex("<script>(?<text>.*?)</script>", RegexOptions.Singleline, 1000)]
    private static partial Regex Program();

    [GeneratedRegex("<style>(?<text>.*?)</style>", RegexOptions.Singleline, 1000)]
    private static partial Regex Style();
}
