using System.Globalization;
using FsCheck.Fluent;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Tests.Contract;

/// <summary>
/// What holds for every report, whatever its format: read back, it says of a run what the run was. Hostile names, retries, scenarios side
/// by side, runs that were cut off or had nothing in them, and streams that the real Reqnroll wrote.
/// </summary>
public abstract class RunSinkContract
{
    private const int MadeRuns = 25;

    private static readonly MadeFeature[] Hostile =
    [
        new("#1 \\ ok", new("not ok 1 - x", Verdict.Passed), new("", Verdict.Failed, "<b>]]>&amp;</b>\n\u001b[31m"), new("12 # SKIP no", Verdict.Broken, "ok 3")),
        new("</script><script>", new("a\nb\r\n1..9", Verdict.Skipped, "# TODO"), new("\u202eé测\ud83e\uddea\0", Verdict.Passed, "", Attempts: 3), new("Bail out!", Verdict.Failed, "::error::", Attempts: 2)),
    ];

    [Test]
    public async Task Every_verdict_is_counted_whatever_things_are_called() => await CheckAsync(Runs.Make(Hostile), Totals.Of(Hostile, isWhole: true));

    [Test]
    public async Task Runs_made_at_random_are_counted()
    {
        foreach (var run in TapPropertyTests.MadeRuns().Sample(12, MadeRuns))
        {
            await CheckAsync(Runs.Make(run.Features, run.IsShuffled ? new Random(1) : null, run.Finishes), Totals.Of(run.Features, run.Finishes));
        }
    }

    [Test]
    public async Task Scenarios_side_by_side_are_counted() => await CheckAsync(Interleave(Runs.Make(Hostile)), Totals.Of(Hostile, isWhole: true));

    [Test]
    public async Task A_run_that_was_cut_off_never_reads_as_whole()
    {
        MadeFeature[] features = [.. Hostile, new MadeFeature("behind it", new MadeScenario("never started", null))];

        await CheckAsync(Runs.Make(features, finishes: false), Totals.Of(features, isWhole: false));
    }

    [Test]
    public async Task A_scenario_that_was_cut_off_is_broken()
    {
        MadeFeature[] features = [new("one", new("whole", Verdict.Passed), new("cut", Verdict.Passed))];
        var stream = Runs.Make(features, finishes: false);
        stream.RemoveAt(stream.FindLastIndex(static e => e.TestCaseFinished is not null));
        stream.RemoveAt(stream.FindLastIndex(static e => e.TestStepFinished is not null));

        await CheckAsync(stream, new Totals(Passed: 1, Failed: 0, Skipped: 0, Broken: 1, NotRun: 0, IsWhole: false) { IsCutInside = true });
    }

    [Test]
    public async Task A_run_of_nothing_is_counted() => await CheckAsync(Runs.Make([]), Totals.Of([], isWhole: true));

    [Test]
    public async Task A_stream_that_the_real_Reqnroll_wrote_is_counted()
    {
        await using var file = File.OpenRead(Path.Combine(Fixtures.Root, "reports", "reqnroll", "input.ndjson"));
        var stream = await MessageReader.ReadAsync(file, CancellationToken.None).ToListAsync();

        // Reqnroll announces scenarios as they start, so reports whose plan comes first are made when it has ended.
        await CheckAsync(stream, ReqnrollTotals, isReplay: true);
    }

    [Test]
    public async Task The_last_message_twice_and_a_close_after_it_change_nothing()
    {
        var stream = Runs.Make(Hostile);

        await CheckAsync([.. stream, stream[^1]], Totals.Of(Hostile, isWhole: true));
    }

    private static Totals ReqnrollTotals => new(Passed: 1, Failed: 1, Skipped: 1, Broken: 2, NotRun: 0, IsWhole: true);

    /// <summary>Makes the report and reads it back.</summary>
    /// <returns>What it says, in the terms of <see cref="Say"/>.</returns>
    private protected abstract Task<object> ReadAsync(IReadOnlyList<Envelope> stream, bool isReplay);

    /// <summary>What the format can say of such a run.</summary>
    private protected abstract object Say(Totals totals);

    private async Task CheckAsync(IReadOnlyList<Envelope> stream, Totals totals, bool isReplay = false) => (await ReadAsync(stream, isReplay)).Should().Be(Say(totals));

    private protected static Task<string> RenderAsync(IReadOnlyList<Envelope> stream, string kind, bool isReplay) =>
        Runs.RenderAsync(stream, kind, new ReportContext { Out = TextWriter.Null, Console = TextWriter.Null, IsReplay = isReplay });

    /// <summary>All test cases at once, a message of each in turn.</summary>
    private static List<Envelope> Interleave(List<Envelope> stream)
    {
        var first = stream.FindIndex(static e => e.TestCaseStarted is not null);
        var last = stream.FindLastIndex(static e => e.TestCaseFinished is not null);
        Dictionary<string, Queue<Envelope>> lanes = new(StringComparer.Ordinal);
        for (var i = first; i <= last; i++)
        {
            var attempt = stream[i].TestCaseStarted?.Id ?? stream[i].TestCaseFinished?.TestCaseStartedId ?? stream[i].TestStepStarted?.TestCaseStartedId ?? stream[i].TestStepFinished!.TestCaseStartedId;
            var testCase = attempt[..attempt.IndexOf(" attempt", StringComparison.Ordinal)];
            if (!lanes.TryGetValue(testCase, out var lane))
            {
                lanes[testCase] = lane = new Queue<Envelope>();
            }

            lane.Enqueue(stream[i]);
        }

        List<Envelope> woven = [.. stream[..first]];
        while (lanes.Values.Any(static l => l.Count > 0))
        {
            woven.AddRange(lanes.Values.Where(static l => l.Count > 0).Select(static l => l.Dequeue()));
        }

        woven.AddRange(stream[(last + 1)..]);
        return woven;
    }

    /// <summary>What a run was.</summary>
    private protected sealed record Totals(int Passed, int Failed, int Skipped, int Broken, int NotRun, bool IsWhole)
    {
        /// <summary>A scenario was at a step when the run was cut off.</summary>
        public bool IsCutInside { get; init; }

        /// <summary>Something is wrong with the run besides its scenarios.</summary>
        public bool HasFault => !IsWhole || NotRun > 0;

        public static Totals Of(IReadOnlyList<MadeFeature> features, bool isWhole)
        {
            var verdicts = features.SelectMany(static f => f.Scenarios).Select(static s => s.Verdict).ToList();
            int Count(Verdict? verdict) => verdicts.Count(v => v == verdict);
            return new Totals(Count(Verdict.Passed), Count(Verdict.Failed), Count(Verdict.Skipped), Count(Verdict.Broken), Count(null), isWhole);
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Passed} passed, {Failed} failed, {Skipped} skipped, {Broken} broken, {NotRun} not run, whole: {IsWhole}");
    }
}
