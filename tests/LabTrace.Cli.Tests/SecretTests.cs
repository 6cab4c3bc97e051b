using System.IO.Compression;
using System.Text.RegularExpressions;
using FluentAssertions;
using LabTrace.TestKit.Portal;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

/// <summary>Secrets are planted wherever a run meets texts, and looked for in everything it leaves.</summary>
public sealed partial class SecretTests
{
    private const string OfEnvironment = "env-planted-4f81c2";
    private const string OfFile = "file-planted-93bd07";
    private const string OfReference = "place-planted-5a6e1d";
    private const string OfPattern = "LAB-0123456789abcdef";
    private const string OfReportPortal = "portal_planted_77aa01bc";
    private const string OfOption = "option-planted-1";
    private const string OfUrl = "url-planted-2";
    private const string OfDocString = "doc-planted-3";
    private const string OfTable = "table-planted-4";

    private static readonly string OfGitLab = "glpat" + "-PLANTED0123456789abc";

    private Scratch scratch = null!;

    [SetUp]
    public void MakeScratch() => scratch = new Scratch();

    [TearDown]
    public void RemoveScratch() => scratch.Dispose();

    [Test]
    public async Task A_secret_is_in_nothing_that_a_run_leaves_or_says()
    {
        PlantFeature();
        scratch.Write("lab-config/planted.yaml", "kind: emulated\nunreachable: ${env:PLANTED_REFERENCE}\nsecrets: [\"${file:secret.txt}\", \"LAB-[0-9a-f]{16}\"]\n");
        scratch.Write("ReportPortal.config.json", $$$"""{"server":{"url":"http://127.0.0.1:9","project":"lab","apiKey":"{{{OfReportPortal}}}","retry":{"strategy":"None"} } }""");

        var run = await RunAsync("run", "features", "--place", "bench", "--out", "run", "--report", "console", "--report", "tap:run.tap", "--report", "tap14:run.tap14", "--report", "ktap:run.ktap",
            "--report", "junit:run.xml", "--report", "github:run.github", "--report", "kcidb:run.kcidb.json", "--report", "messages:run.ndjson", "--report", "html:run.html", "--report", "reportportal");
        var broken = await RunAsync("run", "features", "--place", "planted", "--out", "broken");
        var again = await RunAsync("report", "run", "--report", "tap:again.tap", "--report", "messages:again.ndjson");
        var drained = await RunAsync("report", "--drain", "run");
        var history = await RunAsync("history", "a command", "--store", ".");

        run.ExitCode.Should().Be(1, run.Output + run.Error);
        Directory.GetFiles(Path.Combine(scratch.Root, "run", "reportportal")).Select(Path.GetFileName).Should().Contain("spool.ndjson");
        drained.ExitCode.Should().Be(3, drained.Output + drained.Error);
        (broken.Output + broken.Error).Should().Contain("does not answer: [redacted]");
        foreach (var result in new[] { run, broken, again, drained, history })
        {
            Planted(result.Output + result.Error).Should().BeEmpty(result.Output + result.Error);
        }

        Leaks().Should().BeEmpty();
        File.ReadAllText(Path.Combine(scratch.Root, "run", "messages.ndjson")).Should().Contain("[redacted]");
    }

    [Test]
    public async Task What_reaches_ReportPortal_has_no_secret_and_its_key_is_in_the_header_alone()
    {
        PlantFeature();
        await using var server = new PortalServer();
        server.Model.ExpectedKey = OfReportPortal;
        scratch.Write("ReportPortal.config.json", $$$"""{"server":{"url":"{{{server.Url}}}","project":"lab","apiKey":"{{{OfReportPortal}}}"} }""");

        var run = await RunAsync("run", "features", "--place", "bench", "--out", "run", "--report", "reportportal");

        run.Output.Should().Contain("ReportPortal: reported as launch #1", run.Error);
        server.Model.Violations.Should().BeEmpty();
        Planted(PortalTree.Render(server.Model)).Should().BeEmpty();
        server.Requests.Should().OnlyContain(request => Planted(System.Text.Encoding.UTF8.GetString(request.Body)).Count == 0);
    }

