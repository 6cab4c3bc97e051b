using FluentAssertions;
using LabTrace.Devices.TimeCards;
using LabTrace.Tracing;

namespace LabTrace.Steps;

/// <content>The oscillator of an ART board, as its device shows it.</content>
public sealed partial class TimeCardBench
{
    private const int GnssChannel = 0;
    private Mro50? oscillator;
    private (int Fine, int Coarse)? adjusted;

    /// <summary>Puts the oscillator back to what it was.</summary>
    public async Task CloseOscillatorAsync()
    {
        if (oscillator is null)
        {
            return;
        }

        if (adjusted is { } found)
        {
            await oscillator.SetFineAsync(found.Fine, CancellationToken.None);
            await oscillator.SetCoarseAsync(found.Coarse, CancellationToken.None);
        }

        await oscillator.DisposeAsync();
        (oscillator, adjusted) = (null, null);
    }

    public void ShouldHaveNoOscillator() => Card.OscillatorPath.Should().BeNull();

    public async Task OscillatorShouldRunAsync() => (await (await OscillatorAsync()).ReadStateAsync(Cancellation)).Should().Be(new Mro50State(IsEnabled: true, IsLocked: true));

    public async Task TemperatureShouldBeAsync(int low, int high) => (await (await OscillatorAsync()).ReadTemperatureAsync(Cancellation)).Should().BeInRange(low, high);

    public async Task AdjustmentsShouldBeInRangeAsync()
    {
        var opened = await OscillatorAsync();
        (await opened.ReadFineAsync(Cancellation)).Should().BeInRange(0, Mro50.MaxFine);
        (await opened.ReadCoarseAsync(Cancellation)).Should().BeInRange(0, Mro50.MaxCoarse);
    }

    /// <summary>Each adjustment is what it was set to, and setting one leaves the other.</summary>
    public async Task AdjustmentsShouldBeKeptAsync(int fine, int coarseSteps)
    {
        var opened = await OscillatorAsync();
        var found = await NoteAdjustmentsAsync();
        await opened.SetFineAsync(fine, Cancellation);
        await opened.SetCoarseAsync(found.Coarse + coarseSteps, Cancellation);
        (await opened.ReadFineAsync(Cancellation), await opened.ReadCoarseAsync(Cancellation)).Should().Be((fine, found.Coarse + coarseSteps));
    }

    /// <summary>How much the clock gains on GNSS for some steps, beside what it gains without them.</summary>
    public async Task StepsShouldGainAsync(bool isCoarse, int steps, long gainNs, Duration duration, Duration within)
    {
        var opened = await OscillatorAsync();
        var found = await NoteAdjustmentsAsync();
        await TurnOnStampsAsync(GnssChannel);
        var usual = await GainOnGnssAsync(duration);
        await (isCoarse ? opened.SetCoarseAsync(found.Coarse + steps, Cancellation) : opened.SetFineAsync(found.Fine + steps, Cancellation));
        var turned = await GainOnGnssAsync(duration);
        (turned - usual).Should().BeInRange(gainNs - within.Nanoseconds, gainNs + within.Nanoseconds, "the clock gained {0} ns before", usual);
    }

    public async Task MemoryShouldBeTheDaemonsAsync()
    {
        byte[] attributes = [.. await Card.ReadBinaryAsync("disciplining_config", Cancellation), .. await Card.ReadBinaryAsync("temperature_table", Cancellation)];
        (await (await OscillatorAsync()).ReadMemoryAsync(Cancellation)).Should().Equal(attributes);
    }

    /// <summary>What is written through the device is seen in the attributes.</summary>
    public async Task MemoryShouldBeSharedAsync()
    {
        var changes = (await place.OpenAsync()).Changes;
        foreach (var attribute in (string[])["disciplining_config", "temperature_table"])
        {
            // So they are taken back.
            await changes.SetBytesAsync(Card.PathOf(attribute), await Card.ReadBinaryAsync(attribute, Cancellation), Cancellation);
        }

        await (await OscillatorAsync()).WriteMemoryAsync(Pattern(Mro50.MemoryBytes), Cancellation);
        await MemoryShouldBeTheDaemonsAsync();
        (await Card.ReadBinaryAsync("disciplining_config", Cancellation)).Should().Equal(Pattern(TimeCard.DiscipliningConfigBytes));
    }

    public async Task RequestOfOscillatorAsync(string number) => await (await OscillatorAsync()).ControlAsync(Request(number), new byte[sizeof(ulong)], Cancellation);

    public async Task ReadOscillatorDeviceAsync() => _ = await Card.Target.ReadAsync(Card.OscillatorPath!, Cancellation);

    private async Task<Mro50> OscillatorAsync() => oscillator ??= await Card.OpenOscillatorAsync(Cancellation);

    private async Task<(int Fine, int Coarse)> NoteAdjustmentsAsync()
    {
        var opened = await OscillatorAsync();
        return adjusted ??= (await opened.ReadFineAsync(Cancellation), await opened.ReadCoarseAsync(Cancellation));
    }

    /// <summary>By how much the stamps of the receiver's pulses, which are a second apart, have moved.</summary>
    private async Task<long> GainOnGnssAsync(Duration duration)
    {
        await TurnOffStampsAsync(GnssChannel);
        await TurnOnStampsAsync(GnssChannel);
        var seconds = (int)(duration.Nanoseconds / Second);
        var stamps = await ReadStampsAsync(GnssChannel, seconds + 1);
        return stamps[^1].Time - stamps[0].Time - (seconds * Second);
    }
}
