using FluentAssertions;
using LabTrace.Devices.TimeCards;
using LabTrace.Tracing;

namespace LabTrace.Steps;

/// <summary>What the driver does, function by function.</summary>
public sealed partial class TimeCardBench
{
    private DriverTrace? trace;
    private IReadOnlyList<DriverCall>? calls;
    private IReadOnlyList<string> traced = [];

    /// <summary>Traces the functions that are worth watching, from now to the first look at what was called.</summary>
    public async Task TraceCallsAsync()
    {
        var changes = (await place.OpenAsync()).Changes;
        traced = await DriverFunctions.FindUsualAsync(changes.Target, Cancellation);

        // What is opened meanwhile is no call of interest.
        _ = await ClockAsync();
        trace = await DriverTrace.StartAsync(changes, traced, means: null, TimeSpan.Zero, Cancellation);
        output.WriteLine($"{traced.Count} functions by {trace.Means}{string.Concat(trace.Refused.Select(r => $"\nnot by {r}"))}");
    }

    public async Task ReadClockAsync(int times)
    {
        var opened = await ClockAsync();
        for (var i = 0; i < times; i++)
        {
            _ = await opened.GetTimeAsync(Cancellation);
        }
    }

    public async Task ReadAttributeAsync(string attribute, int times)
    {
        for (var i = 0; i < times; i++)
        {
            _ = await Card.ReadAsync(attribute, Cancellation);
        }
    }

    public async Task ShouldHaveCalledAsync(string function, params int[] times)
    {
        var name = await NameOfAsync(function);
        (await CallsAsync()).Count(c => c.Function == name).Should().BeOneOf(times, "of {0}, of {1}", name, Told());
    }

    /// <summary>By the trace's own times: how long a trace lasts depends on the machine it is at. One more or less counts as right, and a tenth for what comes late.</summary>
    public async Task ShouldBeCalledOnceASecondAsync(string function, Duration least, bool isForEachCard)
    {
        const double second = 1_000_000_000;
        var cards = isForEachCard ? (await TimeCard.DiscoverAsync(Card.Target, Cancellation)).Count(c => c.Has("gnss_sync")) : 1;
        var name = await NameOfAsync(function);
        var times = (await CallsAsync()).Where(c => c.Function == name).Select(c => c.AtNs).Order().ToList();
        times.Should().NotBeEmpty("{0} is called", name);
        var span = (times[^1] - times[0]) / second;
        span.Should().BeGreaterThanOrEqualTo(least.Nanoseconds / second, "the calls of {0} last so long, of {1}", name, Told());
        ((double)times.Count).Should().BeInRange(cards * ((span * 0.9) - 1), cards * ((span * 1.1) + 2), "of {0} in {1} s", name, span);
    }

    public async Task ShouldNotHaveCalledAsync(params IReadOnlyList<string> functions)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var function in functions)
        {
            _ = names.Add(await NameOfAsync(function));
        }

        (await CallsAsync()).Select(c => c.Function).Where(names.Contains).Should().BeEmpty();
        NoneLost();
    }

    /// <summary>By their returns: a function that is called by another returns before it.</summary>
    public async Task ShouldHaveCalledInOrderAsync(params IReadOnlyList<string> functions)
    {
        var returned = (await CallsAsync()).OrderBy(c => c.AtNs).Select(c => c.Function).ToList();
        var from = 0;
        foreach (var function in functions)
        {
            var name = await NameOfAsync(function);
            from = returned.IndexOf(name, from) + 1;
            from.Should().BePositive("{0} returns in its turn, of {1}", name, Told());
        }
    }

    public async Task ShouldTakeAtMostAsync(string function, Duration limit)
    {
        var name = await NameOfAsync(function);
        var found = (await CallsAsync()).Where(c => c.Function == name).ToList();
        found.Should().NotBeEmpty("{0} was called", name);
        found.Max(c => c.DurationNs).Should().BeInRange(1, limit.Nanoseconds, "the longest call of {0}", name);
    }

    /// <summary>Ends a trace that nobody looked at.</summary>
    public async Task EndTraceAsync()
    {
        if (trace is { } open)
        {
            trace = null;
            await open.DisposeAsync();
        }
    }

    private async Task<string> NameOfAsync(string function) => (await DriverFunctions.ResolveAsync(Card.Target, [function], Cancellation))[0];

    private async Task<IReadOnlyList<DriverCall>> CallsAsync()
    {
        if (calls is not null)
        {
            return calls;
        }

        var open = trace ?? throw new InvalidOperationException("no calls were traced in this scenario; use the step `When the driver's calls are traced` first");
        await open.StopAsync(Cancellation);
        calls = await open.TakeAsync(Cancellation);
        output.WriteLine(string.Join('\n', calls.Take(40).Select(c => c.ToLine(open.ClockStart))));
        return calls;
    }

    private void NoneLost()
    {
        if (trace is { Lost: > 0 } open)
        {
            throw new CallsLostException(open.Lost);
        }
    }

    private string Told() => string.Join(", ", calls!.GroupBy(c => c.Function).Select(g => $"{g.Count()} {g.Key}"));
}
