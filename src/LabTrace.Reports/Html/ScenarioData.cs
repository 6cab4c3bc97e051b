using System.Text.Json;
using LabTrace.Gherkin;
using LabTrace.Reports.Record;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Html;

/// <summary>Encodes scenarios: a row for the list, and what is shown when one is opened.</summary>
internal sealed class ScenarioData(HtmlBlock block, AttachmentData attachments)
{
    private const int ReasonCharacters = 400;
    private const int NotRun = 4;

    private readonly Dictionary<string, int> _features = new(StringComparer.Ordinal);

    /// <summary>Block and place in it of what is attached to the run; null for nothing.</summary>
    public (int Block, int At)? RunAttachments { get; private set; }

    /// <summary>What became of attachments.</summary>
    public AttachmentData Attachments => attachments;

    /// <summary>Writes a scenario into the block.</summary>
    /// <param name="ordinal">Its zero-based place in the run's plan.</param>
    /// <param name="scenario">The scenario: ended, cut off, or never started.</param>
    public void Write(int ordinal, ScenarioRecord scenario)
    {
        WriteRow(ordinal, scenario);
        var json = block.Details;
        json.WriteStartArray();
        foreach (var attempt in scenario.Attempts)
        {
            WriteAttempt(json, attempt);
        }

        json.WriteEndArray();
        block.DetailCount++;
    }

    /// <summary>Writes what is attached to the run and to its hooks, if anything is, as an entry of no scenario.</summary>
    public void WriteRunAttachments(RunRecord run)
    {
        Attachment[] all = [.. run.Attachments.Concat(run.Hooks.SelectMany(hook => hook.Attachments)).Where(a => a.MediaType != RunEnvironment.MediaType)];
        ExternalAttachment[] links = [.. run.Links.Concat(run.Hooks.SelectMany(hook => hook.Links))];
        if (all.Length + links.Length == 0)
        {
            return;
        }

        RunAttachments = (block.Number, block.DetailCount);
        block.Details.WriteStartObject();
        block.Details.WritePropertyName("run"u8);
        attachments.WriteList(block.Details, all, links, isExpected: false);
        block.Details.WriteEndObject();
        block.DetailCount++;
    }

    private void WriteRow(int ordinal, ScenarioRecord scenario)
    {
        var json = block.Index;
        json.WriteStartArray();
        json.WriteNumberValue(ordinal);
        json.WriteStringValue(VisibleText.Line(scenario.Id));
        WriteFeature(json, scenario);
        json.WriteStringValue(VisibleText.Line(scenario.Name));
        json.WriteStringValue(VisibleText.Line(scenario.Rule?.Name ?? ""));
        json.WriteNumberValue(scenario.Line);
        json.WriteNumberValue(scenario.Verdict is { } verdict ? (int)verdict : NotRun);
        json.WriteNumberValue(scenario.Attempts.Count);
        json.WriteNumberValue((long)scenario.Attempts.Sum(attempt => attempt.Duration.TotalMicroseconds));
        json.WriteStartArray();
        foreach (var tag in scenario.Tags)
        {
            json.WriteStringValue(VisibleText.Line(tag));
        }

        json.WriteEndArray();
        json.WriteStringValue(Shorten(VisibleText.Lines(scenario.Verdict is null ? "" : scenario.Reason)));
        WriteKernelTitles(json, scenario);
        json.WriteEndArray();
    }

    /// <summary>What the kernel reported while it ran; left out when it reported nothing, as nearly always.</summary>
    private static void WriteKernelTitles(Utf8JsonWriter json, ScenarioRecord scenario)
    {
        var titles = KernelReportRecord.Of(scenario.Attempts.SelectMany(attempt => attempt.AllAttachments)).Select(report => report.Title).Distinct().ToList();
        if (titles.Count == 0)
        {
            return;
        }

        json.WriteStartArray();
        foreach (var title in titles)
        {
            json.WriteStringValue(VisibleText.Line(title));
        }

        json.WriteEndArray();
    }

