using System.Globalization;
using LabTrace.Devices;
using LabTrace.Tracing;
using NUnit.Framework;

namespace LabTrace.Steps;

/// <summary>What must be true of grtrace's counters and of its stream.</summary>
public sealed partial class GrtraceBench
{
    private GrtTally Tally => tally ?? throw new InvalidOperationException("nothing was read; use the step `When I read the GPU events` first");

    public async Task CounterShouldBeAsync(string counter, int least, int most)
    {
        var stats = await StatsAsync();
        if (!stats.Values.ContainsKey(counter))
        {
            Assert.Fail($"expected: a counter {counter}\n  found:    {string.Join(", ", stats.Values.Keys)}{NearestNames.Clause(counter, stats.Values.Keys)}");
        }

        if (stats[counter] < least || stats[counter] > most)
        {
            Fail(least == most ? $"{counter} grew by {least}" : most == int.MaxValue ? $"{counter} grew by at least {least}" : $"{counter} grew by {least} to {most}", stats);
        }
    }

    public Task CounterShouldHaveGrownByAsync(string counter, int count) => CounterShouldBeAsync(counter, count, count);

    /// <summary>Each event that the scenario offered was written, or is counted by one drop counter.</summary>
    public async Task ShouldAccountForAllAsync()
    {
        var stats = await StatsAsync();
        if (stats.Offered != Offered)
        {
            Fail(string.Create(CultureInfo.InvariantCulture, $"{Offered} events were offered, so written and all drops come to {Offered} (they come to {stats.Offered})"), stats);
        }
    }

    /// <summary>What the module says it wrote is what was read.</summary>
    public async Task CountersShouldAgreeWithStreamAsync()
    {
        var stats = await StatsAsync();
        if (stats.Written != Tally.Events)
        {
            Fail($"{stats.Written} events written, and as many read (read: {Tally.Events})", stats);
        }

        if (stats["bytes_written"] != capture.Length)
        {
            Fail($"{stats["bytes_written"]} bytes written, and as many read (read: {capture.Length})", stats);
        }

        var byKind = await Tracer.ReadEventsByTypeAsync(Cancellation);
        if (byKind.Values.Sum() != stats.Written)
        {
            Fail($"events_by_type comes to what was written (it comes to {byKind.Values.Sum()})", stats);
        }
    }

    /// <summary>Nothing damaged, unknown, missing or repeated.</summary>
    public void StreamShouldBeWhole()
    {
        string? problem = Tally switch
        {
            { Malformed: > 0 } => $"{Tally.Malformed} damaged places: {string.Join(", ", Tally.Samples.Take(1))}",
            { UnknownEvents: > 0 } => $"{Tally.UnknownEvents} events of unknown types",
            { Repeated: > 0 } => $"{Tally.Repeated} repeated event numbers",
            { Lost: > 0 } => $"{Tally.Lost} lost events",
            { MissingNumbers: > 0 } => $"{Tally.MissingNumbers} missing event numbers",
            { ClockSteps: > 0 } => $"{Tally.ClockSteps} steps back of a cpu's clock",
            { Events: 0 } => "no event",
            _ => null,
        };
        if (problem is not null)
        {
            Assert.Fail($"expected: a stream without gaps, repeats and damage\n  found:    {problem}");
        }
    }

    public void TallyShouldBe(string what, int count)
    {
        var found = what switch
        {
            "damaged" => Tally.Malformed,
            "lost" => Tally.Lost,
            "unknown" => Tally.UnknownEvents,
            "repeated" => Tally.Repeated,
            "announced as lost" => Tally.DeclaredLost,
            "before the one before" => Tally.ClockSteps,
            _ => throw new FormatException($"'{what}' is nothing that is counted of a stream; one of damaged, lost, unknown, repeated, announced as lost, before the one before"),
        };
        Assert.That(found, Is.EqualTo(count), $"events of the stream that are {what}");
    }

    /// <summary>The file of its own that grtrace has for the time of a job, in twelve buckets.</summary>
    public async Task HistogramShouldHoldAsync(string file, int jobs)
    {
        var lines = (await (await place.OpenAsync()).Target.ReadTextAsync($"{Tracer.Path}/{file}", Cancellation)).Split('\n');
        var (edges, counts) = (lines[0].Split(' '), lines[1].Split(' ').Select(c => long.Parse(c, CultureInfo.InvariantCulture)).ToList());
        Assert.That((edges.Length, counts.Count, counts.Sum()), Is.EqualTo((12, 12, (long)jobs)), $"edges, buckets and jobs of {file}");
    }

    public void SessionsShouldBe(int count) => Assert.That(Tally.Sessions, Is.EqualTo(count), "sessions in the stream");

    /// <summary>What is lost in the stream is what the module counted.</summary>
    public async Task LossesShouldAgreeAsync()
    {
        var stats = await StatsAsync();
        if (stats.Lost != Tally.Lost || stats.Lost == 0)
        {
            Fail($"some events lost, and lost_events is what the stream lacks (it lacks {Tally.Lost})", stats);
        }
    }

    /// <summary>What the stream lacks, LOST records in it tell of.</summary>
    public void LossesShouldBeAnnounced() => Assert.That((Tally.DeclaredLost, Tally.Lost), Is.EqualTo((Tally.Lost, Tally.Lost)).And.Not.EqualTo((0L, 0L)), "losses that the stream announces, and all its losses");

