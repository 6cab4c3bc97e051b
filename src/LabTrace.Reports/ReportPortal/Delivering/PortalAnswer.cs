namespace LabTrace.Reports.ReportPortal.Delivering;

/// <summary>What came of a request.</summary>
/// <param name="Kind">What it means for what comes next.</param>
/// <param name="Text">For people: what the server said, or why it could not be asked.</param>
internal sealed record PortalAnswer(AnswerKind Kind, string Text)
{
    /// <summary>The id the server gave, or null.</summary>
    public string? Id { get; init; }

    /// <summary>The launch's number, or null.</summary>
    public long? Number { get; init; }

    /// <summary>The launch's page, or null.</summary>
    public string? Link { get; init; }

    /// <summary>The server itself answered, however badly.</summary>
    public bool WasAnswered { get; init; }

    /// <summary>How long the server asks to wait, or null.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Of a batch of logs: what the server has against each, null for those it took.</summary>
    public IReadOnlyList<string?>? Elements { get; init; }
}

/// <summary>What an answer means for what comes next.</summary>
internal enum AnswerKind
{
    /// <summary>It is done, or was done before.</summary>
    Done,

    /// <summary>The server will never take it: go on without.</summary>
    Refused,

    /// <summary>The request is too large: less of it may pass.</summary>
    TooLarge,

    /// <summary>What it belongs to is finished already.</summary>
    AlreadyFinished,

    /// <summary>The server does not know what it belongs to.</summary>
    Missing,

    /// <summary>The key, project or address is wrong: nothing else will pass either.</summary>
    Denied,

    /// <summary>Later, perhaps.</summary>
    Unavailable,
}
