namespace LabTrace.TestKit.Portal;

/// <summary>What goes wrong with a request. "After": the server had done it by then.</summary>
public enum PortalFault
{
    None,

    /// <summary>It takes a while.</summary>
    Slow,

    /// <summary>Answered 500, not done.</summary>
    Error500,

    /// <summary>Answered 500, done.</summary>
    Error500After,

    /// <summary>A gateway's 502, with HTML.</summary>
    BadGateway,

    /// <summary>Answered 429 with Retry-After.</summary>
    TooMany,

    /// <summary>Answered 409 for another reason than that it is there.</summary>
    Conflict,

    /// <summary>The connection is closed before the request was read.</summary>
    DropBefore,

    /// <summary>The connection is reset in the middle of the body.</summary>
    DropMidBody,

    /// <summary>The connection is closed, no answer, done.</summary>
    DropAfter,

    /// <summary>Half of the answer, done.</summary>
    HalfAnswer,

    /// <summary>A gateway's 404, with text.</summary>
    GatewayNotFound,

    /// <summary>A login page, 200.</summary>
    LoginPage,

    /// <summary>Logs: 201, and no element of it was stored.</summary>
    FailedElements,
}
