using System.Collections.Specialized;
using Reqnroll.BoDi;

namespace Reqnroll;

/// <summary>What a scenario knows of itself.</summary>
public interface IScenarioContext : IReqnrollContext
{
    /// <summary>The scenario.</summary>
    ScenarioInfo ScenarioInfo { get; }

    /// <summary>The rule it stands in, or null.</summary>
    RuleInfo RuleInfo { get; }

    /// <summary>The kind of the current step.</summary>
    ScenarioBlock CurrentScenarioBlock { get; }

    /// <summary>The scenario's container.</summary>
    IObjectContainer ScenarioContainer { get; }

    /// <summary>How it stands.</summary>
    ScenarioExecutionStatus ScenarioExecutionStatus { get; }
}

/// <summary>Values shared by the steps of a scenario.</summary>
public class ScenarioContext : ReqnrollContext, IScenarioContext
{
    private static readonly AsyncLocal<ScenarioContext?> CurrentOne = new();
    private ScenarioStepContext? _step;

    internal ScenarioContext(ScenarioInfo info, RuleInfo? rule, IObjectContainer container)
    {
        ScenarioInfo = info;
        RuleInfo = rule!;
        ScenarioContainer = container;
    }

    /// <summary>The scenario that runs in this flow of control; null outside of any.</summary>
    public static ScenarioContext Current
    {
        get => CurrentOne.Value!;
        internal set => CurrentOne.Value = value;
    }

    /// <inheritdoc/>
    public ScenarioInfo ScenarioInfo { get; }

    /// <inheritdoc/>
    public RuleInfo RuleInfo { get; }

    /// <inheritdoc/>
    public ScenarioBlock CurrentScenarioBlock { get; internal set; }

    /// <inheritdoc/>
    public IObjectContainer ScenarioContainer { get; }

    /// <inheritdoc/>
    public ScenarioExecutionStatus ScenarioExecutionStatus { get; internal set; }

    /// <summary>The current step.</summary>
    /// <exception cref="InvalidOperationException">No step runs.</exception>
    public ScenarioStepContext StepContext
    {
        get => _step ?? throw new InvalidOperationException("No step is running.");
        internal set => _step = value;
    }

    /// <summary>Says that the current step is not implemented yet.</summary>
    /// <exception cref="PendingStepException">Always.</exception>
    public void Pending() => throw new PendingStepException();

    /// <summary>Says that the current step is not implemented yet.</summary>
    /// <exception cref="PendingStepException">Always.</exception>
    public static void StepIsPending() => throw new PendingStepException();

    /// <summary>The scenario's object of a binding class.</summary>
    public object GetBindingInstance(Type bindingType) => ScenarioContainer.Resolve(bindingType);
}

/// <summary>A scenario's text.</summary>
public class ScenarioInfo
{
    /// <summary>Describes a scenario.</summary>
    public ScenarioInfo(
        string title, string description, string[]? tags, IOrderedDictionary? arguments, string[]? inheritedTags = null, string? pickleIndex = null)
    {
        Title = title;
        Description = description;
        Tags = tags ?? [];
        Arguments = arguments ?? new OrderedDictionary();
        CombinedTags = inheritedTags is null or [] ? Tags : [.. Tags.Concat(inheritedTags).Distinct()];
        PickleIndex = pickleIndex;
    }

    /// <summary>Its own tags, without <c>@</c>.</summary>
    public string[] Tags { get; }

    /// <summary>Its own tags and those of its rule and feature, without <c>@</c>.</summary>
    public string[] CombinedTags { get; }

    /// <summary>An outline's values of its examples row, by column.</summary>
    public IOrderedDictionary Arguments { get; }

    /// <summary>Its name.</summary>
    public string Title { get; }

    /// <summary>The text below its name.</summary>
    public string Description { get; }

    internal string? PickleIndex { get; }
}

/// <summary>A rule's text.</summary>
public class RuleInfo
{
    /// <summary>Describes a rule.</summary>
    public RuleInfo(string title, string description, string[] tags)
    {
        Title = title;
        Description = description;
        Tags = tags ?? [];
    }

    /// <summary>Its name.</summary>
    public string Title { get; }

    /// <summary>The text below its name.</summary>
    public string Description { get; }

    /// <summary>Its tags, without <c>@</c>.</summary>
    public string[] Tags { get; }
}

/// <summary>Kinds of steps.</summary>
public enum ScenarioBlock
{
    /// <summary>No step yet.</summary>
    None,

    /// <summary>Given.</summary>
    Given,

    /// <summary>When.</summary>
    When,

    /// <summary>Then.</summary>
    Then,
}

/// <summary>How a scenario or step stands.</summary>
public enum ScenarioExecutionStatus
{
    /// <summary>No trouble so far.</summary>
    OK,

    /// <summary>A step is not implemented yet.</summary>
    StepDefinitionPending,

    /// <summary>A step has no definition.</summary>
    UndefinedStep,

    /// <summary>A step cannot be bound to its code.</summary>
    BindingError,

    /// <summary>A step or hook failed.</summary>
    TestError,

    /// <summary>Skipped.</summary>
    Skipped,
}
