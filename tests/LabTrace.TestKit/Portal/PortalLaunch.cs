namespace LabTrace.TestKit.Portal;

/// <summary>A launch of the server.</summary>
public sealed record PortalLaunch(string Uuid, int Number, string Name, long StartTime, string? Description, List<string> Attributes)
{
    public string? Description { get; set; } = Description;

    public List<string> Attributes { get; set; } = Attributes;

    public long? EndTime { get; set; }

    public string Status { get; set; } = "IN_PROGRESS";

    public int Reruns { get; set; }

    public int ItemsInProgress { get; set; }

    public List<PortalItem> Roots { get; } = [];

    public List<PortalLog> Logs { get; } = [];
}

/// <summary>An item of the server.</summary>
public sealed record PortalItem(
    string Uuid,
    PortalLaunch Launch,
    PortalItem? Parent,
    string Name,
    string Type,
    long StartTime,
    bool HasStats,
    string? Description,
    string? CodeRef,
    string? TestCaseId,
    List<string> Parameters,
    List<string> Attributes)
{
    public PortalLaunch Launch { get; set; } = Launch;

    public long? EndTime { get; set; }

    public string Status { get; set; } = "IN_PROGRESS";

    public string? Issue { get; set; }

    public PortalItem? RetryOf { get; set; }

    /// <summary>A later attempt took its place.</summary>
    public bool IsRetried { get; set; }

    public int Arrival { get; set; }

    public List<PortalItem> Children { get; } = [];

    public List<PortalLog> Logs { get; } = [];

    public bool Equals(PortalItem? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Uuid.GetHashCode(StringComparison.Ordinal);
}

/// <summary>A log of the server.</summary>
public sealed record PortalLog(long Time, string Level, string Message, string? FileName, byte[]? File, int Arrival);
