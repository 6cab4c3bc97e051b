namespace LabTrace.Devices.Tap;

/// <summary>What a TAP or KTAP text says.</summary>
public sealed record TapReport
{
    /// <summary>Its streams: one, or several where programs wrote one behind another, as the kernel's selftests do.</summary>
    public required IReadOnlyList<TapStream> Streams { get; init; }

    /// <summary>What is wrong with the text as a whole: no TAP in it, cut by a panic, bailed out.</summary>
    public required IReadOnlyList<TapProblem> Errors { get; init; }

    /// <summary>Why it gave up (<c>Bail out!</c>), or null; empty when it does not say.</summary>
    public string? BailOut { get; init; }

    /// <summary>What it says: failed when a test failed, else broken when anything is in doubt; passed only when all is there.</summary>
    public required TapVerdict Verdict { get; init; }

    /// <summary>How its tests ended.</summary>
    public required TapCounts Counts { get; init; }

    /// <summary>All errors, of the text and of every stream in it, by line.</summary>
    public IReadOnlyList<TapProblem> AllErrors => [.. Errors.Concat(Streams.SelectMany(stream => stream.AllErrors)).OrderBy(problem => problem.Line)];

    /// <summary>All warnings, by line.</summary>
    public IReadOnlyList<TapProblem> AllWarnings => [.. Streams.SelectMany(stream => stream.AllWarnings).OrderBy(problem => problem.Line)];
}
