using Reqnroll.BoDi;

namespace Reqnroll;

/// <summary>What a worker knows of itself.</summary>
public interface ITestThreadContext : IReqnrollContext
{
    /// <summary>The worker's container.</summary>
    IObjectContainer TestThreadContainer { get; }
}

/// <summary>Values shared by what one worker runs.</summary>
public class TestThreadContext : ReqnrollContext, ITestThreadContext
{
    /// <summary>Makes the context of a worker.</summary>
    public TestThreadContext(IObjectContainer testThreadContainer) => TestThreadContainer = testThreadContainer;

    /// <summary>The worker ends.</summary>
    public event Action<TestThreadContext>? Disposing;

    /// <inheritdoc/>
    public IObjectContainer TestThreadContainer { get; }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Disposing?.Invoke(this);
        base.Dispose(disposing);
    }
}
