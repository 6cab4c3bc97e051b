using System.Globalization;

namespace LabTrace.Devices.Tap;

/// <summary>Says what a text that was read means, by the rules of its dialect. They are told in TAP.md.</summary>
internal static class TapJudge
{
    public static TapReport Judge(TapScanner scanner, TapDialect? wanted, int lines)
    {
        var dialect = wanted ?? (scanner.IsKtap ? TapDialect.Ktap : TapDialect.Tap);
        var streams = scanner.Streams.ConvertAll(level => JudgeRoot(level, dialect, wanted is not null));
        var errors = new List<TapProblem>();
        if (streams.Count == 0 && scanner.BailOut is null)
        {
            errors.Add(new TapProblem(Math.Max(lines, 1), lines == 0 ? "it is empty" : Invariant($"no TAP or KTAP in {lines} lines")));
        }

        if (scanner.BailOut is { } bailOut)
        {
            errors.Add(new TapProblem(bailOut.Line, bailOut.Message.Length == 0 ? "it gave up without a reason" : $"it gave up: {bailOut.Message}"));
        }

        if (scanner.Panic is { } panic && streams.Count > 0 && !IsComplete(streams[^1]))
        {
            errors.Add(panic);
        }

        var counts = Sum(streams.Select(stream => stream.Counts));
        return new TapReport
        {
            Streams = streams,
            Errors = errors,
            BailOut = scanner.BailOut?.Message,
            Counts = counts,
            Verdict = Combine(streams.Select(stream => stream.Verdict), errors.Count > 0),
        };
    }

    /// <summary>All that was planned is there.</summary>
    private static bool IsComplete(TapStream stream) => stream.Planned is { } planned && stream.Tests.Count(test => test.Number is not null) >= planned;

    private static TapStream JudgeRoot(RawLevel level, TapDialect dialect, bool isFixed)
    {
        var own = level.IsKtap && !isFixed ? TapDialect.Ktap : dialect;
        if (!level.HasContent && level.Errors.Count == 0)
        {
            level.AddError(level.Line, "no plan and no tests");
        }

        return Judge(level, own, isFixed);
    }

    private static TapStream Judge(RawLevel level, TapDialect inherited, bool isFixed)
    {
        var dialect = level.IsKtap && !isFixed ? TapDialect.Ktap : inherited;
        var tests = new List<TapTest>(level.Points.Count);
        var next = level.Plan is { } plan && plan.Count > 0 ? plan.First : 1;
        var (isSkip, skipReason) = level.Plan is null ? (false, null) : TapDescription.ParsePlan(level.Plan.Directive);
        foreach (var point in level.Points)
        {
            var description = TapDescription.Parse(point.Rest, dialect);
            var number = description.Number ?? next;
            if (number != next)
            {
                Complain(level, dialect, point.Line, $"test number {number} where {next} comes next");
            }

            next++;
            tests.Add(JudgePoint(level, point, description with { Number = number }, dialect, isFixed));
        }

        JudgePlan(level, dialect, isSkip);
        tests.AddRange(level.Waiting.Where(IsReported).Select(waiting => JudgeWaiting(level, waiting, dialect, isFixed)));
        var missing = Missing(level);
        var counts = Sum(tests.Select(test => test.Counts));
        counts = missing > 0 ? counts with { Broken = counts.Broken + 1 } : counts;
        if (level.ErrorsLeftOut > 0)
        {
            level.Errors.Add(new TapProblem(level.Line, Invariant($"{level.ErrorsLeftOut} more errors of this kind")));
        }

        return new TapStream
        {
            Dialect = dialect,
            Version = level.Version,
            Name = level.Name,
            Line = level.Line,
            Planned = level.Plan?.Count,
            SkipReason = level.Plan is { Count: 0, Directive.Length: > 0 } ? skipReason ?? "no reason given" : null,
            Tests = tests,
            Errors = level.Errors,
            Warnings = level.Warnings,
            Counts = counts,
            Verdict = tests.Count == 0 && level.Errors.Count == 0
                ? TapVerdict.Skipped
                : Combine(tests.Select(test => test.Verdict), level.Errors.Count > 0),
        };
    }

