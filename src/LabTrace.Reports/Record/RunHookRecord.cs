using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Record;

/// <summary>A hook of the run, before or after all scenarios, or around a feature.</summary>
public sealed class RunHookRecord
{
    private readonly RunRecord _run;
    private List<Attachment>? _attachments;
    private List<ExternalAttachment>? _links;

    internal RunHookRecord(RunRecord run, TestRunHookStarted started)
    {
        _run = run;
        Started = started;
    }

    /// <summary>Its start.</summary>
    public TestRunHookStarted Started { get; }

    /// <summary>Its end, or null while it runs and when the run was cut off in it.</summary>
    public TestRunHookFinished? Finished { get; internal set; }

    /// <summary>The hook with its kind and method.</summary>
    public string Sentence => _run.HookOf(Started.HookId) is { } hook ? HookNames.SentenceOf(hook) : "a run hook";

    /// <summary>Where it stands, <c>file:line</c>; null if the stream does not tell.</summary>
    public string? Place => _run.HookOf(Started.HookId) is { } hook ? HookNames.PlaceOf(hook) : null;

    /// <summary>The verdict it speaks for, or null when it did not end.</summary>
    public Verdict? Verdict => Finished is null ? null : Verdicts.Of(Finished.Result);

    /// <summary>What is attached to it.</summary>
    public IReadOnlyList<Attachment> Attachments => _attachments ?? [];

    /// <summary>What is attached to it by link.</summary>
    public IReadOnlyList<ExternalAttachment> Links => _links ?? [];

    internal void Attach(Attachment attachment) => (_attachments ??= []).Add(attachment);

    internal void Attach(ExternalAttachment attachment) => (_links ??= []).Add(attachment);
}
