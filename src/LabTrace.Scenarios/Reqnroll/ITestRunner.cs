namespace Reqnroll;

/// <summary>Runs steps from within a step: inject it, or take it from <see cref="Steps.TestRunner"/>.</summary>
/// <remarks>A step that is called is bound, converted and surrounded by step hooks like one of the feature. What it throws, its caller gets.</remarks>
public interface ITestRunner
{
    /// <summary>The worker that runs the scenario.</summary>
    string TestWorkerId { get; }

    /// <summary>The feature that runs.</summary>
    FeatureContext FeatureContext { get; }

    /// <summary>The scenario that runs.</summary>
    ScenarioContext ScenarioContext { get; }

    /// <summary>What the worker keeps.</summary>
    ITestThreadContext TestThreadContext { get; }

    /// <summary>Runs a Given step.</summary>
    /// <param name="text">The step without its keyword.</param>
    /// <param name="multilineTextArg">Its doc string, or null.</param>
    /// <param name="tableArg">Its table, or null.</param>
    /// <param name="keyword">As it would be written; it changes nothing.</param>
    /// <exception cref="MissingStepDefinitionException">No definition matches.</exception>
    /// <exception cref="AmbiguousBindingException">Several definitions match.</exception>
    Task GivenAsync(string text, string? multilineTextArg, Table? tableArg, string? keyword = null);

    /// <summary>Runs a When step.</summary>
    /// <inheritdoc cref="GivenAsync"/>
    Task WhenAsync(string text, string? multilineTextArg, Table? tableArg, string? keyword = null);

    /// <summary>Runs a Then step.</summary>
    /// <inheritdoc cref="GivenAsync"/>
    Task ThenAsync(string text, string? multilineTextArg, Table? tableArg, string? keyword = null);

    /// <summary>Runs a step of the same kind as the one before it.</summary>
    /// <inheritdoc cref="GivenAsync"/>
    Task AndAsync(string text, string? multilineTextArg, Table? tableArg, string? keyword = null);

    /// <summary>Runs a step of the same kind as the one before it.</summary>
    /// <inheritdoc cref="GivenAsync"/>
    Task ButAsync(string text, string? multilineTextArg, Table? tableArg, string? keyword = null);

    /// <summary>Says that the current step is not implemented yet.</summary>
    /// <exception cref="PendingStepException">Always.</exception>
    void Pending();
}

/// <summary>Runs steps that have neither doc string nor table.</summary>
public static class TestRunnerDefaultArguments
{
    /// <summary>Runs a Given step.</summary>
    public static Task GivenAsync(this ITestRunner testRunner, string text) => testRunner.GivenAsync(text, null, null);

    /// <summary>Runs a When step.</summary>
    public static Task WhenAsync(this ITestRunner testRunner, string text) => testRunner.WhenAsync(text, null, null);

    /// <summary>Runs a Then step.</summary>
    public static Task ThenAsync(this ITestRunner testRunner, string text) => testRunner.ThenAsync(text, null, null);

    /// <summary>Runs a step of the same kind as the one before it.</summary>
    public static Task AndAsync(this ITestRunner testRunner, string text) => testRunner.AndAsync(text, null, null);

    /// <summary>Runs a step of the same kind as the one before it.</summary>
    public static Task ButAsync(this ITestRunner testRunner, string text) => testRunner.ButAsync(text, null, null);
}