    private static void JudgePlan(RawLevel level, TapDialect dialect, bool isSkip)
    {
        if (level.Plan is not { } plan)
        {
            if (level.Points.Count > 0)
            {
                Complain(level, dialect, level.Line, "no plan, so nobody knows whether tests are missing");
            }

            return;
        }

        var ran = level.Points.Count;
        if (plan.Count == 0 && ran == 0)
        {
            // Without a reason nobody decided that there is nothing to test.
            if (!isSkip && plan.Directive.Length == 0)
            {
                level.AddError(plan.Line, "nothing is planned, and no reason is given");
            }

            return;
        }

        if (isSkip && plan.Count > 0)
        {
            level.AddWarning(plan.Line, "the plan says SKIP and plans tests");
        }

        if (plan.PointsBefore > 0 && plan.PointsBefore < ran)
        {
            level.AddError(plan.Line, "the plan stands among the tests; it comes first or last");
        }

        if (ran != plan.Count)
        {
            level.AddError(plan.Line, Invariant($"{plan.Count} tests are planned, {ran} are reported"));
        }
    }

    private static long Missing(RawLevel level) => level.Plan is { } plan ? Math.Max(0, plan.Count - level.Points.Count) : 0;

    private static TapTest JudgePoint(RawLevel level, RawPoint point, TapDescription description, TapDialect dialect, bool isFixed)
    {
        var isSkip = description.Directive == "SKIP" && (point.IsOk || dialect == TapDialect.Ktap);
        var isTodo = description.Directive == "TODO" && dialect == TapDialect.Tap;
        var verdict = isSkip ? TapVerdict.Skipped
            : point.IsOk || isTodo ? TapVerdict.Passed
            : description.Directive == "ERROR" ? TapVerdict.Broken
            : TapVerdict.Failed;
        var subtests = point.Children.Where(child => IsReported(child)).Select(child => Judge(child, dialect, isFixed)).ToList();
        NoteEmpty(level, point, description.Name, dialect);
        var counts = Sum(subtests.Select(stream => stream.Counts));
        var reason = description.Reason ?? (isSkip ? SkipReasonIn(point, subtests) : null);
        var decides = subtests.Count > 0 && verdict == TapVerdict.Passed && !isTodo;
        if (decides)
        {
            verdict = Combine(subtests.Select(stream => stream.Verdict), isInDoubt: false);
            reason ??= verdict switch
            {
                TapVerdict.Failed => "ok, but a subtest of it is not",
                TapVerdict.Broken => "ok, but its subtests are not all there",
                TapVerdict.Skipped => SkipReasonIn(point, subtests),
                _ => null,
            };
        }

        // A suite is not ok because of a test that could not be carried out: that is no failure of its own.
        if (verdict == TapVerdict.Failed && description.Directive is null && counts is { Failed: 0, Broken: > 0 })
        {
            verdict = TapVerdict.Broken;
        }

        var own = CountOf(verdict, isTodo && !point.IsOk);
        var isOne = counts.Total == 0 || isTodo || (isSkip && counts.Total != counts.Skipped);
        var isOwn = !decides && ((verdict == TapVerdict.Failed && counts.Failed == 0) || (verdict == TapVerdict.Broken && counts.Broken == 0));
        counts = isOne ? own : isOwn ? counts + own : counts;

        return new TapTest
        {
            Number = description.Number,
            Name = description.Name,
            Line = point.Line,
            Verdict = verdict,
            Directive = description.Directive,
            Reason = reason,
            IsExpectedFailure = isTodo && !point.IsOk,
            Subtests = subtests,
            Log = point.Log.Lines,
            LogLinesLeftOut = point.Log.LeftOut,
            Counts = counts,
        };
    }

