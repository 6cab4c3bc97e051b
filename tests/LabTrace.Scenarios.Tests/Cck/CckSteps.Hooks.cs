using NUnit.Framework;
using Reqnroll;

namespace LabTrace.Scenarios.Tests.Cck;

[Binding]
public sealed class GlobalHooks
{
    [BeforeTestRun]
    public static void BeforeOne()
    {
    }

    [BeforeTestRun]
    public static void BeforeTwo()
    {
    }

    [StepDefinition("a step passes")]
    public void Passes()
    {
    }

    [StepDefinition("a step fails")]
    public void Fails() => throw new Whoops("Exception in step");

    [AfterTestRun]
    public static void AfterOne()
    {
    }

    [AfterTestRun]
    public static void AfterTwo()
    {
    }
}

[Binding]
public sealed class GlobalHooksAfterallError
{
    [BeforeTestRun]
    public static void BeforeOne()
    {
    }

    [BeforeTestRun]
    public static void BeforeTwo()
    {
    }

    [StepDefinition("a step passes")]
    public void Passes()
    {
    }

    [AfterTestRun]
    public static void AfterOne()
    {
    }

    [AfterTestRun]
    public static void AfterTwo() => throw new Whoops("AfterAll hook went wrong");

    [AfterTestRun]
    public static void AfterThree()
    {
    }
}

[Binding]
public sealed class GlobalHooksBeforeallError
{
    [BeforeTestRun]
    public static void BeforeOne()
    {
    }

    [BeforeTestRun]
    public static void BeforeTwo() => throw new Whoops("BeforeAll hook went wrong");

    [BeforeTestRun]
    public static void BeforeThree()
    {
    }

    [StepDefinition("a step passes")]
    public void Passes()
    {
    }

    [AfterTestRun]
    public static void AfterOne()
    {
    }

    [AfterTestRun]
    public static void AfterTwo()
    {
    }
}

[Binding]
public sealed class GlobalHooksAttachments
{
    [BeforeTestRun]
    public static void Before(ScenarioOutput output) => output.Attach("Attachment from BeforeAll hook", "text/plain");

    [StepDefinition("a step passes")]
    public void Passes()
    {
    }

    [AfterTestRun]
    public static void After(ScenarioOutput output) => output.Attach("Attachment from AfterAll hook", "text/plain");
}

[Binding]
public sealed class Hooks
{
    [Before]
    public void Before()
    {
    }

    [StepDefinition("a step passes")]
    public void Passes()
    {
    }

    [StepDefinition("a step fails")]
    public void Fails() => throw new Whoops("Exception in step");

    [After]
    public void After()
    {
    }
}

[Binding]
public sealed class HooksAttachment(ScenarioOutput output)
{
    [BeforeScenario]
    public void Before() => output.Attach(CckData.Bytes("cucumber.svg"), "image/svg+xml");

    [StepDefinition("a step passes")]
    public void Passes()
    {
    }

    [AfterScenario]
    public void After() => output.Attach(CckData.Bytes("cucumber.svg"), "image/svg+xml");
}

[Binding]
public sealed class HooksConditional
{
    [BeforeScenario("@passing-hook")]
    public async Task BeforePassing() => await Task.Yield();

    [BeforeScenario("@fail-before")]
    public void BeforeFailing() => throw new Whoops("Exception in conditional hook");

    [StepDefinition("a step passes")]
    public void Passes()
    {
    }

    [AfterScenario("@fail-after")]
    public void AfterFailing() => throw new Whoops("Exception in conditional hook");

    [AfterScenario("@passing-hook")]
    public async Task AfterPassing() => await Task.Yield();
}

/// <summary>Hooks have no names in Reqnroll; all else of the case applies.</summary>
[Binding]
public sealed class HooksNamed
{
    [BeforeScenario]
    public void Before()
    {
    }

    [StepDefinition("a step passes")]
    public void Passes()
    {
    }

    [AfterScenario]
    public void After()
    {
    }
}

[Binding]
public sealed class HooksSkipped
{
    [BeforeScenario]
    public void BeforeOne()
    {
    }

    [BeforeScenario("@skip-before")]
    public void BeforeSkipping() => throw new IgnoreException(string.Empty);

    [BeforeScenario]
    public void BeforeThree()
    {
    }

    [StepDefinition("a normal step")]
    public void Normal()
    {
    }

    [StepDefinition("a step that skips")]
    public void Skips() => throw new IgnoreException(string.Empty);

    [AfterScenario]
    public void AfterOne()
    {
    }

    [AfterScenario("@skip-after")]
    public void AfterSkipping() => throw new IgnoreException(string.Empty);

    [AfterScenario]
    public void AfterThree()
    {
    }
}

[Binding]
public sealed class HooksUndefined
{
    [BeforeScenario]
    public void Before()
    {
    }

    [AfterScenario]
    public void After()
    {
    }
}

[Binding]
public sealed class SkippedFailingHook
{
    [StepDefinition("a step that skips")]
    public void Skips() => throw new IgnoreException(string.Empty);

    [AfterScenario]
    public void After() => throw new Whoops();
}
