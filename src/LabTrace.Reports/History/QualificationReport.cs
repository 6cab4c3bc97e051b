using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LabTrace.Reports.History;

/// <summary>Writes a judgement for people and for tools.</summary>
public static class QualificationReport
{
    /// <summary>As Markdown, for a patch's review.</summary>
    public static string Markdown(Qualification judged)
    {
        ArgumentNullException.ThrowIfNull(judged);
        StringBuilder text = new();
        _ = text.Append("# ").Append(Word(judged.Verdict)).Append("\n\n").Append(Sentence(judged)).Append("\n\n| side | runs | kernel | boards |\n|---|---:|---|---|\n");
        Side(text, "baseline", judged.Baseline);
        Side(text, "candidate", judged.Candidate);
        if (judged.Findings.Count > 0)
        {
            _ = text.Append("\n## Reasons\n\n| what | board | scenario | |\n|---|---|---|---|\n");
            foreach (var finding in judged.Findings)
            {
                _ = text.Append("| ").Append(Words(finding.Kind)).Append(" | ").Append(Cell(finding.Board)).Append(" | ").Append(Cell(finding.Scenario)).Append(" | ").Append(Cell(finding.Text)).Append(" |\n");
            }
        }

        if (judged.Numbers.Count > 0)
        {
            _ = text.Append("\n## Numbers\n\n| number | board | scenario | baseline to candidate |\n|---|---|---|---|\n");
            foreach (var number in judged.Numbers)
            {
                _ = text.Append("| ").Append(Cell(number.Name)).Append(" | ").Append(Cell(number.Board)).Append(" | ").Append(Cell(number.Scenario)).Append(" | ").Append(number.Describe()).Append(" |\n");
            }
        }

        return text.Append("\n## How it was judged\n\n").Append(Method(judged.Options)).Append('\n').ToString();
    }

