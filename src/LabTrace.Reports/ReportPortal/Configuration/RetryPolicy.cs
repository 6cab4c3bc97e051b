namespace LabTrace.Reports.ReportPortal.Configuration;

/// <summary>How often and when a request is made again.</summary>
internal sealed record RetryPolicy
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>How the pauses grow.</summary>
    public RetryStrategy Strategy { get; init; } = RetryStrategy.Exponential;

    /// <summary>Attempts at one request, the first included.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>Of <see cref="RetryStrategy.Exponential"/>: what the pause is multiplied with each time.</summary>
    public double BaseIndex { get; init; } = 2;

    /// <summary>The pause; the first one of those that grow.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Status codes that are worth another attempt besides the usual ones.</summary>
    public IReadOnlyList<int> StatusCodes { get; init; } = [];

    /// <summary>The pause behind a failed attempt.</summary>
    /// <param name="failures">How many attempts have failed in a row; at least 1.</param>
    public TimeSpan PauseAfter(int failures) => Strategy switch
    {
        RetryStrategy.Exponential => Shortest(Delay * Math.Pow(BaseIndex, Math.Min(failures - 1, 16))),
        RetryStrategy.Linear => Shortest(Delay * failures),
        _ => Shortest(Delay),
    };

    private static TimeSpan Shortest(TimeSpan pause) => pause < Longest ? pause : Longest;
}

/// <summary>How pauses grow.</summary>
internal enum RetryStrategy
{
    /// <summary>Each is a multiple of the one before.</summary>
    Exponential,

    /// <summary>Each is longer by the same.</summary>
    Linear,

    /// <summary>A request is not made again while the run lasts.</summary>
    None,
}
