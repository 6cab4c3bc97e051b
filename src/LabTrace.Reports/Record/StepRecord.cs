using System.Globalization;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Record;

/// <summary>A step or hook in an attempt at a scenario.</summary>
public sealed class StepRecord
{
    private readonly ScenarioRecord _scenario;
    private List<Attachment>? _attachments;
    private List<ExternalAttachment>? _links;

    internal StepRecord(ScenarioRecord scenario, string testStepId)
    {
        _scenario = scenario;
        Id = testStepId;
    }

    /// <summary>How it ended, or null while it runs.</summary>
    public TestStepResult? Result { get; internal set; }

    /// <summary>It is a hook, no step.</summary>
    public bool IsHook => TestStep?.HookId is not null;

    /// <summary>What is attached to it.</summary>
    public IReadOnlyList<Attachment> Attachments => _attachments ?? [];

    /// <summary>What is attached to it by link.</summary>
    public IReadOnlyList<ExternalAttachment> Links => _links ?? [];

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

    internal string Id { get; }

    /// <summary>Looked up when asked for: nobody asks for what passed.</summary>
    private TestStep? TestStep => _scenario.TestCase.TestSteps.FirstOrDefault(step => step.Id == Id);

    private Gherkin.PickleStep? PickleStep =>
        TestStep?.PickleStepId is { } id ? _scenario.Pickle?.Steps.FirstOrDefault(step => step.Id == id) : null;

    private Gherkin.Ast.Step? AstStep =>
        PickleStep?.AstNodeIds is [var id, ..] ? _scenario.Run.DocumentOf(_scenario.Pickle?.Uri)?.StepOf(id) : null;

    internal void Attach(Attachment attachment) => (_attachments ??= []).Add(attachment);

    internal void Attach(ExternalAttachment attachment) => (_links ??= []).Add(attachment);
}
