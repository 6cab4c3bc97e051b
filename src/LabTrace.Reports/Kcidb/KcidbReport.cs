using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LabTrace.Reports.Record;
using LabTrace.Scenarios;

namespace LabTrace.Reports.Kcidb;

/// <summary>A run as KCIDB's I/O schema 5.3 has it: the kernel as checkout and build, each scenario and each number measured as a test.</summary>
/// <remarks>
/// <c>labtrace.FEATURE.SCENARIO</c> is a test's path. Failed is FAIL. Broken is MISS when the lab broke, and ERROR when LabTrace or the feature did:
/// neither blames the kernel. Skipped is SKIP, a scenario that never ran MISS, a measured number DONE.
/// </remarks>
internal static class KcidbReport
{
    private const int MaxExcerpt = 16384;

    // What says that the lab, and not LabTrace, could not carry the scenario out.
    private const string LabNamespace = "LabTrace.Devices.";

    public static string Make(RunRecord run, KcidbOptions options)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject("version");
            json.WriteNumber("major", 5);
            json.WriteNumber("minor", 3);
            json.WriteEndObject();
            var build = options.Build ?? WriteKernel(json, run, options);
            json.WriteStartArray("tests");
            foreach (var scenario in run.Scenarios)
            {
                WriteTests(json, run, scenario, options, build);
            }

