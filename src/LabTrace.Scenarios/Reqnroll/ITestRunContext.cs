using Reqnroll.BoDi;

namespace Reqnroll;

/// <summary>What a run knows of itself.</summary>
public interface ITestRunContext
{
    /// <summary>The run's container.</summary>
    IObjectContainer TestRunContainer { get; }

    /// <summary>The directory of the step code.</summary>
    string TestDirectory { get; }
}

/// <summary>Values that live as long as the run.</summary>
public class DefaultTestRunContext : ReqnrollContext, ITestRunContext
{
    internal DefaultTestRunContext(IObjectContainer testRunContainer) => TestRunContainer = testRunContainer;

    /// <inheritdoc/>
    public IObjectContainer TestRunContainer { get; }

    /// <inheritdoc/>
    public string TestDirectory => AppContext.BaseDirectory;
}
