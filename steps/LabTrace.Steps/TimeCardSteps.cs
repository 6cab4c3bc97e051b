using LabTrace.Devices.TimeCards;
using LabTrace.Tracing;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>An OCP Time Card: what it is, its attributes, and what happens around it.</summary>
[Binding]
public sealed class TimeCardSteps(TimeCardBench bench, Refusal refusal)
{
    [AfterScenario(Order = 0)]
    public async Task CloseAsync()
    {
        await bench.CloseOscillatorAsync();
        await bench.CloseClockAsync();
    }

    [Given("a Time Card")]
    public Task GivenATimeCard() => bench.ChooseAsync();

    [Then("its driver is {string}")]
    public void ThenItsDriverIs(string name) => bench.ShouldHaveDriver(name);

    [Then("its PCI id is that of a known board")]
    public void ThenItsPciIdIsKnown() => bench.ShouldHaveKnownId();

    [Then("its PCI id is {string}")]
    public void ThenItsPciIdIs(string id) => bench.ShouldHaveId(id);

    [Then("it has a PTP clock, a PPS source and the serial ports {string}")]
    public void ThenItHasPorts(string ports) => bench.ShouldHaveClockAndPorts(ports.Split(", "));

    [Then("the attribute {string} reads {string}")]
    public Task ThenTheAttributeReads(string attribute, string text) => bench.ShouldReadAsync(attribute, text);

    [Then("the attribute {string} does not read {string}")]
    public Task ThenTheAttributeDoesNotRead(string attribute, string text) => bench.ShouldNotReadAsync(attribute, text);

    [Then("all that the attribute {string} reads is like {string}")]
    public Task ThenTheAttributeIsLike(string attribute, string pattern) => bench.ShouldReadLikeAsync(attribute, pattern);

    [Then("the card has the attribute {string}")]
    public void ThenTheCardHasTheAttribute(string attribute) => bench.ShouldHave(attribute);

    [Then("the card has no attribute {string}")]
    public void ThenTheCardHasNoAttribute(string attribute) => bench.ShouldNotHave(attribute);

    [When("I write {string} to the attribute {string}")]
    public Task WhenIWrite(string text, string attribute) => bench.WriteAsync(text, attribute);

    [When("I write exactly {string} to the attribute {string}")]
    public Task WhenIWriteExactly(string text, string attribute) => bench.WriteExactlyAsync(text, attribute);

    [When("I try to write {string} to the attribute {string}")]
    public Task WhenITryToWrite(string text, string attribute) => refusal.ExpectAsync(() => bench.WriteAsync(text, attribute));

    [When("I try to write exactly {string} to the attribute {string}")]
    public Task WhenITryToWriteExactly(string text, string attribute) => refusal.ExpectAsync(() => bench.WriteExactlyAsync(text, attribute));

    [Then("the attribute {string} becomes {string} within {duration}")]
    public Task ThenTheAttributeBecomes(string attribute, string pattern, Duration limit) => bench.ShouldBecomeAsync(attribute, pattern, limit);

    [Then("the attribute {string} stays {string} for {duration}")]
    public Task ThenTheAttributeStays(string attribute, string pattern, Duration duration) => bench.ShouldStayAsync(attribute, pattern, duration);

    [Then("the attribute {string} reads what it read {duration} before")]
    public Task ThenTheAttributeReadsTheSame(string attribute, Duration before) => bench.ShouldReadTheSameAsync(attribute, before);

    [Then("the attribute {string} holds {int} bytes")]
    public Task ThenTheAttributeHoldsBytes(string attribute, int count) => bench.ShouldHoldBytesAsync(attribute, count);

    [Then("the attribute {string} can be written as a whole and read back")]
    public Task ThenTheAttributeCanBeRewritten(string attribute) => bench.RewriteAsync(attribute);

    [When("I try to write {int} bytes to the attribute {string}")]
    public Task WhenITryToWriteBytes(int count, string attribute) => refusal.ExpectAsync(() => bench.WriteBytesAsync(count, attribute));

    [When("I write {int} bytes to the attribute {string}")]
    public Task WhenIWriteBytes(int count, string attribute) => bench.WriteBytesAsync(count, attribute);

    [Then("the attribute {string} has the {int} bytes and is erased behind them")]
    public Task ThenTheAttributeIsErasedBehind(string attribute, int count) => bench.ShouldBeErasedBehindAsync(attribute, count);

