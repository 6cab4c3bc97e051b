using LabTrace.Devices.TimeCards;
using LabTrace.Tracing;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>A card's PTP clock: its time, its timestamps, its outputs.</summary>
[Binding]
public sealed class PtpClockSteps(TimeCardBench bench, Refusal refusal)
{
    [StepArgumentTransformation("nothing|external timestamps|periodic output|physical", Name = "pinfunction")]
    public PtpPinFunction PinFunction(string words) => words switch
    {
        "nothing" => PtpPinFunction.None,
        "external timestamps" => PtpPinFunction.ExternalStamps,
        "periodic output" => PtpPinFunction.PeriodicOutput,
        _ => PtpPinFunction.Physical,
    };

    [StepArgumentTransformation("forward|back", Name = "way")]
    public Way Direction(string word) => word == "forward" ? Way.Forward : Way.Back;

    [Then("its clock has {int} channels of timestamps, {int} of outputs, {int} pins and adjusts by up to {int} ppb")]
    public Task ThenItsClockHas(int stamps, int outputs, int pins, int ppb) => bench.ShouldBeCapableAsync(stamps, outputs, pins, ppb);

    [Then("the clock's file {string} reads {string}")]
    public Task ThenTheClocksFileReads(string file, string value) => bench.ShouldAgreeWithSysfsAsync(file, value);

    [Given("the clock's offset is noted")]
    public Task GivenTheOffsetIsNoted() => bench.NoteOffsetAsync();

    [Then("the clock shows TAI within {duration}")]
    public Task ThenTheClockShowsTai(Duration limit) => bench.ShouldBeNearTaiAsync(limit);

    [When("I adjust the clock {way} by {duration}")]
    public Task WhenIAdjust(Way way, Duration by) => bench.AdjustAsync(by, (int)way);

    [When("I set the clock {way} by {duration}")]
    public Task WhenISet(Way way, Duration by) => bench.SetAsync(by, (int)way);

    [When("I set the clock to {int} seconds")]
    public Task WhenISetTo(int seconds) => bench.SetToAsync(seconds);

    [Then("the clock shows {int} seconds, within {duration} more")]
    public Task ThenTheClockShows(int seconds, Duration within) => bench.ShouldShowAsync(seconds, within);

    [Then("the clock has moved {way} by {duration} within {duration}")]
    public Task ThenTheClockHasMoved(Way way, Duration by, Duration within) => bench.ShouldHaveMovedAsync(by, (int)way, within);

    [Then("the clock has moved back by a multiple of {duration} within {duration}")]
    public Task ThenTheClockHasMovedByAMultiple(Duration step, Duration within) => bench.ShouldHaveMovedBackByMultipleAsync(step, within);

    [Then("the clock has slewed as far as a second lets it by now, within {duration}")]
    public Task ThenTheClockHasSlewed(Duration slack) => bench.ShouldSlewAsync(slack);

    [Then("the first PPS of GNSS is stamped within {duration} of the second")]
    public Task ThenTheFirstPpsIsStamped(Duration limit) => bench.FirstStampShouldBeNearAsync(limit);

    [When("I adjust the clock's frequency by {float} ppb")]
    public Task WhenIAdjustTheFrequency(float ppb) => bench.AdjustFrequencyAsync(ppb);

    [When("I try to adjust the clock's frequency by {float} ppb")]
    public Task WhenITryToAdjustTheFrequency(float ppb) => refusal.ExpectAsync(() => bench.AdjustFrequencyAsync(ppb));

    [When("I try to adjust the clock's phase by {int} ns")]
    public Task WhenITryToAdjustThePhase(int ns) => refusal.ExpectAsync(() => bench.AdjustPhaseAsync(ns));

    [Then("the clock gains {duration} in {duration}, within {duration}")]
    public Task ThenTheClockGains(Duration gain, Duration duration, Duration within) => bench.ShouldGainAsync(gain, duration, within);

    [Then("the offset is measured by the {word} method with an uncertainty of at most {duration}")]
    public Task ThenTheOffsetIsMeasured(string method, Duration uncertainty) => bench.ShouldMeasureByAsync(method, uncertainty);

    [When("I try to measure the offset by the {word} method")]
    public Task WhenITryToMeasure(string method) => refusal.ExpectAsync(() => bench.TryMethodAsync(method));

    [Then("the extended and the basic method agree within {duration}")]
    public Task ThenTheMethodsAgree(Duration within) => bench.MethodsShouldAgreeAsync(within);

    [Then("a window adjustment of {int} ns makes the window so much smaller")]
    public Task ThenAWindowAdjustment(int ns) => bench.WindowShouldShrinkAsync(ns);

    [When("I turn on the timestamps of channel {int}")]
    public Task WhenITurnOnTimestamps(int channel) => bench.TurnOnStampsAsync(channel);

    [When("I try to turn on the timestamps of channel {int}")]
    public Task WhenITryToTurnOnTimestamps(int channel) => refusal.ExpectAsync(() => bench.TurnOnStampsAsync(channel));