    /// <summary>A sampler that counts keeps its share of whatever it is given but for one event in each ring.</summary>
    public async Task ShareShouldBeAsync(double percent, int of, double points)
    {
        var stats = await StatsAsync();
        var (expected, tolerance) = (of * percent / 100, of * points / 100);
        if (Math.Abs(stats.Written - expected) > tolerance)
        {
            Fail(string.Create(CultureInfo.InvariantCulture, $"{percent} % of {of} events written: {expected:0.#} within {tolerance:0.#} ({Binomial.Describe(stats.Written, of, percent / 100)})"), stats);
        }
    }

    /// <summary>The share of a sampler that chooses by chance: with the confidence asked for it lies within the tolerance, or does not, or cannot be told.</summary>
    public async Task ShareShouldBeAsync(double percent, double points, double confidencePercent)
    {
        var stats = await StatsAsync();
        var (low, high) = Binomial.Interval(stats.Written, stats.Offered, confidencePercent / 100);
        var (least, most) = ((percent - points) / 100, (percent + points) / 100);
        var found = string.Create(
            CultureInfo.InvariantCulture,
            $"{stats.Written} of {stats.Offered} events: between {low * 100:0.###} % and {high * 100:0.###} % with {confidencePercent} % confidence");
        if (high < least || low > most)
        {
            Fail(string.Create(CultureInfo.InvariantCulture, $"a share of {percent} % within {points} points ({found})"), stats);
        }

        if (low < least || high > most)
        {
            throw new GrtraceInDoubtException(string.Create(CultureInfo.InvariantCulture, $"whether the share is {percent} % within {points} points cannot be told from {found}"));
        }
    }

    public async Task RingShouldHaveInWindowAsync(int ring, int events, int peak)
    {
        var windows = await Tracer.ReadWindowsAsync(Cancellation);
        var found = windows.FirstOrDefault(w => w.Ring == ring);
        if (found is null || found.Events != events || found.PeakDepth != peak || found.LeastNs > found.AverageNs || found.AverageNs > found.MostNs)
        {
            Assert.Fail($"expected: {events} events and a peak depth of {peak} on ring {ring} in the last window, its latencies in order\n  found:    {(found is null ? "nothing of that ring" : found.ToString())}");
        }
    }

    public async Task WindowShouldBeEmptyAsync() =>
        Assert.That(await Tracer.ReadWindowsAsync(Cancellation), Is.Empty, "rings in the last window");

    public async Task LatencyInWindowShouldBeAsync(int ring, Duration least, Duration most)
    {
        var found = (await Tracer.ReadWindowsAsync(Cancellation)).FirstOrDefault(w => w.Ring == ring);
        if (found is null || found.LeastNs < least.Nanoseconds || found.MostNs > most.Nanoseconds || found.LeastNs > found.AverageNs || found.AverageNs > found.MostNs)
        {
            Assert.Fail($"expected: latencies of {least} to {most} on ring {ring} in the last window\n  found:    {(found is null ? "nothing of that ring" : found.ToString())}");
        }
    }

    public async Task SamplerShouldHaveTakenAsync(int sampled, int total, int ring)
    {
        var found = (await Tracer.ReadSamplesAsync(Cancellation)).FirstOrDefault(s => s.Ring == ring);
        if (found is null || found.Sampled != sampled || found.Total != total)
        {
            Assert.Fail($"expected: the sampler took {sampled} of {total} events of ring {ring}\n  found:    {(found is null ? "nothing of that ring" : $"{found.Sampled} of {found.Total}")}");
        }
    }

    public async Task UtilizationShouldBeAsync(int ring, double least, double most) =>
        await PerformanceShouldBeAsync(ring, $"a utilization of {least} to {most} %", p => p.Utilization >= least && p.Utilization <= most);

    public async Task DropRateShouldBeAsync(int ring, double least, double most) =>
        await PerformanceShouldBeAsync(ring, $"a drop rate of {least} to {most} %", p => p.DropRate >= least && p.DropRate <= most);

    public async Task AverageLatencyShouldBeAsync(int ring, Duration least, Duration most) => await PerformanceShouldBeAsync(
        ring, $"a mean latency of {least} to {most}", p => p.AverageLatencyUs * 1000 >= least.Nanoseconds && p.AverageLatencyUs * 1000 <= most.Nanoseconds);

    private async Task PerformanceShouldBeAsync(int ring, string what, Func<GrtracePerformance, bool> holds)
    {
        var found = (await Tracer.ReadPerformanceAsync(Cancellation)).FirstOrDefault(p => p.Ring == ring);
        if (found is null || !holds(found))
        {
            Assert.Fail($"expected: {what} of ring {ring}\n  found:    {(found is null ? "nothing of that ring" : found.ToString())}");
        }
    }

    private async Task<GrtraceStats> StatsAsync() => kept is { } stats && !stats.IsEnabled && tally is not null ? stats : (await Tracer.ReadStatsAsync(Cancellation)).Since(before);

    private static void Fail(string expected, GrtraceStats stats) => Assert.Fail(
        $"expected: {expected}\n  found:    {string.Join(", ", stats.Values.Where(v => v.Value != 0).Select(v => $"{v.Key} {v.Value}"))}");
}