    [When("I read the attribute {string} by {int} bytes")]
    public Task WhenIReadByPieces(string attribute, int length) => bench.ReadInPiecesAsync(attribute, length);

    [When("I try to read the attribute {string} by {int} bytes")]
    public Task WhenITryToReadByPieces(string attribute, int length) => refusal.ExpectAsync(() => bench.ReadInPiecesAsync(attribute, length));

    [When("I try to read the attribute {string}")]
    public Task WhenITryToRead(string attribute) => refusal.ExpectAsync(() => bench.ShouldReadAsync(attribute, ""));

    [Given("its attributes are noted")]
    public Task GivenItsAttributesAreNoted() => bench.NoteAsync();

    [Then("the card is back with the attributes that were noted")]
    public Task ThenTheCardIsBack() => bench.ShouldBeAsNotedAsync();

    [When("the attributes {string} are watched while {string} is written to {string}")]
    public Task WhenTheAttributesAreWatched(string attributes, string text, string written) => bench.WatchAsync(attributes.Split(", "), text, written);

    [Then("only {string} was seen to change, from {string} to {string}")]
    public void ThenOnlyOneWasSeenToChange(string attribute, string from, string to) => bench.ShouldHaveSeenOnly(attribute, from, to);

    [When("the GNSS antenna is disconnected")]
    public Task WhenTheAntennaIsDisconnected() => bench.DisconnectAntennaAsync(isConnected: false);

    [When("the GNSS antenna is connected")]
    public Task WhenTheAntennaIsConnected() => bench.DisconnectAntennaAsync(isConnected: true);

    [When("a cable is laid from SMA{int} to SMA{int}")]
    public Task WhenACableIsLaid(int from, int to) => bench.LayCableAsync(from, to, isLaid: true);

    [When("the cable from SMA{int} to SMA{int} is taken away")]
    public Task WhenTheCableIsTakenAway(int from, int to) => bench.LayCableAsync(from, to, isLaid: false);

    [When("GNSS announces a leap second {duration} ahead")]
    public Task WhenGnssAnnouncesALeapSecond(Duration ahead) => bench.AnnounceLeapAsync(ahead, 1);

    [When("the card's clock never answers again")]
    public Task WhenTheClockNeverAnswers() => bench.BreakAsync(TimeCardFault.ClockNeverReady);

    [When("the card's EEPROM cannot be read any more")]
    public Task WhenTheEepromCannotBeRead() => bench.BreakAsync(TimeCardFault.EepromUnreadable);

    [When("the card's flash cannot be read any more")]
    public Task WhenTheFlashCannotBeRead() => bench.BreakAsync(TimeCardFault.FlashUnreadable);

    [When("the card's clock falls back to 1970")]
    public Task WhenTheClockFallsBack() => bench.BreakAsync(TimeCardFault.ClockAt1970);

    [When("the card is pulled out")]
    public Task WhenTheCardIsPulledOut() => bench.PullOutAsync();

    [When("the driver is unloaded")]
    public Task WhenTheDriverIsUnloaded() => bench.UnloadAsync();

    [When("the driver is loaded")]
    public Task WhenTheDriverIsLoaded() => bench.LoadAsync();

    [When("the card is unbound from the driver")]
    public Task WhenTheCardIsUnbound() => bench.UnbindAsync();

    [When("the card is bound to the driver")]
    public Task WhenTheCardIsBound() => bench.BindAsync();

    [When("I try to bind the card to the driver again")]
    public Task WhenITryToBindAgain() => refusal.ExpectAsync(bench.BindAsync);

    [Then("nothing of the card is left")]
    public Task ThenNothingOfTheCardIsLeft() => bench.ShouldBeGoneAsync();

    [Then("the kernel's log says {string} of the card {int} time(s)")]
    public Task ThenTheKernelsLogSays(string pattern, int times) => bench.ShouldHaveLoggedAsync(pattern, times);

    [Then("the kernel's log says {string} of the card {int} time(s) more")]
    public Task ThenTheKernelsLogSaysMore(string pattern, int times) => bench.ShouldHaveLoggedAsync(pattern, times, isNew: true);

    [Then("its debug file {string} has a line like {string}")]
    public Task ThenItsDebugFileHas(string file, string pattern) => bench.ShouldTellInDebugfsAsync(file, pattern);

    [Then("its port {string} says the time in {string} sentences, {int} times, right within {duration}")]
    public Task ThenItsPortSaysTheTime(string port, string sentence, int times, Duration within) => bench.PortShouldTellTimeAsync(port, sentence, times, within);
}
