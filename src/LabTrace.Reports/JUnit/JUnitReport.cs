using System.Globalization;
using System.Text;
using LabTrace.Reports.Record;
using LabTrace.Scenarios;

namespace LabTrace.Reports.JUnit;

/// <summary>JUnit XML as Jenkins and GitLab take it: a suite for each feature, a case for each scenario.</summary>
/// <remarks>
/// The schema is Jenkins' junit-10 (jenkinsci/xunit-plugin). A device that is not as specified is a failure; a lab or LabTrace that
/// broke is an error; attempts before the last are Surefire's <c>flakyFailure</c> and <c>rerunFailure</c>; attachments are
/// <c>[[ATTACHMENT|path]]</c> in the output, as Jenkins' attachments plug-in reads them. What went wrong outside of scenarios is an error of a suite of its own.
/// </remarks>
internal static class JUnitReport
{
    private const string RunSuite = "the run";
    private const int MaxOutput = 256 * 1024;

    public static string Make(RunRecord run, string? runDirectory)
    {
        var faults = RunConclusion.Of(run).ToList();
        var all = JUnitTally.Of(run.Scenarios);
        var xml = new XmlText();
        xml.Open("testsuites")
            .Attribute("name", "LabTrace")
            .Attribute("tests", Number(all.Tests + faults.Count))
            .Attribute("failures", Number(all.Failures))
            .Attribute("errors", Number(all.Errors + faults.Count))
            .Attribute("time", Seconds(run.Duration));
        foreach (var feature in run.Scenarios.GroupBy(scenario => scenario.Uri))
        {
            WriteSuite(xml, run, [.. feature], runDirectory);
        }

        if (faults.Count > 0 || run.Scenarios.Count == 0)
        {
            WriteRun(xml, run, faults);
        }

        return xml.Close().ToString();
    }

    private static void WriteSuite(XmlText xml, RunRecord run, List<ScenarioRecord> scenarios, string? runDirectory)
    {
        var all = JUnitTally.Of(scenarios);
        var first = scenarios.Find(scenario => scenario.Attempts.Count > 0)?.Attempts[0].StartedAt;
        xml.Open("testsuite")
            .Attribute("name", scenarios[0].FeatureName)
            .Attribute("tests", Number(all.Tests))
            .Attribute("failures", Number(all.Failures))
            .Attribute("errors", Number(all.Errors))
            .Attribute("skipped", Number(all.Skipped))
            .Attribute("time", Seconds(all.Duration))
            .Attribute("timestamp", first is { } start ? Times.Iso(start) : null)
            .Attribute("hostname", run.Environment?.Kernel?.HostName)
            .Attribute("file", scenarios[0].Uri.Length == 0 ? null : scenarios[0].Uri);
        WriteProperties(xml, run);
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var scenario in scenarios)
        {
            WriteCase(xml, scenario, Unique(scenario.Name.Length == 0 ? "(no name)" : scenario.Name, names), runDirectory);
            foreach (var subtest in scenario.Last?.Subtests ?? [])
            {
                WriteSubtest(xml, scenario, subtest, names);
            }
        }