    [Test]
    public async Task A_stream_that_somebody_else_wrote_is_reported_without_its_secrets()
    {
        var step = $$$"""{"testStepFinished":{"testCaseStartedId":"4","testStepId":"3","testStepResult":{"status":"FAILED","duration":{"seconds":0,"nanos":1},"message":"login with password={{{OfOption}}} failed"},"timestamp":{"seconds":1,"nanos":0} } }""";
        var stream = File.ReadAllText(Path.Combine(Repository.Root, "fixtures/reports/reqnroll/input.ndjson"));
        scratch.Write("theirs.ndjson", stream + "\n" + step + "\n" + $$$"""{"parseError":{"source":{"uri":"x.feature","location":{"line":1} },"message":"found https://a:{{{OfUrl}}}@h/"} }""" + "\n");

        var result = await RunAsync("report", "theirs.ndjson", "--report", "tap:out.tap", "--report", "messages:out.ndjson");

        Planted(result.Output + result.Error + File.ReadAllText(Path.Combine(scratch.Root, "out.tap")) + File.ReadAllText(Path.Combine(scratch.Root, "out.ndjson"))).Should().BeEmpty();
        File.ReadAllText(Path.Combine(scratch.Root, "out.ndjson")).Should().Contain("https://a:[redacted]@h/");
    }

    [Test]
    public async Task A_wrong_entry_of_a_places_secrets_is_told_with_its_line()
    {
        PlantFeature();
        scratch.Write("lab-config/wrong.yaml", "kind: emulated\nsecrets:\n  - \"(\"\n");

        var result = await RunAsync("run", "features", "--place", "wrong");

        result.ExitCode.Should().Be(2);
        result.Error.Should().Contain("wrong.yaml:3:5").And.Contain("no regular expression for secrets");
    }

    private static List<string> Planted(string text) =>
        [.. new[] { OfEnvironment, OfFile, OfReference, OfPattern, OfReportPortal, OfOption, OfUrl, OfDocString, OfTable, OfGitLab }.Where(secret => text.Contains(secret, StringComparison.Ordinal))];

    private void PlantFeature()
    {
        scratch.Write("secret.txt", OfFile + "\n");
        scratch.Write("lab-config/bench.yaml", "kind: emulated\nsecrets: [\"${file:secret.txt}\", \"LAB-[0-9a-f]{16}\"]\n");
        scratch.Write("features/planted.feature", FeatureText);
    }

    private static string FeatureText => $$"""
        Feature: planted, with api_key={{OfOption}} in its name

          A description with password={{OfOption}}.

          Scenario: a command that fails with what it was given {{OfGitLab}}
            When I run "ls /{{OfEnvironment}} --password {{OfOption}} http://bob:{{OfUrl}}@host/ {{OfGitLab}} {{OfFile}} {{OfPattern}}"
            Then the command succeeded

          Scenario: a kernel that says what it must not
            When lkdtm provokes "WARNING"

          # a comment with secret={{OfOption}}
          Scenario: undefined steps have arguments
            Given a step with a text
              '''
              client_secret: {{OfDocString}}
              '''
            And a step with a table
              | name  | value             |
              | token | token={{OfTable}} |
        """.Replace("'''", "\"\"\"", StringComparison.Ordinal);

    private IEnumerable<string> Leaks() =>
        from path in Directory.EnumerateFiles(scratch.Root, "*", SearchOption.AllDirectories)
        let relative = Path.GetRelativePath(scratch.Root, path)
        where !relative.StartsWith("features/", StringComparison.Ordinal) && relative is not ("secret.txt" or "ReportPortal.config.json")
        from secret in Planted(relative + "\n" + TextOf(path))
        where !(secret == OfFile && relative.StartsWith("lab-config/", StringComparison.Ordinal))
        select $"{relative}: {secret}";

    // The HTML report's data is compressed: what is in it is looked at too.
    private static string TextOf(string path)
    {
        var text = File.ReadAllText(path);
        return path.EndsWith(".html", StringComparison.Ordinal)
            ? text + string.Concat(Parts().Matches(text).Select(static part =>
            {
                using var inflated = new StreamReader(new DeflateStream(new MemoryStream(Convert.FromBase64String(part.Groups["data"].Value)), CompressionMode.Decompress));
                return inflated.ReadToEnd();
            }))
            : text;
    }

    [GeneratedRegex("""data-part="[a-z]+">(?<data>[A-Za-z0-9+/=]+)</script>""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Parts();

    private Task<LabtraceResult> RunAsync(params string[] arguments)
    {
        var start = LabtraceProcess.Describe(scratch.Root, arguments);
        start.Environment["PLANTED_API_TOKEN"] = OfEnvironment;
        start.Environment["PLANTED_REFERENCE"] = OfReference;
        start.Environment["XDG_STATE_HOME"] = Path.Combine(scratch.Root, "state");
        return LabtraceProcess.RunAsync(start);
    }
}
