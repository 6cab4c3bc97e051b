using System.Globalization;
using LabTrace.Gherkin;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Record;

/// <summary>A step or hook in an attempt at a scenario.</summary>
public sealed class StepRecord
{
    private readonly ScenarioRecord _scenario;
    private List<Attachment>? _attachments;
    private List<ExternalAttachment>? _links;
    private TestStep? _testStep;
    private PickleStep? _pickleStep;
    private Gherkin.Ast.Step? _astStep;

    internal StepRecord(ScenarioRecord scenario, string testStepId)
    {
        _scenario = scenario;
        Id = testStepId;
    }

    /// <summary>When it started, or null if the stream does not tell.</summary>
    public Timestamp? StartedAt { get; internal set; }

    /// <summary>How it ended, or null while it runs.</summary>
    public TestStepResult? Result { get; internal set; }

    /// <summary>How long it took; zero while it runs.</summary>
    public TimeSpan Duration => Result?.Duration.ToTimeSpan() ?? TimeSpan.Zero;

    /// <summary>It is a hook, no step.</summary>
    public bool IsHook => TestStep?.HookId is not null;

    /// <summary>The keyword as written, with its blank; empty for a hook and when the stream does not tell.</summary>
    public string Keyword => AstStep?.Keyword ?? "";

    /// <summary>The step's text, parameters filled in; empty for a hook.</summary>
    public string Text => PickleStep?.Text ?? "";

    /// <summary>The step's doc string or table, or null.</summary>
    public PickleStepArgument? Argument => PickleStep?.Argument;

    /// <summary>What is attached to it.</summary>
    public IReadOnlyList<Attachment> Attachments => _attachments ?? [];

    /// <summary>What is attached to it by link.</summary>
    public IReadOnlyList<ExternalAttachment> Links => _links ?? [];

    /// <summary>What it measured.</summary>
    public IEnumerable<MeasurementRecord> Measurements => MeasurementRecord.Of(Attachments);

    /// <summary>What it wrote, a line each; null for nothing.</summary>
    public string? Output
    {
        get
        {
            if (_attachments is null)
            {
                return null;
            }

            var output = string.Join('\n', _attachments.Where(attachment => attachment.IsLog).Select(attachment => attachment.Text()));
            return output.Length == 0 ? null : output;
        }
    }

    /// <summary>The verdict it speaks for, or null when it did not end.</summary>
    public Verdict? Verdict => Result is null ? null : Verdicts.Of(Result);

    /// <summary>The step with its keyword, or the hook with its method.</summary>
    public string Sentence
    {
        get
        {
            if (_scenario.Run.HookOf(TestStep?.HookId) is { } hook)
            {
                return HookNames.SentenceOf(hook);
            }

            return PickleStep is { } step ? AstStep?.Keyword + step.Text : IsHook ? "hook" : "step";
        }
    }

    /// <summary>Where it stands, <c>file:line</c>; null if the stream does not tell.</summary>
    public string? Place
    {
        get
        {
            if (_scenario.Run.HookOf(TestStep?.HookId) is { } hook)
            {
                return HookNames.PlaceOf(hook);
            }

            return AstStep is { } step
                ? string.Create(CultureInfo.InvariantCulture, $"{_scenario.Pickle!.Uri}:{step.Location.Line}")
                : null;
        }
    }

    /// <summary>The one-based line of the feature file it stands in; null for a hook and if the stream does not tell.</summary>
    public int? Line => IsHook ? null : AstStep?.Location.Line;

    /// <summary>Why it did not pass, in one or more lines; empty if it did or runs.</summary>
    public string Reason => Result?.Status switch
    {
        null or TestStepResultStatus.Passed => "",
        TestStepResultStatus.Undefined => Result.Explanation ?? $"no step definition matches: {Sentence}",
        TestStepResultStatus.Ambiguous => Result.Explanation ?? $"several step definitions match: {Sentence}",
        TestStepResultStatus.Pending => Result.Explanation ?? "the step is not implemented yet",
        TestStepResultStatus.Skipped => Result.Explanation ?? "no reason given",
        _ => Result.Explanation ?? Result.Exception?.Type ?? "no message",
    };

    internal string Id { get; }

    /// <summary>Looked up when first asked for: most reports never ask for what passed, and one asks for all of it.</summary>
    private TestStep? TestStep => _testStep ??= FindTestStep();

    private PickleStep? PickleStep => _pickleStep ??= FindPickleStep();

    private Gherkin.Ast.Step? AstStep => _astStep ??=
        PickleStep?.AstNodeIds is [var id, ..] ? _scenario.Run.DocumentOf(_scenario.Pickle?.Uri)?.StepOf(id) : null;

    private TestStep? FindTestStep()
    {
        foreach (var step in _scenario.TestCase.TestSteps ?? [])
        {
            if (step.Id == Id)
            {
                return step;
            }
        }

        return null;
    }

    private PickleStep? FindPickleStep()
    {
        if (TestStep?.PickleStepId is { } id)
        {
            foreach (var step in _scenario.Pickle?.Steps ?? [])
            {
                if (step.Id == id)
                {
                    return step;
                }
            }
        }

        return null;
    }

    internal void Attach(Attachment attachment) => (_attachments ??= []).Add(attachment);

    internal void Attach(ExternalAttachment attachment) => (_links ??= []).Add(attachment);
}