    /// <summary>As one JSON object.</summary>
    public static void WriteJson(Stream stream, Qualification judged)
    {
        ArgumentNullException.ThrowIfNull(judged);
        using Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("verdict", Word(judged.Verdict));
        writer.WriteStartArray("findings");
        foreach (var finding in judged.Findings)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", Words(finding.Kind));
            writer.WriteString("board", finding.Board);
            writer.WriteString("scenario", finding.Scenario);
            writer.WriteString("text", finding.Text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("numbers");
        foreach (var number in judged.Numbers)
        {
            WriteNumber(writer, number);
        }

        writer.WriteEndArray();
        WriteRuns(writer, "baseline", judged.Baseline);
        WriteRuns(writer, "candidate", judged.Candidate);
        writer.WriteStartObject("options");
        writer.WriteNumber("repetitions", judged.Options.Repetitions);
        writer.WriteNumber("confirmations", judged.Options.Confirmations);
        writer.WriteNumber("alpha", judged.Options.Alpha);
        writer.WriteNumber("tolerance", judged.Options.Tolerance);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>The verdict, its reasons and how it was judged, for a terminal.</summary>
    public static string Text(Qualification judged)
    {
        ArgumentNullException.ThrowIfNull(judged);
        StringBuilder text = new();
        foreach (var finding in judged.Findings)
        {
            _ = text.Append(Words(finding.Kind)).Append(": ").Append(finding.Scenario).Append(finding.Scenario.Length > 0 ? " on " : "").Append(finding.Board).Append("\n    ").Append(finding.Text).Append('\n');
        }

        return text.Append(text.Length > 0 ? "\n" : "").Append(Word(judged.Verdict)).Append(": ").Append(Sentence(judged)).Append('\n').Append(Method(judged.Options)).Append('\n').ToString();
    }

    private static string Word(QualificationVerdict verdict) => verdict switch
    {
        QualificationVerdict.Qualified => "qualified",
        QualificationVerdict.Rejected => "rejected",
        _ => "undecided",
    };

    private static string Sentence(Qualification judged)
    {
        int Count(params FindingKind[] kinds) => judged.Findings.Count(f => kinds.Contains(f.Kind));
        var scenarios = judged.Candidate.SelectMany(static r => r.Scenarios).Select(static s => s.Id).Distinct(StringComparer.Ordinal).Count();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{scenarios} scenarios and {judged.Numbers.Count} numbers compared over {judged.Baseline.Count} and {judged.Candidate.Count} runs: {Count(FindingKind.Regression)} regressions, {Count(FindingKind.NumberWorse)} numbers worse, {Count(FindingKind.Unconfirmed, FindingKind.CoverageLost, FindingKind.LabBroke, FindingKind.RunCut, FindingKind.NotCompared, FindingKind.TooFew)} open questions.");
    }

    private static string Method(QualificationOptions options) => string.Create(
        CultureInfo.InvariantCulture,
        $"A failure is a regression when it occurred in at least {options.Confirmations} executions and either in all of them or more often than in the baseline (Fisher's exact test, p ≤ {options.Alpha}). A number is worse when Mann-Whitney's test says so at {options.Alpha} over all numbers together (Holm), and its median moved by more than {options.Tolerance * 100:0.#} %; each side needs {options.Repetitions} executions on the board, more with many numbers. The samples of one execution count as one value: they share its noise.");

    private static string Words(FindingKind kind) => kind switch
    {
        FindingKind.Regression => "regression",
        FindingKind.NumberWorse => "number worse",
        FindingKind.Unconfirmed => "unconfirmed failure",
        FindingKind.CoverageLost => "not checked",
        FindingKind.LabBroke => "lab broke",
        FindingKind.RunCut => "run cut off",
        FindingKind.NotCompared => "board not compared",
        FindingKind.TooFew => "too few repetitions",
        FindingKind.NewKernelReport => "new kernel report",
        FindingKind.KnownFailure => "known failure",
        _ => "number changed",
    };

    private static void Side(StringBuilder text, string name, IReadOnlyList<StoredRun> runs) => text.Append(CultureInfo.InvariantCulture,
        $"| {name} | {runs.Count} | {Cell(string.Join(", ", runs.Select(static r => r.Kernel ?? "unknown").Distinct(StringComparer.Ordinal)))} | {Cell(string.Join(", ", runs.Select(static r => r.Board).Distinct(StringComparer.Ordinal)))} |\n");

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace('\n', ' ');

    private static void WriteNumber(Utf8JsonWriter writer, NumberComparison number)
    {
        writer.WriteStartObject();
        writer.WriteString("name", number.Name);
        writer.WriteString("unit", number.Unit);
        writer.WriteString("board", number.Board);
        writer.WriteString("scenario", number.Scenario);
        WriteSide(writer, "baseline", number.Baseline);
        WriteSide(writer, "candidate", number.Candidate);
        if (number.Probability is { } probability)
        {
            writer.WriteNumber("p", probability);
        }

        writer.WriteBoolean("significant", number.IsSignificant);
        writer.WriteNumber("needed", number.Needed);
        writer.WriteEndObject();
    }

    private static void WriteSide(Utf8JsonWriter writer, string name, IReadOnlyList<double> values)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("n", values.Count);
        if (values.Count > 0)
        {
            writer.WriteNumber("median", Statistics.Median(values));
            writer.WriteNumber("spread", Statistics.Spread(values));
        }

        writer.WriteStartArray("values");
        foreach (var value in values)
        {
            writer.WriteNumberValue(value);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteRuns(Utf8JsonWriter writer, string name, IReadOnlyList<StoredRun> runs)
    {
        writer.WriteStartArray(name);
        foreach (var run in runs)
        {
            writer.WriteStartObject();
            writer.WriteString("run", run.Name);
            writer.WriteString("board", run.Board);
            writer.WriteString("kernel", run.Kernel);
            writer.WriteBoolean("complete", run.IsComplete);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
