using FluentAssertions;
using LabTrace.Tracing;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>Lines of a simulated GPIO chip: pulled from outside, read, toggled and waited for by a program.</summary>
[Binding]
public sealed class GpioSteps(GpioBench bench, TracingBench tracing)
{
    [Given("a simulated GPIO chip with {int} line(s)")]
    public Task GivenASimulatedGpioChip(int lines) => bench.CreateAsync(lines);

    [Given("GPIO line {int} is pulled up")]
    [When("GPIO line {int} is pulled up")]
    public Task WhenTheLineIsPulledUp(int line) => bench.PullAsync(line, isUp: true);

    [Given("GPIO line {int} is pulled down")]
    [When("GPIO line {int} is pulled down")]
    public Task WhenTheLineIsPulledDown(int line) => bench.PullAsync(line, isUp: false);

    [When("I record while GPIO line {int} is read")]
    public Task WhenIRecordWhileTheLineIsRead(int line) => tracing.RecordWhileAsync(() => bench.ReadAsync(line));

    [When("I record while GPIO line {int} is toggled {int} times, every {duration}")]
    public Task WhenIRecordWhileTheLineIsToggled(int line, int times, Duration period) => bench.ToggleAsync(line, times, period.ToTimeSpan());

    [When("I record while a program waits for {int} edges of GPIO line {int}, which is pulled up and down by turns")]
    public Task WhenIRecordWhileAProgramWaitsForEdges(int count, int line) => bench.WaitForEdgesAsync(line, count);

    [Then("GPIO line {int} reads {int}")]
    public async Task ThenTheLineReads(int line, int value) => (await bench.ReadAsync(line)).Should().Be(value, $"line {line} is pulled that way");

    [Then("the program was told {int} edges, rising and falling by turns")]
    public void ThenTheProgramWasToldEdges(int count) => bench.ShouldHaveBeenTold(count);
}
