using LabTrace.Tracing;
using LabTrace.Tracing.Queries;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>How times are distributed, how events go on, and how one capture compares with another. <c>on the same</c> takes <c>cpu</c>, <c>pid</c>, a
/// field, or <c>pid=next_pid</c> where the second event calls it otherwise.</summary>
[Binding]
public sealed class DistributionSteps(TracingBench bench)
{
    [Given("the capture {string}")]
    [When("I open the capture {string}")]
    public void GivenTheCapture(string file) => bench.OpenCapture(file);

    [When("I keep only {string} events")]
    public void WhenIKeepOnly(string events) => bench.KeepOnly(events);

    [Then("at least {float} % of the times from {string} to {string} are between {duration} and {duration}")]
    public void ThenTheShareOfTimesIsWithin(double percent, string from, string to, Duration least, Duration most) =>
        bench.Should(t => t.ShareWithin(from, to, percent, least, most));

    [Then("at least {float} % of the times from {string} to {string} on the same {word} are between {duration} and {duration}")]
    public void ThenTheShareOfTimesOnTheSameIsWithin(double percent, string from, string to, string key, Duration least, Duration most) =>
        bench.Should(t => t.ShareWithin(from, to, percent, least, most, key));

    [Then("at most {int} {string} and {string} events have no partner")]
    public void ThenEventsHaveNoPartner(int most, string from, string to) => bench.Should(t => t.UnmatchedAtMost(most, from, to));

    [Then("at most {int} {string} and {string} events have no partner on the same {word}")]
    public void ThenEventsHaveNoPartnerOnTheSame(int most, string from, string to, string key) =>
        bench.Should(t => t.UnmatchedAtMost(most, from, to, key));

    [Then("the times from {string} to {string} are not longer than in the capture {string}")]
    public void ThenTimesAreNotLonger(string from, string to, string capture) =>
        bench.Should(t => t.NotLongerThan(bench.ReadCapture(capture), capture, from, to));

    [Then("the times from {string} to {string} are shorter than in the capture {string}")]
    public void ThenTimesAreShorter(string from, string to, string capture) =>
        bench.Should(t => t.ShorterThan(bench.ReadCapture(capture), capture, from, to));

    [Then("the times from {string} to {string} on the same {word} are not longer than in the capture {string}")]
    public void ThenTimesOnTheSameAreNotLonger(string from, string to, string key, string capture) =>
        bench.Should(t => t.NotLongerThan(bench.ReadCapture(capture), capture, from, to, key));

    [Then("the times from {string} to {string} are not longer than with the kernel {string}")]
    public void ThenTimesAreNotLongerThanWithTheKernel(string from, string to, string kernel) =>
        bench.Should(t => t.NotLongerThan(bench.RecordedWith(kernel), $"kernel {kernel}", from, to));

    [Then("the times from {string} to {string} on the same {word} are not longer than with the kernel {string}")]
    public void ThenTimesOnTheSameAreNotLongerThanWithTheKernel(string from, string to, string key, string kernel) =>
        bench.Should(t => t.NotLongerThan(bench.RecordedWith(kernel), $"kernel {kernel}", from, to, key));

    [Then("the times from {string} to {string} are shorter than with the kernel {string}")]
    public void ThenTimesAreShorterThanWithTheKernel(string from, string to, string kernel) =>
        bench.Should(t => t.ShorterThan(bench.RecordedWith(kernel), $"kernel {kernel}", from, to));

    [Then("the times from {string} to {string} on the same {word} are shorter than with the kernel {string}")]
    public void ThenTimesOnTheSameAreShorterThanWithTheKernel(string from, string to, string key, string kernel) =>
        bench.Should(t => t.ShorterThan(bench.RecordedWith(kernel), $"kernel {kernel}", from, to, key));

    [Then("the longest time from {string} to {string} on the same {word} is shorter than with the kernel {string}")]
    public void ThenTheLongestTimeIsShorterThanWithTheKernel(string from, string to, string key, string kernel) =>
        bench.Should(t => t.LongestShorterThan(bench.RecordedWith(kernel), $"kernel {kernel}", from, to, key));

    [Then("there is no gap longer than {duration} between {string} events")]
    public void ThenThereIsNoGap(Duration limit, string events) => bench.Should(t => t.NoGapLongerThan(events, limit));

    [Then("there is no gap longer than {duration} between {string} events on the same {word}")]
    public void ThenThereIsNoGapOnTheSame(Duration limit, string events, string key) => bench.Should(t => t.NoGapLongerThan(events, limit, key));

    [Then("at least {int} {string} event(s) come in every {duration}")]
    public void ThenEventsComeInEvery(int least, string events, Duration step) => bench.Should(t => t.RateInEvery(events, least, step));

    [Then("these events follow each other again and again:")]
    public void ThenTheseEventsFollowEachOther(DataTable events) => bench.Should(t => t.AlwaysInOrder([.. events.Rows.Select(r => r["event"])]));

    [Then("these events follow each other again and again on the same {word}:")]
    public void ThenTheseEventsFollowEachOtherOnTheSame(string key, DataTable events) =>
        bench.Should(t => t.AlwaysInOrder([.. events.Rows.Select(r => r["event"])], key));

    [Then("the trace has at most {int} {counter} event(s)")]
    public void ThenTheTraceHasAtMost(int most, TraceCounter counter) => bench.Should(t => t.CounterAtMost(counter, most));
}
