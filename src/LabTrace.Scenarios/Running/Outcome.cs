using System.Reflection;
using LabTrace.Scenarios.Messages;
using Reqnroll;

namespace LabTrace.Scenarios.Running;

/// <summary>How a step or hook ended, and why.</summary>
internal sealed record Outcome(TestStepResultStatus Status, string? Message = null, Exception? Error = null)
{
    public static readonly Outcome Passed = new(TestStepResultStatus.Passed);
    public static readonly Outcome Skipped = new(TestStepResultStatus.Skipped);

    /// <summary>Reads an exception: NUnit's outcomes are known by name, so that no test framework need be referenced.</summary>
    public static Outcome Of(Exception error)
    {
        while (error is TargetInvocationException { InnerException: { } inner })
        {
            error = inner;
        }

        if (error is PendingStepException)
        {
            return new Outcome(TestStepResultStatus.Pending, error.Message, error);
        }

        if (error is MissingStepDefinitionException)
        {
            return new Outcome(TestStepResultStatus.Undefined, error.Message, error);
        }

        for (var type = error.GetType(); type is not null && type != typeof(Exception); type = type.BaseType)
        {
            switch (type.FullName)
            {
                case "NUnit.Framework.IgnoreException":
                    return new Outcome(TestStepResultStatus.Skipped, error.Message, error);
                case "NUnit.Framework.InconclusiveException":
                    return new Outcome(TestStepResultStatus.Pending, error.Message, error);
                case "NUnit.Framework.SuccessException":
                    return Passed;
            }
        }

        return new Outcome(TestStepResultStatus.Failed, error.Message, error);
    }

    public TestStepResult ToResult(Duration duration) =>
        Error is null && Message is null
            ? new TestStepResult(Status, duration)
            : new TestStepResult(Status, duration, Message, Error is null ? null : ToMessage(Error));

    public static ExceptionMessage ToMessage(Exception error) =>
        new(error.GetType().FullName ?? error.GetType().Name, error.Message, error.ToString());
}
