namespace LabTrace.Emulation.Grtrace;

/// <summary>Which limiter holds events back.</summary>
internal enum RateLimiterMode
{
    /// <summary>So many in each second that starts with the first event after the last one ended.</summary>
    Window = 0,

    /// <summary>Tokens that come back evenly, up to a burst.</summary>
    TokenBucket = 1,
}
