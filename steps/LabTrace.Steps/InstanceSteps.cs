using Reqnroll;

namespace LabTrace.Steps;

/// <summary>Trace instances beside the scenario's own.</summary>
[Binding]
public sealed class InstanceSteps(TracingBench bench)
{
    [Given("a second trace instance {string}")]
    public Task GivenASecondTraceInstance(string name) => bench.MakeInstanceAsync(name);

    [Then("the instance {string} has recorded nothing")]
    public Task ThenTheInstanceHasRecordedNothing(string name) => bench.InstanceShouldBeEmptyAsync(name);
}
