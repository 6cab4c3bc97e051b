namespace LabTrace.Devices.Tap;

/// <summary>A run of tests with one plan: a whole text, a part of one with a version line of its own, or the subtests of a test.</summary>
public sealed record TapStream
{
    /// <summary>The rules it was read by.</summary>
    public required TapDialect Dialect { get; init; }

    /// <summary>The version it names, or null for none.</summary>
    public int? Version { get; init; }

    /// <summary>The name it was announced by, or null.</summary>
    public string? Name { get; init; }

    /// <summary>The one-based line it starts at.</summary>
    public required int Line { get; init; }

    /// <summary>How many tests are planned, or null when there is no plan.</summary>
    public long? Planned { get; init; }

    /// <summary>Why nothing is planned, or null.</summary>
    public string? SkipReason { get; init; }

    /// <summary>Its tests, in the order they stand.</summary>
    public required IReadOnlyList<TapTest> Tests { get; init; }

    /// <summary>What makes it broken.</summary>
    public required IReadOnlyList<TapProblem> Errors { get; init; }

    /// <summary>What is unusual and decides nothing.</summary>
    public required IReadOnlyList<TapProblem> Warnings { get; init; }

    /// <summary>What it says: failed when a test failed, else broken when it has an error or a broken test.</summary>
    public required TapVerdict Verdict { get; init; }

    /// <summary>How its tests ended.</summary>
    public required TapCounts Counts { get; init; }

    /// <summary>All errors, those of subtests included.</summary>
    public IEnumerable<TapProblem> AllErrors => Errors.Concat(Tests.SelectMany(test => test.Subtests).SelectMany(stream => stream.AllErrors));

    /// <summary>All warnings, those of subtests included.</summary>
    public IEnumerable<TapProblem> AllWarnings =>
        Warnings.Concat(Tests.SelectMany(test => test.Subtests).SelectMany(stream => stream.AllWarnings));
}
