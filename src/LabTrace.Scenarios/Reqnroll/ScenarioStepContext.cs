using System.Diagnostics.CodeAnalysis;
using Reqnroll.Bindings;

namespace Reqnroll;

/// <summary>What a step knows of itself.</summary>
public interface IScenarioStepContext : IReqnrollContext
{
    /// <summary>The step.</summary>
    StepInfo StepInfo { get; }

    /// <summary>How it stands.</summary>
    ScenarioExecutionStatus Status { get; set; }

    /// <summary>What it failed with, or null.</summary>
    [AllowNull]
    Exception StepError { get; set; }
}

/// <summary>Values that live as long as a step.</summary>
public class ScenarioStepContext : ReqnrollContext, IScenarioStepContext
{
    internal ScenarioStepContext(StepInfo info) => StepInfo = info;

    /// <summary>The step that runs in this flow of control, or null.</summary>
    public static ScenarioStepContext Current => ScenarioContext.Current?.StepContext!;

    /// <inheritdoc/>
    public StepInfo StepInfo { get; }

    /// <inheritdoc/>
    public ScenarioExecutionStatus Status { get; set; }

    /// <inheritdoc/>
    [AllowNull]
    public Exception StepError { get; set; } = null!;
}

/// <summary>A step's text and arguments.</summary>
public class StepInfo
{
    /// <summary>Describes a step.</summary>
    public StepInfo(StepDefinitionType stepDefinitionType, string text, Table? table, string? multilineText, string? pickleStepId = null)
    {
        StepDefinitionType = stepDefinitionType;
        Text = text;
        Table = table!;
        MultilineText = multilineText!;
        PickleStepId = pickleStepId;
    }

    /// <summary>Its kind.</summary>
    public StepDefinitionType StepDefinitionType { get; }

    /// <summary>Its text.</summary>
    public string Text { get; }

    /// <summary>Its table, or null.</summary>
    public Table Table { get; }

    /// <summary>Its doc string, or null.</summary>
    public string MultilineText { get; }

    internal string? PickleStepId { get; }
}
