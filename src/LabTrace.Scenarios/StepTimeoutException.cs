namespace LabTrace.Scenarios;

/// <summary>A step or hook took longer than it may. The scenario is broken: nothing is known of the device.</summary>
public sealed class StepTimeoutException : TimeoutException
{
    internal StepTimeoutException(string message)
        : base(message)
    {
    }
}

/// <summary>The run was cut off while a step ran or before it could.</summary>
public sealed class RunInterruptedException : OperationCanceledException
{
    internal RunInterruptedException(string message)
        : base(message)
    {
    }
}

/// <summary>A [BeforeFeature] hook failed: no scenario of the feature can run.</summary>
public sealed class FeatureHookException : Exception
{
    internal FeatureHookException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
