using LabTrace.Tracing;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>Which functions of a Time Card's driver are called, and for how long.</summary>
[Binding]
public sealed class DriverCallSteps(TimeCardBench bench)
{
    [AfterScenario(Order = 0)]
    public Task StopAsync() => bench.EndTraceAsync();

    [When("the driver's calls are traced")]
    public Task WhenTheCallsAreTraced() => bench.TraceCallsAsync();

    [When("the clock is read {int} times")]
    public Task WhenTheClockIsRead(int times) => bench.ReadClockAsync(times);

    [When("the attribute {string} is read {int} times")]
    public Task WhenTheAttributeIsRead(string attribute, int times) => bench.ReadAttributeAsync(attribute, times);

    [Then("the driver's function {string} was called {int} time(s)")]
    public Task ThenTheFunctionWasCalled(string function, int times) => bench.ShouldHaveCalledAsync(function, times);

    [Then("the driver's function {string} was called {int} or {int} times")]
    public Task ThenTheFunctionWasCalledEither(string function, int times, int other) => bench.ShouldHaveCalledAsync(function, times, other);

    [Then("the driver's function {string} was called once a second, for at least {duration}")]
    public Task ThenTheFunctionWasCalledOnceASecond(string function, Duration length) => bench.ShouldBeCalledOnceASecondAsync(function, length, isForEachCard: false);

    [Then("the driver's function {string} was called once a second for each card that tells its GNSS state, for at least {duration}")]
    public Task ThenTheFunctionWasCalledForEachCard(string function, Duration length) => bench.ShouldBeCalledOnceASecondAsync(function, length, isForEachCard: true);

    [Then("the driver's functions {string} were not called")]
    public Task ThenTheFunctionsWereNotCalled(string functions) => bench.ShouldNotHaveCalledAsync(functions.Split(", "));

    [Then("the driver's functions {string} were called in this order")]
    public Task ThenTheFunctionsWereCalledInOrder(string functions) => bench.ShouldHaveCalledInOrderAsync(functions.Split(", "));

    [Then("no call of the driver's function {string} took longer than {duration}")]
    public Task ThenNoCallTookLonger(string function, Duration limit) => bench.ShouldTakeAtMostAsync(function, limit);
}