    /// <summary>A feature is described where it is first met; after that its number is enough.</summary>
    private void WriteFeature(Utf8JsonWriter json, ScenarioRecord scenario)
    {
        if (_features.TryGetValue(scenario.Uri, out var known))
        {
            json.WriteNumberValue(known);
            return;
        }

        _features[scenario.Uri] = _features.Count;
        json.WriteStartArray();
        json.WriteStringValue(VisibleText.Line(scenario.Uri));
        json.WriteStringValue(VisibleText.Line(scenario.FeatureName));
        json.WriteStringValue(VisibleText.Lines(scenario.Feature?.Description ?? ""));
        json.WriteEndArray();
    }

    private void WriteAttempt(Utf8JsonWriter json, AttemptRecord attempt)
    {
        json.WriteStartArray();
        json.WriteNumberValue((int)(attempt.Verdict ?? Verdict.Broken));
        json.WriteNumberValue((long)attempt.Duration.TotalMicroseconds);
        json.WriteNumberValue(HtmlRunData.Milliseconds(attempt.StartedAt));
        json.WriteNumberValue(IndexOf(attempt.Steps, attempt.DecidingStep));
        json.WriteStartArray();
        foreach (var step in attempt.Steps)
        {
            WriteStep(json, step, attempt.Verdict is Verdict.Passed or Verdict.Skipped);
        }

        json.WriteEndArray();
        attachments.WriteList(json, attempt.Attachments, attempt.Links, attempt.Verdict is Verdict.Passed or Verdict.Skipped);
        json.WriteEndArray();
    }

    private void WriteStep(Utf8JsonWriter json, StepRecord step, bool isExpected)
    {
        json.WriteStartArray();
        json.WriteNumberValue(step.IsHook ? 1 : 0);
        json.WriteNumberValue(block.StringIndex(VisibleText.Line(step.Keyword)));
        json.WriteNumberValue(block.StringIndex(VisibleText.Line(step.IsHook ? step.Sentence : step.Text)));
        json.WriteNumberValue((int)(step.Result?.Status ?? TestStepResultStatus.Unknown));
        json.WriteNumberValue(step.Result is null ? -1 : (long)step.Duration.TotalMicroseconds);
        json.WriteNumberValue(block.StringIndex(VisibleText.Line(step.Place ?? "")));
        if (!HasMore(step))
        {
            json.WriteEndArray();
            return;
        }

        json.WriteStartObject();
        if (step.Result?.Explanation is { } message)
        {
            json.WriteString("m"u8, VisibleText.Lines(message));
        }

        if (step.Result?.Exception is { } exception)
        {
            json.WriteNumber("e"u8, block.StringIndex(VisibleText.Line(exception.Type ?? "")));
            json.WriteNumber("k"u8, block.StringIndex(VisibleText.Lines(exception.StackTrace ?? "")));
        }

        WriteArgument(json, step.Argument);
        attachments.Write(json, step, isExpected);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static bool HasMore(StepRecord step) =>
        step.Result?.Explanation is not null || step.Result?.Exception is not null || step.Argument is not null || step.Attachments.Count > 0 || step.Links.Count > 0;

    private static void WriteArgument(Utf8JsonWriter json, PickleStepArgument? argument)
    {
        if (argument?.DocString is { } text)
        {
            json.WriteString("t"u8, VisibleText.Lines(text.Content));
        }

        if (argument?.DataTable is not { } table)
        {
            return;
        }

        json.WriteStartArray("r"u8);
        foreach (var row in table.Rows)
        {
            json.WriteStartArray();
            foreach (var cell in row.Cells)
            {
                json.WriteStringValue(VisibleText.Lines(cell.Value));
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static int IndexOf(IReadOnlyList<StepRecord> steps, StepRecord? wanted)
    {
        for (var i = 0; wanted is not null && i < steps.Count; i++)
        {
            if (ReferenceEquals(steps[i], wanted))
            {
                return i;
            }
        }

        return -1;
    }

    private static string Shorten(string reason) =>
        reason.Length <= ReasonCharacters ? reason : string.Concat(reason.AsSpan(0, ReasonCharacters), "…");
}