            json.WriteEndArray();
            new KcidbIssues(run, options).Write(json, scenario => IdOf(run, scenario, options));
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)) + "\n";
    }

    /// <summary>A scenario's path in KCIDB's tree of tests.</summary>
    public static string PathOf(ScenarioRecord scenario) => $"labtrace.{Slug(scenario.FeatureName)}.{Slug(scenario.Name)}";

    /// <returns>The build's id.</returns>
    private static string WriteKernel(Utf8JsonWriter json, RunRecord run, KcidbOptions options)
    {
        var kernel = run.Environment?.Kernel;
        var release = kernel?.Release ?? "unknown";
        var checkout = $"{options.Origin}:{Hash(options.Commit ?? release, options.Patchset ?? "", options.Repository ?? "")}";
        var build = $"{options.Origin}:{Hash(checkout, release, kernel?.Version ?? "", kernel?.Machine ?? "")}";
        json.WriteStartArray("checkouts");
        json.WriteStartObject();
        json.WriteString("id", checkout);
        json.WriteString("origin", options.Origin);
        WriteOptional(json, "tree_name", options.Tree);
        WriteOptional(json, "git_repository_url", options.Repository);
        WriteOptional(json, "git_repository_branch", options.Branch);
        WriteOptional(json, "git_commit_hash", options.Commit);
        if (options.Commit is not null)
        {
            json.WriteString("patchset_hash", options.Patchset ?? "");
        }

        json.WriteString("comment", $"kernel {Clean(release)}");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("builds");
        json.WriteStartObject();
        json.WriteString("id", build);
        json.WriteString("origin", options.Origin);
        json.WriteString("checkout_id", checkout);
        json.WriteString("comment", Clean($"{release} {kernel?.Version}".Trim()));
        if (kernel?.Machine is { } machine && machine.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '_'))
        {
            json.WriteString("architecture", machine);
        }

        json.WriteEndObject();
        json.WriteEndArray();
        return build;
    }

    private static string IdOf(RunRecord run, ScenarioRecord scenario, KcidbOptions options) =>
        $"{options.Origin}:{Hash(run.Started?.Id ?? "", Start(run.Started?.Timestamp), run.Environment?.Place ?? "", run.Environment?.Kernel?.HostName ?? "", scenario.Id)}";

    private static void WriteTests(Utf8JsonWriter json, RunRecord run, ScenarioRecord scenario, KcidbOptions options, string build)
    {
        var path = PathOf(scenario);
        var id = IdOf(run, scenario, options);
        json.WriteStartObject();
        WriteHead(json, run, options, build, id, path, StatusOf(scenario), scenario);
        if (scenario.Reason is { Length: > 0 } reason)
        {
            json.WriteString("log_excerpt", Excerpt(reason));
        }

        WriteFiles(json, scenario);
        WriteMisc(json, scenario);
        json.WriteEndObject();
        var number = 0;
        foreach (var subtest in scenario.Last?.Subtests ?? [])
        {
            number++;
            json.WriteStartObject();
            var tail = string.Join('.', subtest.Path.Split(" › ").Select(Slug));
            WriteHead(json, run, options, build, string.Create(CultureInfo.InvariantCulture, $"{id}-{number}"), $"{path}.{tail}", StatusOf(subtest.Verdict), scenario);
            if (subtest.Reason is { Length: > 0 } why)
            {
                json.WriteString("log_excerpt", Excerpt(why));
            }

            json.WriteEndObject();
        }

        foreach (var measurement in scenario.Measurements.Where(measurement => double.IsFinite(measurement.Value)))
        {
            number++;
            json.WriteStartObject();
            WriteHead(json, run, options, build, string.Create(CultureInfo.InvariantCulture, $"{id}-{number}"), $"{path}.{Slug(measurement.Name)}", "DONE", scenario);
            json.WriteStartObject("number");
            json.WriteNumber("value", measurement.Value);
            if (measurement.Unit.Length > 0)
            {
                json.WriteString("unit", Clean(measurement.Unit));
                json.WriteString("prefix", "metric");
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    private static void WriteHead(
        Utf8JsonWriter json, RunRecord run, KcidbOptions options, string build, string id, string path, string status, ScenarioRecord scenario)
    {
        json.WriteString("id", id);
        json.WriteString("origin", options.Origin);
        json.WriteString("build_id", build);
        json.WriteString("path", path);
        json.WriteString("status", status);
        json.WriteString("comment", Clean(scenario.Name.Length == 0 ? scenario.FeatureName : scenario.Name));
        if (scenario.Last is { } attempt)
        {
            json.WriteString("start_time", Times.Iso(attempt.StartedAt));
            json.WriteNumber("duration", attempt.Duration.TotalSeconds);
        }

        if (run.Environment is { } environment)
        {
            json.WriteStartObject("environment");
            json.WriteString("comment", Clean(environment.Description ?? environment.Place ?? "a lab"));
            json.WriteStartObject("misc");
            foreach (var (name, value) in environment.Lines)
            {
                json.WriteString(name.Replace(' ', '_'), Clean(value));
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    private static void WriteFiles(Utf8JsonWriter json, ScenarioRecord scenario)
    {
        // KCIDB takes what can be fetched; a path on the lab's machine cannot.
        var urls = (scenario.Last?.AllLinks ?? [])
            .Select(link => link.Url)
            .Where(url => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            .ToList();
        if (urls.Count == 0)
        {
            return;
        }

        json.WriteStartArray("output_files");
        foreach (var url in urls)
        {
            var name = new Uri(url).Segments[^1].Trim('/');
            json.WriteStartObject();
            json.WriteString("name", Clean(name.Length == 0 ? "file" : name));
            json.WriteString("url", new Uri(url).AbsoluteUri);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteMisc(Utf8JsonWriter json, ScenarioRecord scenario)
    {
        json.WriteStartObject("misc");
        json.WriteString("feature", Clean(scenario.FeatureName));
        json.WriteString("scenario", scenario.Id);
        json.WriteString("at", Clean(scenario.Place));
        json.WriteNumber("attempts", scenario.Attempts.Count);
        json.WriteBoolean("flaky", scenario.IsFlaky);
        if (scenario.DecidingStep is { } step)
        {
            json.WriteString("step", Clean(step.Sentence));
        }

        json.WriteEndObject();
    }

    private static string StatusOf(ScenarioRecord scenario) => scenario.Verdict switch
    {
        Verdict.Passed => "PASS",
        Verdict.Failed => "FAIL",
        Verdict.Skipped => "SKIP",
        null => "MISS",
        _ => scenario.DecidingStep?.Result?.Exception?.Type?.StartsWith(LabNamespace, StringComparison.Ordinal) == true ? "MISS" : "ERROR",
    };

    private static string StatusOf(Verdict verdict) => verdict switch
    {
        Verdict.Passed => "PASS",
        Verdict.Failed => "FAIL",
        Verdict.Skipped => "SKIP",
        _ => "ERROR",
    };

    private static string Start(Scenarios.Messages.Timestamp? time) => time is { } known ? Times.Iso(known) : "";

    internal static string Hash(params ReadOnlySpan<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts!))))[..24];

    /// <summary>Letters, digits, - and _; everything else becomes one dash.</summary>
    private static string Slug(string text)
    {
        var slug = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (char.IsAsciiLetterOrDigit(character) || character == '_')
            {
                slug.Append(character);
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        return slug.ToString().Trim('-') is { Length: > 0 } some ? some : "unnamed";
    }

    internal static string Clean(string text) => VisibleText.Lines(text);

    /// <summary>The end of a long text says what went wrong last; but the beginning says what was expected, so both are kept.</summary>
    private static string Excerpt(string text)
    {
        const string Cut = "\n…\n";
        var clean = Clean(text);
        var half = (MaxExcerpt - Cut.Length) / 2;
        return clean.Length <= MaxExcerpt ? clean : clean[..half] + Cut + clean[^half..];
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }
}
