namespace LabTrace.Devices.Tap;

/// <summary>A test that a TAP or KTAP text reports.</summary>
public sealed record TapTest
{
    /// <summary>Its number, given or counted; null for a subtest whose own line is missing.</summary>
    public long? Number { get; init; }

    /// <summary>Its name, without the dash in front; empty when it has none.</summary>
    public required string Name { get; init; }

    /// <summary>The one-based line that reports it.</summary>
    public required int Line { get; init; }

    /// <summary>What it says, its subtests included.</summary>
    public required TapVerdict Verdict { get; init; }

    /// <summary>The directive in capitals (<c>SKIP</c>, <c>TODO</c>, <c>XFAIL</c>, <c>TIMEOUT</c>, <c>ERROR</c>), or null.</summary>
    public string? Directive { get; init; }

    /// <summary>Why it was skipped or is not ok, as far as the text says; null when it does not.</summary>
    public string? Reason { get; init; }

    /// <summary>It failed as was expected of it, which is no failure.</summary>
    public bool IsExpectedFailure { get; init; }

    /// <summary>Its subtests.</summary>
    public IReadOnlyList<TapStream> Subtests { get; init; } = [];

    /// <summary>Diagnostics and other lines that belong to it, the first hundred.</summary>
    public IReadOnlyList<string> Log { get; init; } = [];

    /// <summary>How many further lines belong to it.</summary>
    public int LogLinesLeftOut { get; init; }

    /// <summary>How its subtests ended; itself when it has none.</summary>
    public required TapCounts Counts { get; init; }
}