    [When("I try to turn on the timestamps of channel {int} of a clock opened for reading")]
    public Task WhenITryToTurnOnReadOnly(int channel) => refusal.ExpectAsync(() => bench.TurnOnStampsAsync(channel, canWrite: false));

    [When("I try to turn on the timestamps of channel {int} at falling edges")]
    public Task WhenITryToTurnOnFallingEdges(int channel) => refusal.ExpectAsync(() => bench.TurnOnFallingStampsAsync(channel));

    [When("I turn off the timestamps of channel {int}")]
    public Task WhenITurnOffTimestamps(int channel) => bench.TurnOffStampsAsync(channel);

    [Then("channel {int} gives {int} timestamps {duration} apart, within {duration}")]
    public Task ThenTheStampsAreApart(int channel, int count, Duration apart, Duration within) => bench.StampsShouldBeApartAsync(channel, count, apart, within);

    [Then("channel {int} gives timestamps {duration} apart, and {duration} apart once a minute, for {int} minutes")]
    public Task ThenAStampIsMissingEachMinute(int channel, Duration apart, Duration gap, int minutes) => bench.StampsShouldMissOneEachMinuteAsync(channel, apart, gap, minutes);

    [Then("{int} timestamps of channel {int} are at multiples of {duration} within {duration}")]
    public Task ThenTheStampsAreAt(int count, int channel, Duration period, Duration within) => bench.StampsShouldBeAtAsync(channel, count, period, Duration.Zero, within);

    [Then("{int} timestamps of channel {int} are {duration} behind multiples of {duration} within {duration}")]
    public Task ThenTheStampsAreBehind(int count, int channel, Duration phase, Duration period, Duration within) =>
        bench.StampsShouldBeAtAsync(channel, count, period, phase, within);

    [Then("a timestamp of channel {int} is of the clock's own time within {duration}")]
    public Task ThenTheStampIsOfTheClock(int channel, Duration within) => bench.StampsShouldBeOfTheClockAsync(channel, within);

    [Then("no timestamp comes within {duration}")]
    public Task ThenNoTimestampComes(Duration limit) => bench.NoStampShouldComeAsync(limit);

    [When("I ask for a periodic output of channel {int} every {duration}")]
    public Task WhenIAskForAnOutput(int channel, Duration period) => bench.RequestOutputAsync(channel, period, on: null);

    [When("I ask for a periodic output of channel {int} every {duration}, {duration} high")]
    public Task WhenIAskForAnOutputWithDuty(int channel, Duration period, Duration on) => bench.RequestOutputAsync(channel, period, on);

    [When("I try to ask for a periodic output of channel {int} every {duration}")]
    public Task WhenITryToAskForAnOutput(int channel, Duration period) => refusal.ExpectAsync(() => bench.RequestOutputAsync(channel, period, on: null));

    [When("I try to ask for a periodic output of channel {int} every {duration}, {duration} high")]
    public Task WhenITryToAskForAnOutputWithDuty(int channel, Duration period, Duration on) =>
        refusal.ExpectAsync(() => bench.RequestOutputAsync(channel, period, on));

    [When("I try to ask for a single pulse of channel {int}, {duration} high")]
    public Task WhenITryToAskForAPulse(int channel, Duration on) => refusal.ExpectAsync(() => bench.RequestPulseAsync(channel, on));

    [When("I try to ask for a periodic output of channel {int} that starts in the past")]
    public Task WhenITryToAskForAPastOutput(int channel) => refusal.ExpectAsync(() => bench.RequestPastOutputAsync(channel));

    [When("I give pin SMA{int} the function {pinfunction}, channel {int}")]
    public Task WhenIGiveAPin(int pin, PtpPinFunction function, int channel) => bench.SetPinAsync(pin, function, channel);

    [When("I try to give pin SMA{int} the function {pinfunction}, channel {int}")]
    public Task WhenITryToGiveAPin(int pin, PtpPinFunction function, int channel) => refusal.ExpectAsync(() => bench.SetPinAsync(pin, function, channel));

    [Then("pin SMA{int} has the function {pinfunction}, channel {int}")]
    public Task ThenThePinHas(int pin, PtpPinFunction function, int channel) => bench.PinShouldBeAsync(pin, function, channel);

    [When("I try the request {word} on the clock")]
    public Task WhenITryTheRequest(string number) => refusal.ExpectAsync(() => bench.RequestAsync(number));

    [When("I try to read the clock")]
    public Task WhenITryToRead() => refusal.ExpectAsync(bench.ReadTimeAsync);

    [Then("the kernel counts its PPS for {int} seconds")]
    public Task ThenTheKernelCountsItsPps(int seconds) => bench.PpsShouldCountAsync(seconds);

    [Then("the phase error against GNSS stays within {duration} for {duration}")]
    public Task ThenThePhaseErrorStays(Duration limit, Duration duration) => bench.PhaseErrorShouldStayAsync(limit, duration);
}

/// <summary>Which way a clock is moved.</summary>
public enum Way
{
    /// <summary>Later.</summary>
    Forward = 1,

    /// <summary>Earlier.</summary>
    Back = -1,
}
