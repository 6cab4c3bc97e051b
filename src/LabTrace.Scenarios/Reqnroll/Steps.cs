using Reqnroll.BoDi;

namespace Reqnroll;

/// <summary>A base for binding classes that brings the contexts along.</summary>
public abstract class Steps : IContainerDependentObject
{
    private IObjectContainer? _container;

    /// <summary>Runs other steps: <c>await TestRunner.GivenAsync("a counter at 3")</c>.</summary>
    public ITestRunner TestRunner => Container.Resolve<ITestRunner>();

    /// <summary>The scenario that runs.</summary>
    public ScenarioContext ScenarioContext => Container.Resolve<ScenarioContext>();

    /// <summary>The feature that runs.</summary>
    public FeatureContext FeatureContext => Container.Resolve<FeatureContext>();

    /// <summary>The worker that runs it.</summary>
    public TestThreadContext TestThreadContext => Container.Resolve<TestThreadContext>();

    /// <summary>The step that runs.</summary>
    public ScenarioStepContext StepContext => ScenarioContext.StepContext;

    private IObjectContainer Container
    {
        get
        {
            AssertInitialized();
            return _container!;
        }
    }

    void IContainerDependentObject.SetObjectContainer(IObjectContainer container) => _container = container;

    /// <summary>Checks that the container made this object.</summary>
    /// <exception cref="ReqnrollException">It was made by hand.</exception>
    protected void AssertInitialized()
    {
        if (_container is null)
        {
            throw new ReqnrollException("Container of Steps class has not been initialized!");
        }
    }
}

/// <summary>An object that is given its container after it is made.</summary>
public interface IContainerDependentObject
{
    /// <summary>Takes the container.</summary>
    void SetObjectContainer(IObjectContainer container);
}
