namespace LabTrace.Devices.Tap;

/// <summary>What a TAP or KTAP text, or a test in it, says.</summary>
public enum TapVerdict
{
    /// <summary>Everything planned was reported, and nothing is wrong.</summary>
    Passed,

    /// <summary>A test is not ok.</summary>
    Failed,

    /// <summary>Nothing was tested, and the text says why.</summary>
    Skipped,

    /// <summary>The text is cut, empty or contradicts itself: it does not say whether all is well.</summary>
    Broken,
}

/// <summary>Whose rules a text is read by.</summary>
public enum TapDialect
{
    /// <summary>TAP 12 to 14: a plan is needed, numbers are in order, only <c>ok</c> can be skipped.</summary>
    Tap,

    /// <summary>KTAP, the kernel's: a plan may be missing, <c>not ok … # SKIP</c> is skipped, <c>TODO</c> is none of its directives.</summary>
    Ktap,
}

/// <summary>Something about a text that is not as it should be.</summary>
/// <param name="Line">One-based line number.</param>
/// <param name="Message">What was found and what was expected.</param>
public sealed record TapProblem(int Line, string Message);

/// <summary>How many tests ended how. A test with subtests counts as its subtests.</summary>
/// <param name="Passed">Tests that passed.</param>
/// <param name="Failed">Tests that failed.</param>
/// <param name="Skipped">Tests that were skipped.</param>
/// <param name="Broken">Tests that could not be carried out, and gaps in which planned tests are missing, one for each gap.</param>
/// <param name="Todo">Tests that failed as was expected of them.</param>
public readonly record struct TapCounts(int Passed, int Failed, int Skipped, int Broken, int Todo)
{
    /// <summary>All of them.</summary>
    public int Total => Passed + Failed + Skipped + Broken + Todo;

    /// <summary>The sum.</summary>
    public static TapCounts operator +(TapCounts left, TapCounts right) => new(
        left.Passed + right.Passed, left.Failed + right.Failed, left.Skipped + right.Skipped, left.Broken + right.Broken, left.Todo + right.Todo);

    /// <summary>The sum, in words.</summary>
    public static TapCounts Add(TapCounts left, TapCounts right) => left + right;
}