        xml.Close();
    }

    /// <summary>Readers tell cases by their names, so rows of an outline that share one are numbered.</summary>
    private static string Unique(string name, Dictionary<string, int> names)
    {
        // As it is written: a line end and a carriage return with it are told apart no longer.
        name = VisibleText.Lines(name);
        var unique = name;
        while (!names.TryAdd(unique, 1))
        {
            unique = string.Create(CultureInfo.InvariantCulture, $"{name} #{++names[name]}");
        }

        return unique;
    }

    /// <summary>A test that a program reported by itself is a case beside the scenario that ran it.</summary>
    private static void WriteSubtest(XmlText xml, ScenarioRecord scenario, SubtestRecord subtest, Dictionary<string, int> names)
    {
        xml.Open("testcase").Attribute("name", Unique($"{scenario.Name} › {subtest.Path}", names)).Attribute("classname", ClassOf(scenario));
        if (subtest.Verdict != Verdict.Passed)
        {
            xml.Open(subtest.Verdict == Verdict.Failed ? "failure" : subtest.Verdict == Verdict.Skipped ? "skipped" : "error")
                .Attribute("message", subtest.Reason ?? "the program gives no reason")
                .Close();
        }

        xml.Close();
    }

    private static void WriteProperties(XmlText xml, RunRecord run)
    {
        if (run.Environment is not { } environment)
        {
            return;
        }

        xml.Open("properties");
        foreach (var (name, value) in environment.Lines)
        {
            xml.Open("property").Attribute("name", name).Attribute("value", value).Close();
        }

        xml.Close();
    }

    private static void WriteCase(XmlText xml, ScenarioRecord scenario, string name, string? runDirectory)
    {
        xml.Open("testcase").Attribute("name", name).Attribute("classname", ClassOf(scenario)).Attribute("time", Seconds(JUnitTally.DurationOf(scenario)));
        switch (scenario.Verdict)
        {
            case null:
                xml.Open("skipped").Attribute("message", "it did not run: the run was stopped before").Close();
                break;
            case Verdict.Skipped:
                xml.Open("skipped").Attribute("message", scenario.Reason).Close();
                break;
            case Verdict.Failed or Verdict.Broken:
                WriteProblem(xml, scenario);
                break;
        }

        WriteEarlierAttempts(xml, scenario);
        if (OutputOf(scenario, runDirectory) is { Length: > 0 } output)
        {
            xml.Element("system-out", output);
        }

        xml.Close();
    }

    private static void WriteProblem(XmlText xml, ScenarioRecord scenario)
    {
        var step = scenario.DecidingStep;
        xml.Open(scenario.Verdict == Verdict.Failed ? "failure" : "error")
            .Attribute("type", step?.Result?.Exception?.Type ?? (scenario.HasEnded ? step?.Result?.Status.ToString() : "CutOff"))
            .Attribute("message", FirstLine(scenario.Reason))
            .Text(Explain(scenario, step, scenario.Reason))
            .Close();
    }

    private static void WriteEarlierAttempts(XmlText xml, ScenarioRecord scenario)
    {
        foreach (var attempt in scenario.Attempts.SkipLast(1).Where(attempt => attempt.Verdict is Verdict.Failed or Verdict.Broken))
        {
            var kind = scenario.IsFlaky ? "flaky" : "rerun";
            var step = attempt.DecidingStep;
            xml.Open(kind + (attempt.Verdict == Verdict.Failed ? "Failure" : "Error"))
                .Attribute("message", FirstLine(attempt.Reason))
                .Attribute("type", step?.Result?.Exception?.Type ?? step?.Result?.Status.ToString() ?? "")
                .Element("stackTrace", Explain(scenario, step, attempt.Reason))
                .Close();
        }
    }

    private static string Explain(ScenarioRecord scenario, StepRecord? step, string reason)
    {
        var text = new StringBuilder().Append(scenario.Place).Append('\n');
        if (step is not null)
        {
            text.Append(step.Sentence).Append(step.Place is null ? "" : $"  ({step.Place})").Append('\n');
        }

        text.Append(reason);
        return step?.Result?.Exception?.StackTrace is { Length: > 0 } stack ? text.Append('\n').Append(stack).ToString() : text.ToString();
    }

    /// <summary>Steps of what did not pass, what was written, what was measured, what is attached.</summary>
    private static string OutputOf(ScenarioRecord scenario, string? runDirectory)
    {
        if (scenario.Last is not { } attempt)
        {
            return "";
        }

        var text = new StringBuilder();
        foreach (var step in attempt.Steps)
        {
            if (scenario.Verdict is Verdict.Failed or Verdict.Broken)
            {
                text.Append(step.Sentence).Append(" … ").Append(step.Result?.Status.ToString().ToLowerInvariant() ?? "did not end")
                    .Append(" (").Append(Times.Say(step.Duration)).Append(")\n");
            }

            if (step.Output is { } output)
            {
                text.Append(output).Append('\n');
            }
        }

        foreach (var measurement in attempt.Measurements)
        {
            text.Append(CultureInfo.InvariantCulture, $"measured {measurement.Name}: {measurement.Value} {measurement.Unit}\n");
        }

        foreach (var attachment in attempt.AllAttachments.Where(attachment => attachment.IsText && !attachment.IsLog))
        {
            text.Append(attachment.FileName ?? attachment.MediaType).Append(":\n").Append(attachment.Text()).Append('\n');
        }

        if (text.Length > MaxOutput)
        {
            text.Length = MaxOutput;
            text.Append("\n… the rest is in the message stream\n");
        }

        foreach (var link in attempt.AllLinks)
        {
            text.Append("[[ATTACHMENT|").Append(PathOf(link.Url, runDirectory)).Append("]]\n");
        }

        return text.ToString();
    }

    /// <summary>Jenkins wants a path on its machine.</summary>
    private static string PathOf(string url, string? runDirectory) =>
        Uri.TryCreate(url, UriKind.Absolute, out var absolute)
            ? absolute.IsFile ? absolute.LocalPath : url
            : runDirectory is null ? url : Path.GetFullPath(Path.Combine(runDirectory, url));

    /// <summary>What is wrong with the run itself: no scenario's fault, and never a pass.</summary>
    private static void WriteRun(XmlText xml, RunRecord run, List<RunFault> faults)
    {
        xml.Open("testsuite")
            .Attribute("name", RunSuite)
            .Attribute("tests", Number(faults.Count))
            .Attribute("failures", "0")
            .Attribute("errors", Number(faults.Count))
            .Attribute("time", Seconds(run.Duration));
        WriteProperties(xml, run);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var fault in faults)
        {
            var name = fault.Place is null ? fault.What : $"{fault.What} ({fault.Place})";
            for (var number = 2; !names.Add(name); number++)
            {
                name = string.Create(CultureInfo.InvariantCulture, $"{fault.What} #{number}");
            }

            xml.Open("testcase").Attribute("name", name).Attribute("classname", RunSuite).Attribute("time", "0");
            xml.Open("error").Attribute("type", "Run").Attribute("message", FirstLine(fault.Message)).Text(fault.Message).Close();
            xml.Close();
        }

        xml.Close();
    }

    /// <summary>Jenkins makes packages of the parts between dots.</summary>
    private static string ClassOf(ScenarioRecord scenario)
    {
        var uri = scenario.Uri.EndsWith(".feature", StringComparison.Ordinal) ? scenario.Uri[..^".feature".Length] : scenario.Uri;
        return uri.Length == 0 ? "features" : uri.Replace('.', '_').Replace('/', '.').Trim('.');
    }

    private static string FirstLine(string text)
    {
        var end = text.AsSpan().IndexOfAny('\n', '\r');
        return end < 0 ? text : text[..end];
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
}
