using Reqnroll;

namespace LabTrace.Steps;

/// <summary>Tests that others wrote: the kernel's selftests, KUnit, any program that says in TAP what it found.</summary>
[Binding]
public sealed class TapSteps(TapBench bench)
{
    [When("I run the kselftest {string}")]
    public Task WhenIRunTheKselftest(string name) => bench.RunKselftestAsync(name);

    [When("I run the TAP test {string}")]
    public Task WhenIRunTheTapTest(string command) => bench.RunProgramAsync(command);

    [When("I read the results of the KUnit suite {string}")]
    public Task WhenIReadTheResultsOfTheKUnitSuite(string suite) => bench.ReadKUnitAsync(suite);
}
