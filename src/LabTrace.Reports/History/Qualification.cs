namespace LabTrace.Reports.History;

/// <summary>The judgement on a candidate, a patched kernel for example, against a baseline: board by board, scenario by scenario.</summary>
/// <param name="Verdict">The judgement.</param>
/// <param name="Findings">Its reasons, the gravest first.</param>
/// <param name="Numbers">Every number that was compared.</param>
/// <param name="Baseline">The baseline's runs.</param>
/// <param name="Candidate">The candidate's runs.</param>
/// <param name="Options">How it was judged.</param>
public sealed record Qualification(
    QualificationVerdict Verdict,
    IReadOnlyList<QualificationFinding> Findings,
    IReadOnlyList<NumberComparison> Numbers,
    IReadOnlyList<StoredRun> Baseline,
    IReadOnlyList<StoredRun> Candidate,
    QualificationOptions Options)
{
    /// <summary>Judges.</summary>
    /// <param name="baseline">Runs of what is known to be good.</param>
    /// <param name="candidate">Runs of what is to be judged.</param>
    /// <param name="options">How strictly.</param>
    public static Qualification Judge(IReadOnlyList<StoredRun> baseline, IReadOnlyList<StoredRun> candidate, QualificationOptions options)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(options);
        List<QualificationFinding> findings = [.. CutRuns(baseline, "baseline"), .. CutRuns(candidate, "candidate")];
        List<NumberComparison> numbers = [];
        foreach (var board in baseline.Concat(candidate).Select(static r => r.Board).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (old, now) = (Executions(baseline, board), Executions(candidate, board));
            if (old.Count == 0 || now.Count == 0)
            {
                findings.Add(new QualificationFinding(
                    FindingKind.NotCompared, board, "", $"only the {(old.Count == 0 ? "candidate" : "baseline")} ran on board '{board}': nothing is compared there"));
                continue;
            }

            foreach (var id in old.Keys.Union(now.Keys, StringComparer.Ordinal))
            {
                JudgeScenario(findings, board, old.GetValueOrDefault(id) ?? [], now.GetValueOrDefault(id) ?? [], options);
                numbers.AddRange(Compare(board, old.GetValueOrDefault(id) ?? [], now.GetValueOrDefault(id) ?? []));
            }
        }

        numbers = NumberComparison.Decide(numbers, options);
        findings.AddRange(numbers.Select(n => n.ToFinding(options)).OfType<QualificationFinding>());
        findings = [.. findings.OrderBy(static f => f.Kind).ThenBy(static f => f.Board, StringComparer.Ordinal).ThenBy(static f => f.Scenario, StringComparer.Ordinal)];
        return new Qualification(VerdictOf(findings, candidate), findings, numbers, baseline, candidate, options);
    }

    private static QualificationVerdict VerdictOf(List<QualificationFinding> findings, IReadOnlyList<StoredRun> candidate) =>
        findings.Exists(static f => f.Kind is FindingKind.Regression or FindingKind.NumberWorse) ? QualificationVerdict.Rejected
        : findings.Exists(static f => f.Kind is FindingKind.Unconfirmed or FindingKind.CoverageLost or FindingKind.LabBroke or FindingKind.NotCompared or FindingKind.TooFew or FindingKind.RunCut)
            || candidate.All(static r => r.Count(Scenarios.Verdict.Passed) == 0) ? QualificationVerdict.Undecided
        : QualificationVerdict.Qualified;

    private static IEnumerable<QualificationFinding> CutRuns(IEnumerable<StoredRun> runs, string side) => runs.Where(static r => !r.IsComplete).Select(r =>
        new QualificationFinding(FindingKind.RunCut, r.Board, "", $"the {side} run '{r.Name}' was cut off: {r.Scenarios.Count(static s => s.Verdict is null)} of its {r.Scenarios.Count} scenarios never started"));

    // Each attempt is an execution: a retry that passes does not unmake the failure before it.
    private static Dictionary<string, List<StoredScenario>> Executions(IEnumerable<StoredRun> runs, string board) => runs
        .Where(r => r.Board == board).SelectMany(static r => r.Scenarios).Where(static s => s.Verdict is not null)
        .GroupBy(static s => s.Id, StringComparer.Ordinal).ToDictionary(static g => g.Key, static g => g.ToList(), StringComparer.Ordinal);

    private static void JudgeScenario(List<QualificationFinding> findings, string board, List<StoredScenario> old, List<StoredScenario> now, QualificationOptions options)
    {
        var title = (now.FirstOrDefault() ?? old[0]).Title;
        var (before, after) = (Outcomes.Of(old), Outcomes.Of(now));
        void Add(FindingKind kind, string text) => findings.Add(new QualificationFinding(kind, board, title, text));
        if (after.Failed > 0 && before.Passed + before.Failed == 0)
        {
            Add(FindingKind.Unconfirmed, $"failed in {after} and has no verdict in the baseline to compare with: {now.First(static s => s.Reason.Length > 0).Reason}");
        }
        else if (after.Failed > 0)
        {
            var chance = Statistics.Fisher(before.Failed, before.Passed + before.Failed, after.Failed, after.Passed + after.Failed);
            var reason = now.FirstOrDefault(static s => s.Reason.Length > 0)?.Reason ?? "";
            if (before.Failed > 0 && chance > options.Alpha)
            {
                Add(FindingKind.KnownFailure, $"failed in {after}, and in {before} of the baseline: not worse (p = {chance:0.###})");
            }
            else if (after.Failed >= options.Confirmations && (after.Passed == 0 || chance <= options.Alpha))
            {
                Add(FindingKind.Regression, $"failed in {after}, in the baseline in {before} (p = {chance:0.###}): {reason}");
            }
            else if (after.Failed >= options.Confirmations)
            {
                // It passes too: a baseline that never failed in so few executions may only have been lucky.
                Add(FindingKind.Unconfirmed, $"fails now and then, in {after}; the baseline failed in {before}, which may be chance (p = {chance:0.###}): run both again: {reason}");
            }
            else
            {
                Add(FindingKind.Unconfirmed, $"failed once, in {after}; the baseline failed in {before}. {options.Confirmations} failures make a regression: run the candidate again, `labtrace run --rerun RUN/messages.ndjson`: {reason}");
            }
        }

        if (after.Broken > 0)
        {
            Add(FindingKind.LabBroke, $"the lab broke in {after.Broken} of its executions, which says nothing of the candidate: {now.First(static s => s.Attempts.Contains(Scenarios.Verdict.Broken)).Reason}");
        }

        if (before.Passed + before.Failed > 0 && after.Passed + after.Failed + after.Broken == 0)
        {
            Add(FindingKind.CoverageLost, now.Count == 0 ? "the candidate did not run it" : $"the candidate skipped it: {now[0].Reason}");
        }

        var known = old.SelectMany(static s => s.KernelReports).ToHashSet(StringComparer.Ordinal);
        foreach (var report in now.SelectMany(static s => s.KernelReports).Where(r => !known.Contains(r)).Distinct(StringComparer.Ordinal))
        {
            Add(FindingKind.NewKernelReport, $"the kernel reported \"{report}\", which it did not in the baseline");
        }
    }

    private static IEnumerable<NumberComparison> Compare(string board, List<StoredScenario> old, List<StoredScenario> now)
    {
        foreach (var name in now.SelectMany(static s => s.Measurements).Select(static m => m.Name).Union(old.SelectMany(static s => s.Measurements).Select(static m => m.Name), StringComparer.Ordinal))
        {
            var of = now.Concat(old).SelectMany(static s => s.Measurements).First(m => m.Name == name);
            yield return new NumberComparison(board, (now.FirstOrDefault() ?? old[0]).Title, name, of.Unit, Values(old, name), Values(now, name));
        }

        static double[] Values(List<StoredScenario> scenarios, string name) =>
            [.. scenarios.SelectMany(static s => s.Measurements).Where(m => m.Name == name).Select(static m => m.Value)];
    }

    private sealed record Outcomes(int Passed, int Failed, int Broken)
    {
        public static Outcomes Of(List<StoredScenario> scenarios)
        {
            var attempts = scenarios.SelectMany(static s => s.Attempts).ToList();
            return new Outcomes(attempts.Count(static a => a == Scenarios.Verdict.Passed), attempts.Count(static a => a == Scenarios.Verdict.Failed), attempts.Count(static a => a == Scenarios.Verdict.Broken));
        }

        public override string ToString() => $"{Failed} of {Passed + Failed}";
    }
}