    /// <summary>The kernel's selftest runner says only that a program skipped; the program said why, in its plan.</summary>
    private static string? SkipReasonIn(RawPoint point, List<TapStream> subtests)
    {
        const string Skipped = "1..0 # SKIP ";
        return subtests.Find(stream => stream.SkipReason is not null)?.SkipReason
            ?? point.Log.Lines.Where(line => line.Contains(Skipped, StringComparison.Ordinal))
                .Select(line => line[(line.IndexOf(Skipped, StringComparison.Ordinal) + Skipped.Length)..])
                .FirstOrDefault();
    }

    /// <summary>KUnit announces a suite before it runs it; one that then reports nothing was not run. In TAP it may be a mere comment.</summary>
    private static void NoteEmpty(RawLevel level, RawPoint point, string name, TapDialect dialect)
    {
        foreach (var child in point.Children.Where(child => !child.HasContent && child.IsAnnounced && child.Errors.Count == 0))
        {
            if (dialect == TapDialect.Ktap || (name.Length > 0 && child.Name == name))
            {
                level.AddError(child.Line, $"subtest '{child.Name}' is announced and reports no tests");
            }
        }
    }

    /// <summary>Subtests that never got the test line they belong to.</summary>
    private static TapTest JudgeWaiting(RawLevel level, RawLevel waiting, TapDialect dialect, bool isFixed)
    {
        var stream = Judge(waiting, dialect, isFixed);
        var name = waiting.Name ?? level.Announced ?? "";
        level.AddError(waiting.Line, name.Length == 0 ? "subtests without the test line they belong to" : $"'{name}' has no test line of its own: it did not end");
        return new TapTest
        {
            Name = name,
            Line = waiting.Line,
            Verdict = stream.Verdict == TapVerdict.Failed ? TapVerdict.Failed : TapVerdict.Broken,
            Reason = "it did not end",
            Subtests = [stream],
            Counts = stream.Counts.Broken > 0 ? stream.Counts : stream.Counts with { Broken = 1 },
            Log = level.Log.Lines,
            LogLinesLeftOut = level.Log.LeftOut,
        };
    }

    private static bool IsReported(RawLevel level) => level.HasContent || level.Errors.Count > 0;

    /// <summary>What is an error in TAP and usual in KTAP.</summary>
    private static void Complain(RawLevel level, TapDialect dialect, int line, string message)
    {
        if (dialect == TapDialect.Tap)
        {
            level.AddError(line, message);
        }
        else
        {
            level.AddWarning(line, message);
        }
    }

    private static TapCounts CountOf(TapVerdict verdict, bool isTodo) => verdict switch
    {
        _ when isTodo => new TapCounts(0, 0, 0, 0, 1),
        TapVerdict.Passed => new TapCounts(1, 0, 0, 0, 0),
        TapVerdict.Failed => new TapCounts(0, 1, 0, 0, 0),
        TapVerdict.Skipped => new TapCounts(0, 0, 1, 0, 0),
        _ => new TapCounts(0, 0, 0, 1, 0),
    };

    private static TapCounts Sum(IEnumerable<TapCounts> counts) => counts.Aggregate(default(TapCounts), (sum, one) => sum + one);

    /// <summary>A failure stands whatever else is in doubt; a doubt outweighs what passed; nothing but skips is skipped.</summary>
    private static TapVerdict Combine(IEnumerable<TapVerdict> verdicts, bool isInDoubt)
    {
        var (passed, skipped, broken) = (false, false, isInDoubt);
        foreach (var verdict in verdicts)
        {
            switch (verdict)
            {
                case TapVerdict.Failed:
                    return TapVerdict.Failed;
                case TapVerdict.Broken:
                    broken = true;
                    break;
                case TapVerdict.Skipped:
                    skipped = true;
                    break;
                default:
                    passed = true;
                    break;
            }
        }

        return broken ? TapVerdict.Broken : passed ? TapVerdict.Passed : skipped ? TapVerdict.Skipped : TapVerdict.Broken;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
