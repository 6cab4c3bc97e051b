using Reqnroll;

namespace LabTrace.Benchmarks.Engine;

/// <summary>Steps that do next to nothing, so that a run of them measures the engine.</summary>
[Binding]
public sealed class CounterSteps
{
    private int counter;

    [Given("a counter at {int}")]
    public void GivenACounterAt(int start) => counter = start;

    [When("I add {int}")]
    public void WhenIAdd(int number) => counter += number;

    [Then("the counter shows {int}")]
    public void ThenTheCounterShows(int expected)
    {
        if (counter != expected)
        {
            throw new InvalidOperationException($"expected {expected}, found {counter}");
        }
    }

    [Then("the {string} counter is named {word}")]
    public void ThenTheCounterIsNamed(string title, string name)
    {
        if (title.Length == 0 || name.Length == 0)
        {
            throw new InvalidOperationException("a name is empty");
        }
    }
}