/// <summary>The judgement on a candidate.</summary>
public enum QualificationVerdict
{
    /// <summary>It is no worse than the baseline, and enough was compared to say so.</summary>
    Qualified,

    /// <summary>It is worse.</summary>
    Rejected,

    /// <summary>Too little was compared, or too little is certain; the findings say what is missing.</summary>
    Undecided,
}

/// <summary>Kinds of findings, the gravest first.</summary>
public enum FindingKind
{
    /// <summary>A scenario fails with the candidate, confirmed by repetition.</summary>
    Regression,

    /// <summary>A number is worse, beyond noise and tolerance.</summary>
    NumberWorse,

    /// <summary>A failure that no repetition has confirmed.</summary>
    Unconfirmed,

    /// <summary>A scenario that the baseline checked and the candidate did not.</summary>
    CoverageLost,

    /// <summary>The lab broke.</summary>
    LabBroke,

    /// <summary>A run was cut off.</summary>
    RunCut,

    /// <summary>A board that one side did not run on.</summary>
    NotCompared,

    /// <summary>A number with too few repetitions.</summary>
    TooFew,

    /// <summary>A kernel report that the baseline does not have, and that failed nothing: it is allowed or expected.</summary>
    NewKernelReport,

    /// <summary>A failure that the baseline has too.</summary>
    KnownFailure,

    /// <summary>A number changed, and for the better or where no side is worse.</summary>
    NumberChanged,
}

/// <summary>One reason.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Board">The board.</param>
/// <param name="Scenario">The scenario, or empty.</param>
/// <param name="Text">In words.</param>
public sealed record QualificationFinding(FindingKind Kind, string Board, string Scenario, string Text);
